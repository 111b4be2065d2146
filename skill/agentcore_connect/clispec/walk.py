"""The CLI's own help, walked from the top, as the `help` part of a contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from agentcore_connect.clispec import help_text, model
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.values import Json
from agentcore_connect.sandbox.scratch import Ran

Run = Callable[[Sequence[str]], Ran]


def walk(run: Run, *, jobs: int = 1, only: Iterable[str] | None = None) -> dict[str, Json]:
    """Every command of the CLI by its words ("add gateway"; the root is "agentcore"), in alphabetical order.

    In: `run` (runs the CLI with the given words), how many to run at once, and optionally the commands to ask: then
    those and the groups they stand in. Errors: ConnectError `cli-help` when a help page is refused or unreadable.
    """
    wanted = None if only is None else {tuple(path.split()) for path in only}
    commands: dict[str, Json] = {}
    level: list[tuple[str, ...]] = [()]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        while level:
            below: list[tuple[str, ...]] = []
            for path, page in zip(level, pool.map(lambda path: _page(run, path), level), strict=True):
                command = dict(page.command)
                if page.alias:
                    command = {"alias": page.alias, **command}
                commands[" ".join(path) or model.ROOT] = command
                below += [(*path, name) for name in page.subcommands]
            level = [path for path in below if wanted is None or any(one[: len(path)] == path for one in wanted)]
    return dict(sorted(commands.items()))


def _page(run: Run, path: tuple[str, ...]) -> help_text.Help:
    ran = run([*path, "--help"])
    try:
        if not ran.ok:
            raise ValueError(ran.said.partition("\n")[0] or "no answer")
        page = help_text.parse(ran.stdout)
        if page.path != path:
            raise ValueError(f"the page is about {' '.join(page.path) or 'the whole program'}")
    except ValueError as error:
        raise ConnectError(
            "cli-help",
            f"the help of `agentcore {' '.join(path)}` cannot be read: {error}",
            expected="a help page of the AgentCore CLI from npm",
            hint="run `agentcore-connect doctor` to see which program is called agentcore here",
        ) from None
    return page
