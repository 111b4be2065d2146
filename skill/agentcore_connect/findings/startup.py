"""Findings in code that serves requests for a long time: what it does at import, and tokens that it fetches once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.findings.handlers import handlers
from agentcore_connect.findings.model import CodeFile, Finding, Scan, finding
from agentcore_connect.findings.names import last
from agentcore_connect.findings.paging import is_local
from agentcore_connect.knowledge.resources import Entry, load
from agentcore_connect.specs.python_marks import marks

Function = ast.FunctionDef | ast.AsyncFunctionDef
_GATEWAY: Final = re.compile(r"(?i)gateway")
_FETCHES: Final = ("post", "request")


def clients(scan: Scan) -> Iterator[Finding]:
    """Clients of gateways that are made, or connected, when the file of a server is imported; one a file."""
    signs = load("findings")["signs"]["startup"]
    for file in scan.code_files:
        if not _serves(file, signs) or not _has_client(file, signs):
            continue
        connected = next(_connections(file, signs), None)
        if connected is not None:
            message = f"{connected[1]} connects when the file is imported"
            yield finding("gateway-client-at-import", message, file.where(connected[0]))
            continue
        for call in file.parsed.of(ast.Call):
            name = _client(file, call, signs)
            if name and not is_local(call) and file.names.at_import(call) and _keeps(file, call):
                message = f"{name} is made when the file is imported, with the URL and the credential of that moment"
                yield finding("gateway-client-at-import", message, file.where(call), "likely")
                break


def _serves(file: CodeFile, signs: Entry) -> bool:
    """Return whether the file belongs to a process that stays: a runtime, a Lambda function, a web server."""
    imports = any(one == sign or one.startswith(f"{sign}.") for one in file.parsed.modules for sign in signs["servers"])
    return file.served or imports or bool(handlers(file))


def _has_client(file: CodeFile, signs: Entry) -> bool:
    """Return whether a file imports the class of a client, or reaches it through its module."""
    if any(_is_client(one, signs) for one in file.parsed.modules):
        return True
    whole = [alias.name for node in file.parsed.of(ast.Import) for alias in node.names]
    reached = file.parsed.of(ast.Attribute) if any("mcp" in one for one in whole) else ()
    return any(_is_client(file.names.dotted(one), signs) for one in reached)


def _is_client(module: str, signs: Entry) -> bool:
    return any(re.search(one["of"], module) for one in signs["clients"])


def _client(file: CodeFile, call: ast.Call, signs: Entry) -> str | None:
    """The class whose client a call makes; None for any other call."""
    return last(call.func) if _is_client(file.names.dotted(call.func), signs) else None


def _connections(file: CodeFile, signs: Entry) -> Iterator[tuple[ast.AST, str]]:
    """Yield the places where a client connects at import: `with`, a connecting method, or a connecting constructor."""
    entered: list[ast.With | ast.AsyncWith] = [*file.parsed.of(ast.With), *file.parsed.of(ast.AsyncWith)]
    for node in entered:
        for item in node.items:
            made = _made_by(file, item.context_expr, signs)
            if made and file.names.at_import(node):
                yield node, made
    for call in file.parsed.of(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in signs["connects"]:
            made = _made_by(file, call.func.value, signs)
            if made and file.names.at_import(call):
                yield call, made
        elif last(call.func) in signs["eager"] and _client(file, call, signs) and file.names.at_import(call):
            yield call, last(call.func)


def _keeps(file: CodeFile, call: ast.Call) -> bool:
    """Return whether a client keeps a value that was read, fetched or computed when the client was created.

    What stands in a lambda, or in a function of the file, is computed when the client connects; the names of the file
    that it uses were given their values before.
    """
    functions = {one.name: one for one in file.tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    late = [node for one in ast.walk(call) if isinstance(one, ast.Lambda) for node in ast.walk(one.body)]
    named = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)} & functions.keys()
    late += [node for name in sorted(named) for part in functions[name].body for node in ast.walk(part)]
    soon = [node for value in (*call.args, *(key.value for key in call.keywords)) for node in _outside_lambdas(value)]
    if any(isinstance(node, ast.Call | ast.Subscript) for node in soon):
        return True
    return any(_is_computed(file, node) for node in (*late, *soon) if isinstance(node, ast.Name))


def _outside_lambdas(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, ast.Lambda):
        for inner in ast.iter_child_nodes(node):
            yield from _outside_lambdas(inner)


def _is_computed(file: CodeFile, name: ast.Name) -> bool:
    """Return whether a name of the file stands for what was computed when the file was imported."""
    if not isinstance(name.ctx, ast.Load):
        return False
    value = file.names.value(name)
    return (
        value is not name
        and file.names.at_import(value)
        and any(isinstance(node, ast.Call | ast.Subscript) for node in _outside_lambdas(value))
    )


def _made_by(file: CodeFile, node: ast.expr, signs: Entry) -> str | None:
    """The class of a client that an expression stands for, made with a transport over the network."""
    origin = file.names.origin(node)
    if not origin.endswith("()") or not _is_client(origin[:-2], signs):
        return None
    made = file.names.maker(node)
    return None if made is not None and is_local(made) else origin[:-2].rpartition(".")[2]


def tokens(scan: Scan) -> Iterator[Finding]:
    """Tokens that are fetched once and used as long as the process lives."""
    signs = load("findings")["signs"]["startup"]
    for file in scan.code_files:
        if not _serves(file, signs):
            continue
        decorated = _decorated(file)
        for call in file.parsed.of(ast.Call):
            name = last(call.func)
            if isinstance(call.func, ast.Name) and name in decorated and file.names.at_import(call):
                message = f"{name}() runs when the file is imported, outside of any request"
                yield finding("token-fetched-once", message, file.where(call))
            elif (
                name in _FETCHES
                and not _decorates(file, call)
                and _asks_for_token(file, call)
                and file.names.at_import(call)
            ):
                message = "the token is fetched when the file is imported"
                yield finding("token-fetched-once", message, file.where(call), "likely")
            elif name in signs["transports"] or _client(file, call, signs):
                yield from _fixed_header(file, call)


def _decorates(file: CodeFile, call: ast.Call) -> bool:
    """Return whether a call is a decorator: `@router.post("/token")` declares an endpoint and asks none."""
    above = file.parsed.parents.get(call)
    return isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef) and call in above.decorator_list


def _decorated(file: CodeFile) -> set[str]:
    """The functions of a file that fetch a credential from AgentCore Identity."""
    found = set()
    functions: list[Function] = [*file.parsed.of(ast.FunctionDef), *file.parsed.of(ast.AsyncFunctionDef)]
    for function in functions:
        for one in function.decorator_list:
            dotted = file.names.dotted(one.func if isinstance(one, ast.Call) else one)
            if dotted.startswith("bedrock_agentcore.identity.") and dotted.rpartition(".")[2] in marks()["filled_by"]:
                found.add(function.name)
    return found


def _asks_for_token(file: CodeFile, call: ast.Call) -> bool:
    """Return whether a request goes to a token endpoint: by its path, or by the grant that it names."""
    values = [*call.args, *(key.value for key in call.keywords)]
    for value in (file.names.value(one) for one in values):
        keys = value.keys if isinstance(value, ast.Dict) else []
        if any(isinstance(one, ast.Constant) and one.value == "grant_type" for one in keys):
            return True
        if file.names.text(value).partition("?")[0].rstrip("/").endswith("/token"):
            return True
    return False


def _fixed_header(file: CodeFile, call: ast.Call) -> Iterator[Finding]:
    """A gateway's transport whose Authorization header comes from the environment, which nothing renews."""
    address = call.args[0] if call.args else next((one.value for one in call.keywords if one.arg == "url"), None)
    if address is None or isinstance(address, ast.Lambda) or not _names_gateway(file, address):
        return
    for key in call.keywords:
        headers = file.names.value(key.value) if key.arg == "headers" else None
        if isinstance(headers, ast.Dict):
            for name, value in zip(headers.keys, headers.values, strict=True):
                said = name.value if isinstance(name, ast.Constant) else ""
                if str(said).lower() == "authorization" and _from_environment(file, value):
                    message = "the Authorization header of the gateway's client comes from the environment"
                    yield finding("token-fetched-once", message, file.where(value), "likely")


def _names_gateway(file: CodeFile, address: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and _GATEWAY.search(node.value)
        for node in ast.walk(file.names.value(address))
    )


def _from_environment(file: CodeFile, value: ast.expr) -> bool:
    """Return whether a part of a value is read from the environment, also through one name."""
    parts = [file.names.value(node) if isinstance(node, ast.Name) else node for node in ast.walk(value)]
    return any(
        (isinstance(node, ast.Subscript) and last(node.value) == "environ")
        or (isinstance(node, ast.Call) and last(node.func) == "getenv")
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
            and last(node.func.value) == "environ"
        )
        for node in parts
    )
