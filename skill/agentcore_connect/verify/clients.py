"""Runs a gateway client as a program against a stand-in gateway, in an environment that has its packages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.sandbox.scratch import Ran, Sandbox
from agentcore_connect.verify.leaks import found_in
from agentcore_connect.verify.python import lacking, run_where_it_can
from agentcore_connect.verify.report import OWN, Result, judged
from agentcore_connect.verify.runners import client_runner
from agentcore_connect.verify.stand_ins import gateway
from agentcore_connect.verify.written import Written

CHECK: Final = "gateway-run"
_CURE: Final = "write the plan anew, or mend the client: every page is to be listed, with the sign-in that is planned"


def check_client(written: Written, name: str, sandbox: Sandbox) -> Iterator[Result]:
    """Run the client without a gateway, then with one that pages; check its output and that it shows no token."""
    settings = written.fresh.context["gateway"]
    inbound, variable = settings["inbound_auth"], f"AGENTCORE_GATEWAY_{settings['env']}"
    own = gateway.TOKEN if settings["token_provider"] else gateway.TOKEN.format(number=0)
    env = {
        **gateway.ENVIRONMENT,
        f"{variable}_TOKEN": gateway.TOKEN.format(number=0),
        **_QUIET,
    }
    with gateway.Gateway(inbound, tokens_end=bool(settings["token_provider"])) as served:
        words = [client_runner.__file__, str(sandbox.root / "connect" / name), f"{variable}_URL", served.url, own]
        label, ran = run_where_it_can(written, sandbox, words, env)
        refused = list(dict.fromkeys(served.refused))
    if ran is None:
        yield lacking(name, CHECK, label)
        return
    runs = _runs(ran)
    if ran.exit_code is None or runs is None:
        why = ran.said.splitlines()[-1:] or ["it ended before it was done"]
        yield Result(name, CHECK, "not-run", label, why[0], next="run check again")
        return
    by = f"{label}, the gateway stood in for"
    yield from judge_runs(name, by, runs, refused, sandbox, variable=f"{variable}_URL", command=f"python {name}")


class Ended(NamedTuple):
    """The end of a client's run: exit status and output."""

    code: int | None
    out: str
    err: str


def judge_runs(
    name: str,
    by: str,
    runs: list[Ended],
    refused: list[str],
    sandbox: Sandbox,
    *,
    variable: str,
    command: str,
) -> Iterator[Result]:
    """Judge two runs of a client: without the gateway's URL, and with it.

    In: the file, what ran it, how each run ended, why the gateway refused
    requests, where it ran, the variable of the URL, the command to show.
    """
    problems = [*_without_a_gateway(runs[0], variable), *_with_one(runs[1], refused)]
    said = "\n".join(run.err for run in runs if run.code)
    yield judged(name, CHECK, by, problems, cure=_CURE, command=command, said=said)
    marked = {gateway.SECRET_KEY: "AWS_SECRET_ACCESS_KEY", gateway.TOKEN.partition("{")[0]: "the token for the gateway"}
    texts = [one for run in runs for one in (("standard output", run.out), ("standard error", run.err))]
    leaks = list(found_in(marked, texts, (sandbox.root / "connect", sandbox.home, sandbox.root / "tmp")))
    cure = "take the secret out of what is printed, logged or written"
    yield judged(name, "secrets-stay-secret", OWN, leaks, cure=cure, command=command)


# Frameworks that would otherwise look for the internet.
_QUIET: Final = {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
    "OTEL_SDK_DISABLED": "true",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
}


def _runs(ran: Ran) -> list[Ended] | None:
    try:
        runs = json.loads(ran.stdout.splitlines()[-1])
    except (ValueError, IndexError, RecursionError):
        return None
    return [Ended(**one) for one in runs] if isinstance(runs, list) and len(runs) == 2 else None


def _without_a_gateway(run: Ended, variable: str) -> Iterator[str]:
    if run.code or run.out:
        yield (
            f"without {variable} it ends with exit status {run.code}: a gateway has its URL only after the first "
            "deploy, and until then the agent has to start, with no tools"
        )


def _with_one(run: Ended, refused: list[str]) -> Iterator[str]:
    listed = run.out.split("\n")[:-1]
    missing = [one for one in gateway.NAMES if one not in listed]
    if run.code or (missing and refused):
        yield f"it does not get in, exit status {run.code}" + (f": {'; '.join(refused)}" if refused else "")
    elif missing:
        yield f"it lists {len(gateway.NAMES) - len(missing)} of the {len(gateway.NAMES)} tools of a gateway's 3 pages"
    elif sorted(listed) != sorted(gateway.NAMES):
        yield "it prints something else than the names of the gateway's tools, one a line and once each"
