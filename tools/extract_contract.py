"""Make the contract of an AgentCore CLI from that CLI, or that of the AWS API from botocore.

    python tools/extract_contract.py --cli "node .../index.mjs" -o knowledge/cli-contract-0.30.0.yaml
    python tools/extract_contract.py --api -o knowledge/api-contract.yaml      the same for the installed botocore

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
from agentcore_connect.core.errors import ConnectError

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "contract"


def main(argv: list[str] | None = None) -> int:
    """Run the command; 0 made (or unchanged with --check), 1 the file differs, 2 the CLI cannot be used."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cli", default="agentcore", help="the CLI, as a shell would start it (default: agentcore)")
    parser.add_argument("--api", action="store_true", help="the API instead, from the botocore of this interpreter")
    parser.add_argument("-o", "--output", type=Path, help="the file to write (default: standard output)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file would change")
    parser.add_argument("--fresh", action="store_true", help="run everything again, remembered or not")
    parser.add_argument("--jobs", type=int, default=2, help="how many runs at once (default: 2)")
    args = parser.parse_args(argv)
    try:
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


def _api() -> str:
    folder = api_model.here()
    if folder is None:
        raise ConnectError("api-model", "this interpreter has no botocore", hint="install it: pip install boto3")
    return extract.api_text(folder)


def _cli(args: argparse.Namespace) -> str:
    started = time.monotonic()
    # it is run in other folders, so what is a file here is named in full
    cli = [str(Path(word).absolute()) if Path(word).is_file() else word for word in shlex.split(args.cli)]
    contract = extract.extract(cli, jobs=args.jobs, cache=None if args.fresh else CACHE)
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
