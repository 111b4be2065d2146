"""Lambda functions behind gateway targets: which functions of a file are handlers."""

from __future__ import annotations

import ast
from typing import Final

from agentcore_connect.findings.model import CodeFile

Function = ast.FunctionDef | ast.AsyncFunctionDef
_NAMES: Final = ("handler", "lambda_handler")


def handlers(file: CodeFile) -> list[ast.FunctionDef]:
    """The functions of a file that Lambda can call: at its top, with an event and a context."""
    found = []
    for node in file.tree.body:
        if isinstance(node, ast.FunctionDef):
            names = [one.arg.strip("_") for one in (*node.args.posonlyargs, *node.args.args)]
            if len(names) == 2 and (names == ["event", "context"] or node.name in _NAMES):
                found.append(node)
    return found
