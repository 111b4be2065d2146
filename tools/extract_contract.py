"""Make the contract of an AgentCore CLI from that CLI, or that of the AWS API from botocore.

    python tools/extract_contract.py --cli "node .../index.mjs" -o knowledge/cli-contract-0.30.0.yaml
    python tools/extract_contract.py --api -o knowledge/api-contract.yaml      the same for the installed botocore
    python tools/extract_contract.py --from-cli                                what the installed CLI does otherwise

A new release is this command and a reviewed diff. About a thousand short runs, remembered in `.cache/contract/`;
nothing is installed, no network and no AWS account is used.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path

from agentcore_connect.clispec import api_model, extract
from agentcore_connect.clispec.choose import choose
from agentcore_connect.clispec.compare import compare
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.sandbox.scratch import Sandbox

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "contract"


def main(argv: list[str] | None = None) -> int:
    """Run the command; 0 made, or nothing differs; 1 the file or the CLI differs; 2 the CLI cannot be used."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cli", default="agentcore", help="the CLI, as a shell would start it (default: agentcore)")
    parser.add_argument("--api", action="store_true", help="the API instead, from the botocore of this interpreter")
    parser.add_argument("-o", "--output", type=Path, help="the file to write (default: standard output)")
    parser.add_argument(
        "--from-cli",
        action="store_true",
        help="write nothing; compare the CLI's help and behaviour with what is known of its version",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file would change")
    parser.add_argument("--fresh", action="store_true", help="run everything again, remembered or not")
    parser.add_argument("--jobs", type=int, default=2, help="how many runs at once (default: 2)")
    args = parser.parse_args(argv)
    try:
        if args.from_cli:
            return _differences(args)
        text = _api() if args.api else _cli(args)
    except ConnectError as error:
        print(error, file=sys.stderr)
        return 2
    if args.check:
        same = args.output is not None and args.output.is_file() and args.output.read_text("utf-8") == text
        print("unchanged" if same else "differs", file=sys.stderr)
        return 0 if same else 1
    if args.output is None:
        sys.stdout.write(text)
    else:
        args.output.write_text(text, "utf-8")
    return 0


def _differences(args: argparse.Namespace) -> int:
    """Print where the CLI is not as its contract and its cases say."""
    cli, count = _words(args.cli), 0
    with Sandbox() as box:
        version = extract.version_of(cli, box)
        surface = choose(version, None)
        print(f"AgentCore CLI {version}, held against {surface.contract} (known by {surface.known_by})")
        for one in compare(
            cli, surface, box, jobs=args.jobs, progress=lambda text: print(f"{text} ...", file=sys.stderr)
        ):
            print(f"{one.name}: {one.shown}, {len(one.found)} difference(s)")
            for found in one.found:
                print(f"  {'! ' if found.breaks else '  '}{found}")
            count += len(one.found)
    return 1 if count else 0


def _words(cli: str) -> list[str]:
    """The CLI as argv. It is run in other folders, so what is a file here is named in full."""
    return [str(Path(word).absolute()) if Path(word).is_file() else word for word in shlex.split(cli)]


def _api() -> str:
    folder = api_model.here()
    if folder is None:
        raise ConnectError("api-model", "this interpreter has no botocore", hint="install it: pip install boto3")
    return extract.api_text(folder)


def _cli(args: argparse.Namespace) -> str:
    started = time.monotonic()
    contract = extract.extract(_words(args.cli), jobs=args.jobs, cache=None if args.fresh else CACHE)
    commands = contract["help"]["commands"]
    options = sum(len(one["options"]) for one in commands.values())
    combinations = sum(
        len(row) for one in contract.get("observed", {}).get("combinations", ()) for row in one["results"].values()
    )
    print(
        f"AgentCore CLI {contract['cli']['version']}: {len(commands)} commands, {options} options, "
        f"{combinations} combinations, {time.monotonic() - started:.0f} s",
        file=sys.stderr,
    )
    return extract.text_of(contract)


if __name__ == "__main__":
    sys.exit(main())
