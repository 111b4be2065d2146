"""Chooses the command surface of a plan, and refuses unsupported CLI versions."""

from __future__ import annotations

from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.expressions import later
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry

_WRITTEN = later(
    r"v?(?P<major>0|[1-9]\d*)(?:\.(?P<minor>0|[1-9]\d*|x))?(?:\.(?P<patch>0|[1-9]\d*|x))?"
    r"(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)
_REST = 10**6  # stands for an open place of "0.30" or "1.x": the newest there is


class Version(NamedTuple):
    """A version in npm's order: a pre-release comes before the release it leads to."""

    major: int
    minor: int
    patch: int
    released: bool
    pre: tuple[tuple[int, int, str], ...]


class Surface(NamedTuple):
    """One command surface: its id, the version its contract was made from, how it is known, and what to say.

    `contract` and `behaviour` name knowledge files: what the commands take, and cases of what they do.
    `project_version` is what `agentcore.json` has under it. `notice` is None, or what the reader of a plan should know
    about the choice; `mismatch` the part of it about a project file of another version. `chosen_by` is `cli`,
    `project` or `default`, and `said` the reason for the choice in one line.
    """

    id: str
    version: str
    known_by: str
    notice: str | None
    mismatch: str | None
    contract: str
    behaviour: str | None
    project_version: int
    install: str
    npx: str
    chosen_by: str
    said: str
    sources: tuple[str, ...]


def parse(text: str) -> Version | None:
    """The version in `text` ("0.30.0", "v1.0.1", "0.30", "1.x", "1.0.0-rc.5"); None when it is not one."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or (found["minor"] in (None, "x") and found["patch"] not in (None, "x")):
        return None
    numbers = [_REST if found[part] in (None, "x") else int(found[part]) for part in ("minor", "patch")]
    pre = tuple(
        (0, int(piece), "") if piece.isdigit() else (1, 0, piece) for piece in (found["pre"] or "").split(".") if piece
    )
    return Version(int(found["major"]), numbers[0], numbers[1], not pre, pre)


def choose(cli_version: str | None, project_version: int | None) -> Surface:
    """The surface to speak: that of the CLI version if one is given, else that of the project file, else the default.

    In: the version as a person writes it or as `agentcore --version` prints it, and `version` of `agentcore.json`.
    Out: the surface, with a notice when it is not exactly what was asked for.
    Errors: ConnectError `cli-version-unreadable`, or `cli-version-refused` with the update command.
    Source: knowledge/cli-versions.yaml.
    """
    known = resources.load("cli-versions")
    notices: list[str] = []
    if cli_version is not None:
        chosen_by, surface_id = "cli", _of_cli(cli_version, known, notices)
    elif project_version is not None:
        chosen_by, surface_id = "project", _of_project(project_version, known, notices)
    else:
        chosen_by, surface_id = "default", known["default"]
    surface = known["surfaces"][surface_id]
    if surface["known_by"] != "run":
        notices.append(surface["text"])
    mismatch = next(
        (
            str(one["text"])
            for one in known["project_mismatch"]
            if (one["surface"], one["project_version"]) == (surface_id, project_version)
        ),
        None,
    )
    if mismatch is not None:
        notices.append(mismatch)
    return Surface(
        id=surface_id,
        version=surface["version"],
        known_by=surface["known_by"],
        notice=" ".join(notices) or None,
        mismatch=mismatch,
        contract=surface["contract"],
        behaviour=surface.get("behaviour"),
        project_version=surface["project_version"],
        install=surface["install"],
        npx=surface["npx"],
        chosen_by=chosen_by,
        said=_why(known, chosen_by, surface_id, cli_version, project_version),
        sources=tuple(surface["sources"]),
    )


def _why(known: Entry, by: str, surface_id: str, cli_version: str | None, project_version: int | None) -> str:
    """Return the line that says why a surface was chosen."""
    surfaces: Entry = known["surfaces"]
    other = next(name for name in surfaces if name != surface_id)
    text: str = known["chosen"][by]
    return text.format(
        asked=(cli_version or "").strip(),
        project_version=project_version,
        npx=surfaces[surface_id]["npx"],
        other=other,
        other_npx=surfaces[other]["npx"],
        other_version=surfaces[other]["version"],
    )


def _of_cli(text: str, known: Entry, notices: list[str]) -> str:
    surfaces: Entry = known["surfaces"]
    version = parse(text)
    if version is None:
        raise ConnectError(
            "cli-version-unreadable",
            f"{text!r} is not a version of the AgentCore CLI",
            expected=f"a version such as {' or '.join(one['version'] for one in surfaces.values())}",
            hint="take what `agentcore --version` prints, or leave the option out",
        )
    version = _without_preview(text, version, known, notices)
    for refused in known["refused"]:
        if version < _known(refused["below"]):
            raise ConnectError(
                "cli-version-refused",
                f"AgentCore CLI {text.strip()} is older than the commands this program knows. {refused['text']}",
                expected=f"{known['package']} {known['surfaces'][known['default']]['from']} or newer",
                hint=f"update it: {refused['update']}",
            )
    chosen = max(
        (name for name in surfaces if _known(surfaces[name]["from"]) <= version), key=lambda name: _from(surfaces, name)
    )
    newest = _known(surfaces[chosen]["version"])
    written = [version.major, *(part for part in (version.minor, version.patch) if part != _REST)]
    here = [newest.major, newest.minor, newest.patch][: len(written)]
    beyond = written > here or (len(written) == 3 and version > newest)
    if beyond:
        notices.append(
            f"AgentCore CLI {text.strip()} is newer than the newest one whose commands are known here "
            f"({surfaces[chosen]['version']}); run `agentcore-connect doctor` to see what differs."
        )
    return chosen


def _without_preview(text: str, version: Version, known: Entry, notices: list[str]) -> Version:
    """The 0.x version that a 1.0.0-preview.N was built from, or the version itself."""
    previews = known["previews"]
    label, _, number = text.strip().removeprefix("v").rpartition(".")
    if f"{label}." != previews["prefix"] or not number.isdigit():
        return version
    notices.append(previews["text"])
    pairs = sorted((int(n), _known(same)) for n, same in previews["same_as"].items())
    at_most = [same for n, same in pairs if n <= int(number)]
    if not at_most:
        return pairs[0][1]._replace(released=False)
    base = at_most[-1]
    if int(number) > pairs[-1][0]:
        return base._replace(patch=base.patch + 1)
    return base


def _of_project(project_version: int, known: Entry, notices: list[str]) -> str:
    surfaces: Entry = known["surfaces"]
    by_version = {one["project_version"]: name for name, one in surfaces.items()}
    if project_version in by_version:
        return by_version[project_version]
    chosen: str = by_version[max(by_version)] if project_version > max(by_version) else known["default"]
    notices.append(
        f"The project file says version {project_version}, which is not known here; the commands are those of "
        f"AgentCore CLI {surfaces[chosen]['version']}."
    )
    return chosen


def _from(surfaces: Entry, name: str) -> Version:
    return _known(surfaces[name]["from"])


def _known(text: str) -> Version:
    version = parse(text)
    assert version is not None, text  # noqa: S101 - the schema of cli-versions.yaml says so
    return version
