"""The AgentCore project that a front end was pointed to, or stands in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.text.document import Document

if TYPE_CHECKING:
    from agentcore_connect.project.model import Project


def project_named(folder: Path) -> Project | None:
    """The project in a folder that a person named. Errors: ConnectError `no-project`, or what reading it raises."""
    from agentcore_connect.collect.inputs import gather

    return gather(Document({}, {}, ""), project=folder).project


def project_around(folder: Path) -> Project | None:
    """The project that a folder belongs to; None where there is none. Errors: ConnectError for one of no use."""
    from agentcore_connect.project.reader import read_project

    return read_project(folder)
