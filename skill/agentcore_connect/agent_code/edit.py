"""Records of the tools that an agent gets, and of its edit."""

from __future__ import annotations

from collections.abc import Sequence

from agentcore_connect.agent_code.facts import Functions, Taker
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.core.values import JsonObject


class Gift(NamedTuple):
    """The tools of one file.

    ``file``: its name in the plan. ``module``: its name beside the agent's code. ``imports``: what is imported from it,
    each name with the name that it has in the agent's code. ``gives``: what stands in the list of tools. ``opens``:
    the decorator of an entry point. ``functions``: set where they are plain functions. ``known_by``: the text in the
    agent's code that shows that it has these tools already, None where that is the import of the module.
    """

    file: str
    module: str
    imports: tuple[tuple[str, str], ...]
    gives: tuple[str, ...]
    opens: str | None = None
    functions: Functions | None = None
    known_by: str | None = None

    def taker(self, usual: Taker) -> Taker:
        """The argument of a call that gets it; ``usual`` is that of the gateway's tools."""
        own = self.functions.taker if self.functions else None
        return own or usual


class Client(NamedTuple):
    """The gateway's client: the variable of its URL, the gateway's name, and a word for names of its own.

    ``needs_request``: it gets its token within a request to the agent only.
    """

    url_variable: str
    gateway: str
    word: str
    needs_request: bool = False


class Direct(NamedTuple):
    """A file that calls a service past the gateway, and its functions that an agent gets as tools."""

    file: str
    functions: tuple[str, ...]


class Wanted(NamedTuple):
    """The request of an edit: the framework's manifest, the files whose tools the agent gets, and their packages.

    ``hosts``, ``tools``: the names of what the connections serve, by which a tool of the agent's own is found.
    """

    manifest: JsonObject
    client: Client | None
    directs: Sequence[Direct]
    packages: Sequence[str]
    hosts: Sequence[str] = ()
    tools: Sequence[str] = ()


class AgentEdit(NamedTuple):
    """The edit: `state` is patch, connected or lines; `reason` says why there is no patch.

    ``parts`` is the patch but for the files that it creates: ``created`` has the path of each, by its name in the plan.
    ``gifts`` is what the agent gets. ``files`` are the files it changes. ``replaces`` are tools of the agent's own that
    a connection stands in for; ``packages`` are those to add by hand; ``conflicts`` are ranges in the agent's files
    that leave out what was run.
    """

    state: str
    reason: str | None = None
    shape: str | None = None
    parts: str = ""
    created: tuple[tuple[str, str], ...] = ()
    gifts: tuple[Gift, ...] = ()
    files: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
