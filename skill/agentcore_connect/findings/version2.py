"""Findings in a project file of version 2: what its CLI refuses, and what it drops."""

from __future__ import annotations

from collections.abc import Iterator

from agentcore_connect.findings.model import Finding, Scan
from agentcore_connect.project import version2

_REFUSED, _DROPPED = "project-file-refused", "project-key-dropped"


def refused(scan: Scan) -> Iterator[Finding]:
    """Each place for which the CLI refuses the file, and each key that it drops when it next writes the file."""
    if not scan.project.declared or not version2.is_version2(scan.project.raw):
        return
    reading = version2.read_file(scan.project.raw)
    for fault in reading.faults:
        message = f"{fault.place}: {fault.text} ({version2.told_by(fault)})"
        yield scan.at(_REFUSED, message, *fault.at)
    for at in reading.dropped:
        yield scan.at(_DROPPED, f"{'.'.join(map(str, at))} is not known to the CLI", *at)
