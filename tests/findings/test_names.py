"""Names are followed through imports, scopes, `with`, loops and attributes to what made the object, within bounds."""

from __future__ import annotations

import ast

import pytest

from agentcore_connect.findings.names import UNKNOWN, Names
from agentcore_connect.project.code import Parsed


def names(code: str) -> Names:
    return Names(Parsed(ast.parse(code)))


def asked(code: str) -> tuple[Names, ast.expr]:
    """The names of a file, and the argument of the call `ask(…)` in it."""
    found = names(code)
    (call,) = [one for one in found.parsed.of(ast.Call) if isinstance(one.func, ast.Name) and one.func.id == "ask"]
    return found, call.args[0]


@pytest.mark.parametrize(
    ("code", "origin"),
    [
        ("from a.b import C as D\nx = D()\nask(x)", "a.b.C()"),
        ("import a.b\nask(a.b.C())", "a.b.C()"),
        ("import a.b as c\nask(c.C)", "a.b.C"),
        ("from a import C\nasync def f():\n    async with C() as c:\n        ask(await c.go())", "a.C().go()"),
        ("from a import C\nasync def f(s):\n    c = await s.enter_async_context(C(1))\n    ask(c)", "a.C()"),
        (
            "from a import C\ndef f(c: C | None):\n    for one in c.all().tools:\n        ask(one)",
            "a.C().all().tools[]",
        ),
        ("from a import C\ndef f(c: 'C'):\n    ask([one for one in c.all()][0])", ""),
        (
            "from a import C\nclass K:\n    def __init__(self):\n        self.c = C()\n    def f(self):\n        ask(self.c)",
            "a.C()",
        ),
        ("class K:\n    def __init__(self):\n        self.c = A()\n        self.c = B()\n        ask(self.c)", ""),
        ("class K:\n    def f(self):\n        self.c = self.c.next()\n        ask(self.c)", ""),
        ("def f(c):\n    ask(c)", ""),
        ("c = A()\ndef f():\n    c = B()\n    ask(c)", "B()"),
        ("c = A()\ndef f():\n    ask(c)", "A()"),
        ("def f():\n    c = B()\ndef g():\n    ask(c)", "c"),
        ("c = A()\ndef f():\n    ask(c)\n    c = B()", ""),
        ("c = A()\ndef f(x=ask(c), c=1): pass", "A()"),
        ("c = A()\nclass K:\n    c = B()\n    def f(self):\n        ask(c)", "A()"),
    ],
)
def test_origins(code: str, origin: str) -> None:
    found, node = asked(code)
    assert found.origin(node) == origin


def test_texts() -> None:
    found, node = asked("A = 'x'\ndef f(b):\n    ask(f'{A}/{b}' + '/c')")
    assert found.text(node) == f"x/{UNKNOWN}/c"


@pytest.mark.parametrize(
    ("code", "at_import"),
    [
        ("ask(1)", True),
        ("class A:\n    x = ask(1)", True),
        ("@ask(1)\ndef f(): pass", True),
        ("def f(x=ask(1)): pass", True),
        ("try:\n    ask(1)\nexcept Exception:\n    pass", True),
        ("def f():\n    ask(1)", False),
        ("f = lambda: ask(1)", False),
        ("if __name__ == '__main__':\n    ask(1)", False),
    ],
)
def test_what_runs_at_import(code: str, at_import: bool) -> None:
    found, node = asked(code)
    assert found.at_import(node) is at_import


def test_code_that_refers_to_itself_ends() -> None:
    attributes = "\n".join(f"        self.a{n} = self.a{(n + 1) % 5}.x(self.a{(n + 2) % 5})" for n in range(5))
    found, node = asked(f"class K:\n    def f(self):\n{attributes}\n{attributes}\n        ask(self.a0)")
    assert found.origin(node) == ""
    found, node = asked("a = b\nb = a\nask(a)")
    assert found.value(node) is not None
    found, node = asked(f"def f(c: {' | '.join(['None'] * 900)}):\n    ask(c)")
    assert found.origin(node) == ""
