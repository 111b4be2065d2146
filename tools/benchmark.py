"""Whole-process medians of the commands that are called again and again, as ratios; and the engine's own speed.

`python tools/benchmark.py [--runs N]` prints, in one run: next, plan and --help against `python -c pass` and
`agentcore --version`, the peak memory of each; the shipped example's next, plan and check, and the modules that they
enter; what the search for secrets costs, decisions a second, a plan of 1,000 connections against one, 500 Python files
inspected, and 1 MB of log diagnosed.
The commands are run turn by turn, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = Path(sys.executable).parent / "agentcore-connect"
ANSWERS = """\
version: 1
agent: {framework: strands}
gateway: {name: BenchGateway, inbound_auth: aws-iam, region: us-east-1}
connections:
"""
CONNECTION = (
    "  - {{name: Target-{n}, service: mcp-server, endpoint: 'https://mcp{n}.example.com/mcp', service_auth: none}}\n"
)
EXAMPLE = ROOT / "examples" / "support-desk"
#: What the shipped example may take: times `python -c pass`, MiB; and a check of its plan, in seconds.
EXAMPLE_REACH = {"next": 6, "plan --format json": 7}
MEMORY_REACH, CHECK_REACH = 24, 4
REACH = {"next": ("agentcore --version", 1 / 12), "plan --format json": ("agentcore --version", 1 / 8)}
MIB = 1024


def once(argv: list[str], cwd: Path) -> tuple[float, int]:
    """Run a command; return its seconds and its peak memory in KiB."""
    before = time.perf_counter()
    process = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=_environment())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(argv)} left with {process.returncode}")
    return time.perf_counter() - before, usage.ru_maxrss


def _environment() -> dict[str, str]:
    # an installed program has its byte code beside it, whatever the developer's environment says
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")}
    return {**kept, "AGENTCORE_TELEMETRY_DISABLED": "1", "NO_COLOR": "1"}


def agentcore() -> str | None:
    """The real CLI: the one that the project fetched, else the one on PATH."""
    own = ROOT / ".cache" / "agentcore-cli" / "0.30.0" / "bin" / "agentcore"
    return str(own) if own.exists() else shutil.which("agentcore")


def processes(folder: Path, runs: int) -> None:
    """Print medians, ratios and peak memory of whole processes."""
    one, fresh = folder / "one.yaml", folder / "next.yaml"
    one.write_text(ANSWERS + CONNECTION.format(n=0), encoding="utf-8")
    fresh.write_text(
        "version: 1\nconnections:\n  - {service: mcp-server, direction: agent-calls-service}\n", encoding="utf-8"
    )
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "--help": [str(OWN), "--help"],
        "next": [str(OWN), "next", "-a", str(fresh)],
        "plan --format json": [str(OWN), "plan", str(one), "--format", "json"],
    }
    cli = agentcore()
    if cli is not None:
        commands["agentcore --version"] = [cli, "--version"]
    taken: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
    for _ in range(runs + 1):  # the first round warms caches and is thrown away
        for name, argv in commands.items():
            taken[name].append(once(argv, folder))
    medians = {name: statistics.median(t for t, _ in times[1:]) for name, times in taken.items()}
    print(f"{'command':<22}{'median ms':>10}{'x python':>10}{'x agentcore':>14}{'peak MiB':>10}")
    for name, median in medians.items():
        memory = max(m for _, m in taken[name]) / MIB
        against = f"1/{medians['agentcore --version'] / median:.1f}" if cli is not None else "no CLI here"
        print(
            f"{name:<22}{median * 1000:>10.0f}{median / medians['python -c pass']:>10.1f}{against:>14}{memory:>10.1f}"
        )
    if cli is not None:
        for name, (other, reach) in REACH.items():
            verdict = "reached" if medians[name] <= reach * medians[other] else "NOT reached"
            print(f"{name}: at most 1/{1 / reach:.0f} of {other}: {verdict}")


def example(folder: Path, runs: int) -> None:
    """Print what the shipped example of three connections takes: next, plan and check."""
    shutil.copytree(EXAMPLE, folder / "example")
    answers = str(folder / "example" / "answers.yaml")
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "next": [str(OWN), "next", "-a", answers],
        "plan --format json": [str(OWN), "plan", answers, "--format", "json"],
        "plan --out": [str(OWN), "plan", answers, "--out", str(folder / "connect"), "--force"],
    }
    walls: dict[str, list[float]] = {name: [] for name in commands}
    spent: dict[str, list[float]] = {name: [] for name in commands}
    peaks = dict.fromkeys(commands, 0)
    for _ in range(runs + 1):
        for name, argv in commands.items():
            before = _spent()
            seconds, memory = once(argv, folder)
            walls[name].append(seconds)
            spent[name].append(_spent() - before)
            peaks[name] = max(peaks[name], memory)
    print(f"{'the example':<22}{'median ms':>10}{'x python':>10}{'x its CPU':>10}{'peak MiB':>10}{'modules':>9}")
    base, base_cpu = (statistics.median(found["python -c pass"][1:]) for found in (walls, spent))
    for name, argv in commands.items():
        wall, cpu = statistics.median(walls[name][1:]), statistics.median(spent[name][1:])
        own = _entered(argv, folder) if argv[0] == str(OWN) else 0
        print(
            f"{name:<22}{wall * 1000:>10.0f}{wall / base:>10.1f}{cpu / base_cpu:>10.1f}"
            f"{peaks[name] / MIB:>10.1f}{own or '':>9}"
        )
        if name in EXAMPLE_REACH:
            reached = wall / base <= EXAMPLE_REACH[name] and peaks[name] / MIB <= MEMORY_REACH
            said = "reached" if reached else "NOT reached"
            print(f"  at most {EXAMPLE_REACH[name]} x python -c pass and {MEMORY_REACH} MiB: {said}")
    seconds = statistics.median(once([str(OWN), "check", str(folder / "connect")], folder)[0] for _ in range(3))
    print(f"check of the example: {seconds:.1f} s, reach {CHECK_REACH}")


def _spent() -> float:
    """The seconds of CPU that all commands took so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _entered(argv: list[str], cwd: Path) -> int:
    """The number of the program's own modules that a command enters."""
    traced = [sys.executable, "-X", "importtime", "-m", "agentcore_connect", *argv[1:]]
    said = subprocess.run(traced, cwd=cwd, capture_output=True, text=True, check=True, env=_environment()).stderr
    return len(
        {line.rpartition("|")[2].strip() for line in said.splitlines() if "| " in line and " agentcore_connect" in line}
    )


