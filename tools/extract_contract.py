"""Make the contract of an AgentCore CLI from that CLI.

`python tools/extract_contract.py --cli "node .../index.mjs" -o knowledge/cli-contract-0.30.0.yaml`

A new release is this command and a reviewed diff. About a thousand short runs, remembered in `.cache/contract/`;
nothing is installed, no network and no AWS account is used.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path

from agentcore_connect.contract import extract
from agentcore_connect.errors import ConnectError

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "contract"


def main(argv: list[str] | None = None) -> int:
    """Run the command; 0 made (or unchanged with --check), 1 the file differs, 2 the CLI cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cli", default="agentcore", help="the CLI, as a shell would start it (default: agentcore)")
    parser.add_argument("-o", "--output", type=Path, help="the file to write (default: standard output)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file would change")
    parser.add_argument("--fresh", action="store_true", help="run everything again, remembered or not")
    parser.add_argument("--jobs", type=int, default=2, help="how many runs at once (default: 2)")
    args = parser.parse_args(argv)
    started = time.monotonic()
    try:
        contract = extract.extract(shlex.split(args.cli), jobs=args.jobs, cache=None if args.fresh else CACHE)
    except ConnectError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    text = extract.text_of(contract)
    commands = contract["help"]["commands"]
    options = sum(len(one["options"]) for one in commands.values())
    print(  # noqa: T201
        f"AgentCore CLI {contract['cli']['version']}: {len(commands)} commands, {options} options, "
        f"{time.monotonic() - started:.0f} s",
        file=sys.stderr,
    )
    if args.check:
        same = args.output is not None and args.output.is_file() and args.output.read_text("utf-8") == text
        print("unchanged" if same else "differs", file=sys.stderr)  # noqa: T201
        return 0 if same else 1
    if args.output is None:
        sys.stdout.write(text)
    else:
        args.output.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
