"""Reads a folder without regard to a project file: templates, toolkit configuration, signs of a CDK app."""

from __future__ import annotations

from pathlib import Path

from agentcore_connect.core.record import dataclass
from agentcore_connect.knowledge.resources import load
from agentcore_connect.project.model import Gateway, Notice, Target
from agentcore_connect.project.templates import gateways_of, read_templates
from agentcore_connect.project.toolkit import Toolkit, read_toolkit


@dataclass(frozen=True)
class Repository:
    """The resources in a folder's templates (`loose`: targets of undeclared gateways), and other signs.

    `templates` are the files that declare it; `cdk` says that there is a CDK app.
    """

    gateways: tuple[Gateway, ...]
    loose: tuple[Target, ...]
    templates: tuple[str, ...]
    notices: tuple[Notice, ...]
    toolkit: Toolkit | None
    cdk: bool

    @property
    def empty(self) -> bool:
        """Return whether nothing of AgentCore is declared here."""
        return not (self.gateways or self.loose or self.notices or self.toolkit)


def read_repository(root: Path, *, declared: bool) -> Repository:
    """Read a folder, without the CLI's own folder if there is a project file."""
    own = load("project-format")["format"]["config"].partition("/")[0]
    resources, notices = read_templates(root, leave_out=frozenset({own}) if declared else frozenset())
    gateways, loose = gateways_of(resources)
    cdk = any((root / folder / "cdk.json").is_file() for folder in ("", "cdk", "infra", "infrastructure"))
    return Repository(
        gateways=tuple(gateways),
        loose=tuple(loose),
        templates=tuple(dict.fromkeys(one.shown for one in resources)),
        notices=tuple(notices),
        toolkit=read_toolkit(root),
        cdk=cdk,
    )
