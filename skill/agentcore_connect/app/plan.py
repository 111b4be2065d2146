"""Makes a plan and its files from checked answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from agentcore_connect.collect.inputs import Gathered, gather
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.plan.build import build

if TYPE_CHECKING:
    from agentcore_connect.plan.model import Plan
    from agentcore_connect.render.plan_files import Content
    from agentcore_connect.text.document import Document


class Made(NamedTuple):
    """A plan and its inputs. ``written`` lists the written files, relative to their folder."""

    plan: Plan
    gathered: Gathered
    written: tuple[str, ...] = ()


def plan(answers: Document, *, project: Path | None = None, cli_version: str | None = None, via: str = "cli") -> Made:
    """Make a plan for checked answers.

    Args:
        answers: the document that `answers.load` has checked.
        project: the folder given by --project, which comes before the answers' own key.
        cli_version: the version of the agentcore CLI to plan for.
        via: how the plan is carried out.

    Errors: ConnectError; several at once where answers are missing.
    """
    return planned(gather(answers, project=project, cli_version=cli_version, via=via))


def planned(gathered: Gathered) -> Made:
    """Make a plan for answers whose files are already read. Errors: as `plan`."""
    return Made(build(gathered), gathered)


def said(made: Made, *, markdown: bool = False, full: bool = False) -> str:
    """Render the plan for a terminal or as Markdown; ``full`` adds every reason and note."""
    from agentcore_connect.render import prose

    return (prose.markdown if markdown else prose.text)(made.plan, full=full)


def files(made: Made, folder: Path) -> tuple[Made, Mapping[str, Content]]:
    """Return the plan with the texts of its files, without writing them. Errors: ConnectError."""
    from agentcore_connect.render.plan_files import render_plan

    rendered, texts = render_plan(made.plan, made.gathered, folder)
    return made._replace(plan=rendered), texts


def write(made: Made, folder: Path, *, force: bool = False) -> Made:
    """Write the plan's files, all or none.

    Args:
        made: the plan.
        folder: where they go; made where it is missing.
        force: whether files that differ are replaced.

    Errors: ConnectError.
    """
    from agentcore_connect.render.plan_files import write_plan

    written, names = write_plan(made.plan, made.gathered, folder, force=force)
    return Made(written, made.gathered, tuple(names))