def decisions() -> None:
    """Print the engine's decisions a second on one core."""
    from agentcore_connect.engine.space import leaves
    from agentcore_connect.knowledge import base

    engine, domains = base.engine(), base.domains()
    routes = list(leaves(engine, "route", domains))
    known = {k: v[0] for k, v in domains.items()}
    cases = [{**known, **leaf.facts, "service_auth": "oauth-client-credentials"} for leaf in routes]
    begun, made = time.perf_counter(), 0
    while time.perf_counter() - begun < 1:
        for facts in cases:
            route = engine.decide("route", facts)
            if route.result["leads_to"] == "gateway":
                engine.decide("gateway-auth", facts, start=route.result)
            made += 1
    print(f"engine: {made / (time.perf_counter() - begun):,.0f} decisions a second (route and sign-in), reach 20,000")


def many(folder: Path) -> None:
    """Print how a plan of 1,000 connections compares with one of a single connection, as whole processes."""
    one, thousand = folder / "one.yaml", folder / "thousand.yaml"
    thousand.write_text(ANSWERS + "".join(CONNECTION.format(n=n) for n in range(1000)), encoding="utf-8")
    times = {}
    for name, path in (("one", one), ("thousand", thousand)):
        times[name] = statistics.median(
            once([str(OWN), "plan", str(path), "--format", "json"], folder)[0] for _ in range(5)
        )
    print(f"1,000 connections: {times['thousand'] / times['one']:.1f} x the time of one, reach below 10")


def code(folder: Path) -> None:
    """Print how long `inspect` takes for 500 Python files, which it parses once each, beside parsing alone."""
    source = (ROOT / "skill" / "agentcore_connect" / "engine" / "tree.py").read_text(encoding="utf-8")
    project = folder / "code"
    project.mkdir()
    for number in range(500):
        (project / f"module{number}.py").write_text(source, encoding="utf-8")
    seconds = statistics.median(_processor([str(OWN), "inspect", str(project), "--json"], folder) for _ in range(3))
    parse = "import ast, sys\nfor _ in range(500): ast.parse(sys.argv[1])"
    alone = statistics.median(_processor([sys.executable, "-c", parse, source], folder) for _ in range(3))
    lines = 500 * source.count("\n")
    ratio = f"{seconds / alone:.1f} x parsing them"
    print(f"inspect: 500 Python files ({lines:,} lines) in {seconds:.1f} s of CPU, reach below 2; {ratio}")


def log() -> None:
    """Print how long `diagnose` takes for 1 MB of log with the cause at its beginning."""
    from agentcore_connect.diagnose.match import diagnose
    from agentcore_connect.knowledge import resources

    known = resources.load("errors")
    line = "2026-01-02T03:04:05Z [ERROR] mcp: AccessDenied 403 for https://a.example.com/mcp, retrying the call\n"
    text = (
        "ModuleNotFoundError: No module named 'x'\n" + line * (990_000 // len(line)) + "initialization time exceeded\n"
    )
    begun = time.process_time()
    found = diagnose(text, known).matches
    seconds = time.process_time() - begun
    print(f"diagnose: {len(text):,} characters in {seconds:.2f} s of CPU ({found[0].id}), reach below 1")


def _processor(argv: list[str], cwd: Path) -> float:
    """The seconds of CPU that a command takes."""
    before = _spent()
    once(argv, cwd)
    return _spent() - before


SCAN = """
import time
from agentcore_connect.answers import load
document = load.read({path!r})
begun = time.process_time()
load.refuse_secrets(document)
print(time.process_time() - begun)
"""


def scan(runs: int) -> None:
    """Print what the search for secrets costs a process that has not searched yet, its imports included."""
    path = str(ROOT / "examples" / "support-desk" / "answers.yaml")
    argv = [sys.executable, "-c", SCAN.format(path=path)]
    empty, taken = [], []
    for _ in range(runs + 1):
        empty.append(once([sys.executable, "-c", "pass"], ROOT)[0])
        taken.append(float(subprocess.run(argv, capture_output=True, check=True, env=_environment()).stdout))
    seconds = statistics.median(taken[1:])
    print(
        f"search for secrets in three connections: {seconds * 1000:.1f} ms of CPU, "
        f"{seconds / statistics.median(empty[1:]):.2f} x python -c pass, reach 2 ms"
    )


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        processes(folder, args.runs)
        example(folder, args.runs)
        scan(args.runs)
        many(folder)
        code(folder)
        log()
    decisions()
    print(json.dumps({"peak_mib_of_this_process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MIB}))


if __name__ == "__main__":
    main()
