"""Finds the AgentCore project in a named folder, or around a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.text.document import Document

if TYPE_CHECKING:
    from agentcore_connect.project.model import Project


def project_named(folder: Path) -> Project | None:
    """Read the project in a named folder. Errors: ConnectError `no-project`, and those of reading it."""
    from agentcore_connect.collect.inputs import gather

    return gather(Document({}, {}, ""), project=folder).project


def project_around(folder: Path) -> Project | None:
    """Read the project that a folder belongs to, if any. Errors: ConnectError for a broken one."""
    from agentcore_connect.project.reader import read_project

    return read_project(folder)
