"""Records of an agent's code: its files, the calls that take tools, its entry points."""

from __future__ import annotations

import ast

from agentcore_connect.agent_code.facts import Taker
from agentcore_connect.agent_code.scopes import Function, Scopes
from agentcore_connect.agent_code.source import Source
from agentcore_connect.core.record import dataclass


@dataclass(frozen=True, slots=True)
class Module:
    """A file of the agent with what its names mean."""

    source: Source
    scopes: Scopes

    def place(self, node: ast.stmt | ast.expr) -> str:
        """Return the place of a node for people."""
        return self.source.place(node.lineno)


@dataclass(frozen=True, slots=True)
class Site:
    """A call that takes tools, and the function it stands in; None at the top of the module."""

    module: Module
    call: ast.Call
    taker: Taker
    function: Function | None


@dataclass(frozen=True, slots=True)
class Deferred:
    """A statement `name = ...` at the top of a module that builds the agent while the module is loaded."""

    module: Module
    statement: ast.Assign | ast.AnnAssign
    value: ast.expr
    name: str


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as it stands: where it takes tools, what has to wait for the first request, its entry points.

    ``shape``: module, factory, method or entry-point.
    """

    shape: str
    sites: tuple[Site, ...]
    deferred: Deferred | None
    entries: tuple[tuple[Module, Function], ...]
