"""Findings about credentials: undeclared, of the wrong kind, or unused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.findings.model import Finding, Scan
from agentcore_connect.project.code import MAX_CODE_BYTES, MAX_FILES, SKIPPED
from agentcore_connect.project.source import read_text

_CODE_ENDINGS: Final = (".py", ".ts", ".js", ".mjs", ".json", ".tsx")


def references(scan: Scan) -> Iterator[Finding]:
    """Find targets whose credential is undeclared or of another kind than their auth."""
    declared = {one.name for one in scan.project.credentials}
    for _, target in scan.targets:
        if not target.credential:
            continue
        path = (*target.at, "outboundAuth", "credentialName")
        if target.credential not in declared:
            known = f"; declared: {', '.join(sorted(declared)[:8])}" if declared else "; none is declared"
            message = f"target {target.name} names {target.credential}{known}"
            yield scan.at("credential-missing", message, *path)
            continue
        credential = scan.project.credential(target.credential)
        wanted = target.outbound_auth
        kinds = ("oauth", "api-key")
        if credential and credential.kind in kinds and wanted in kinds and credential.kind != wanted:
            message = f"target {target.name} signs in with {wanted}, {credential.name} is of kind {credential.kind}"
            yield scan.at("credential-wrong-kind", message, *path)


def unused(scan: Scan) -> Iterator[Finding]:
    """Find declared credentials that nothing uses, except those managed by the CLI."""
    left = {one.name: one for one in scan.project.credentials if one.name and not one.managed and one.kind != "payment"}
    rest = {key: value for key, value in scan.project.raw.items() if key != "credentials"}
    for text in _strings(rest):
        for name in [name for name in left if name in text]:
            del left[name]
    if left:
        for text in _code_texts(scan):
            for name in [name for name in left if name in text]:
                del left[name]
    for one in left.values():
        yield scan.at("credential-unused", f"credential {one.name}", *one.at, "name")


def _strings(data: object) -> Iterator[str]:
    work = [data]
    while work:
        value = work.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            work.extend(value.values())
        elif isinstance(value, list):
            work.extend(value)


def _code_texts(scan: Scan) -> Iterator[str]:
    """Yield the text of every code file of the project, up to `MAX_FILES`."""
    seen = 0
    root = str(scan.project.root)
    for base, folders, files in os.walk(root):
        left_out = {*SKIPPED, "agentcore"} if base == root else SKIPPED
        folders[:] = sorted(name for name in folders if name not in left_out and not name.startswith("."))
        for name in sorted(files):
            if not name.endswith(_CODE_ENDINGS):
                continue
            seen += 1
            if seen > MAX_FILES * 2:
                return
            try:
                yield read_text(scan.project.root.joinpath(base, name), max_bytes=MAX_CODE_BYTES)
            except ConnectError:
                continue
