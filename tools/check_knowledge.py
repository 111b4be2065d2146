"""Checks the knowledge files: schemas, sources, ids, references, patterns, dates.

    python tools/check_knowledge.py            the knowledge of this checkout
    python tools/check_knowledge.py DIR        that of another folder with `knowledge/` and `renderers/` in it

Exit: 0 nothing found, 1 something is wrong, 2 the folder cannot be read.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "skill"), str(ROOT / "tools")]

import knowledge_variables  # noqa: E402

from agentcore_connect.core.errors import ConnectError  # noqa: E402
from agentcore_connect.text import document  # noqa: E402 - the same reader as the program's own

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_HEADER = re.compile(r"^# yaml-language-server: \$schema=schemas/([a-z0-9.-]+)\.schema\.json\n")


@dataclass(frozen=True)
class Knowledge:
    """What is checked: each file's data, the schema each names, the schemas, and what the renderers' manifests hold."""

    data: Mapping[str, Any]
    named: Mapping[str, str]
    schemas: Mapping[str, Any]
    manifests: Mapping[str, Any]

    def section(self, path: str) -> Mapping[str, Any]:
        """The section "file.section"; empty where there is none."""
        file, _, section = path.rpartition(".")
        found = self.data.get(file, {}).get(section, {})
        return found if isinstance(found, Mapping) else {}

    def words(self, key: str) -> list[str]:
        """A list of `explain.yaml`."""
        return list(self.data.get("explain", {}).get(key, ()))

    def facts(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Every mapping below a section whose `id` or key others may cite: (file, id, fields)."""
        keyed, own = set(self.words("ids")), set(self.words("own_ids"))
        for file, data in {**self.data, **self.manifests}.items():
            for section, value in data.items() if isinstance(data, Mapping) else ():
                for key, item in _items(value) if f"{file}.{section}" not in own else ():
                    if isinstance(item, Mapping) and ("id" in item or f"{file}.{section}" in keyed):
                        yield file, str(item.get("id", key)), item


def read(top: Path) -> Knowledge:
    """The knowledge below a folder. Errors: ConnectError from the reader, with file and line."""
    data, named = {}, {}
    for path in sorted((top / "knowledge").glob("*.yaml")):
        text = path.read_text("utf-8")
        data[path.stem] = document.parse(text, path=f"knowledge/{path.name}").data
        header = _HEADER.match(text)
        named[path.stem] = header[1] if header else path.stem
    schemas = {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
        for path in sorted((top / "knowledge" / "schemas").glob("*.schema.json"))
    }
    manifests = {
        f"renderers/{path.parent.name}": document.parse(path.read_text("utf-8"), path=str(path.relative_to(top))).data
        for path in sorted((top / "renderers").glob("*/manifest.yaml"))
    }
    return Knowledge(data, named, schemas, manifests)


def schemas_fit(known: Knowledge) -> Iterator[str]:
    """Each file has a schema of draft 2020-12, and is valid by it."""
    for file, data in known.data.items():
        schema = known.schemas.get(known.named[file])
        if schema is None:
            yield f"{file}: there is no schema {known.named[file]}.schema.json for it"
            continue
        checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        for error in sorted(checker.iter_errors(data), key=lambda e: e.json_path):
            yield f"{file}: {error.json_path}: {error.message[:200]}"
    for name, schema in known.schemas.items():
        if schema.get("$schema") != DRAFT:
            yield f"schemas/{name}: its $schema is not {DRAFT}"


def schemas_strict(known: Knowledge) -> Iterator[str]:
    """Each object whose properties a schema names takes no others."""
    for name in sorted(set(known.named.values())):
        for path, node in _nodes(known.schemas.get(name, {}), ""):
            open_ended = not {"additionalProperties", "unevaluatedProperties", "patternProperties"} & set(node)
            if isinstance(node.get("properties"), Mapping) and "type" in node and open_ended:
                yield f"schemas/{name}: {path or '/'}: it names properties and forbids no others"


def sources_exist(known: Knowledge) -> Iterator[str]:
    """Each source that is cited is listed."""
    listed = known.section("sources.sources")
    for file, path, source in _cited(known):
        if source not in listed:
            yield f"{file}: {path}: there is no source {source!r}"


def sources_used(known: Knowledge) -> Iterator[str]:
    """Each source that is listed is cited."""
    cited = {source for _, _, source in _cited(known)}
    yield from (f"sources: nothing cites {name!r}" for name in known.section("sources.sources") if name not in cited)


def facts_sourced(known: Knowledge) -> Iterator[str]:
    """Each fact names its sources; the sources themselves and the sections listed as names do not."""
    exempt = {"sources.sources", *known.words("unsourced")}
    for file, data in known.data.items():
        for section, value in data.items():
            if f"{file}.{section}" in exempt or file == "explain":
                continue
            for key, item in _items(value):
                if isinstance(item, Mapping) and "text" in item and not item.get("sources"):
                    yield f"{file}: {section}.{item.get('id', key)}: it names no sources"


def ids_unique(known: Knowledge) -> Iterator[str]:
    """No id stands twice, over all files."""
    places: dict[str, list[str]] = {}
    for file, name, _ in known.facts():
        places.setdefault(name, []).append(file)
    for name, files in places.items():
        if len(files) > 1:
            yield f"{' and '.join(files)}: the id {name!r} is there {len(files)} times"


def references_lead_somewhere(known: Knowledge) -> Iterator[str]:
    """Each `related` id is an id; the sections and files that `explain.yaml` names are there."""
    facts = list(known.facts())
    ids = {name for _, name, _ in facts}
    for file, name, item in facts:
        yield from (
            f"{file}: {name}: related to {one!r}, which is no id" for one in item.get("related", ()) if one not in ids
        )
    for section in (*known.words("ids"), *known.words("own_ids"), *known.words("unsourced")):
        file, _, key = section.rpartition(".")
        if key not in known.data.get(file, {}):
            yield f"explain: there is no section {section!r}"
    for grid in known.data.get("explain", {}).get("grids", ()):
        if grid["section"] not in known.data.get(grid["file"], {}):
            yield f"explain: there is no section {grid['file']}.{grid['section']}"


def patterns_hold(known: Knowledge) -> Iterator[str]:
    """Each pattern takes its example and not its counterexample; each form of an error is a regular expression."""
    for name, pattern in known.section("limits.patterns").items():
        form = _compiled(pattern.get("regex", ""))
        if form is None:
            yield f"limits: {name}: the pattern is no regular expression"
        elif not form.search(pattern["example"]) or form.search(pattern["example"] + "\n"):
            yield f"limits: {name}: the pattern does not take its example, or takes it with a line break"
        elif form.search(pattern["counterexample"]):
            yield f"limits: {name}: the pattern takes its counterexample"
    for name, row in known.section("errors.errors").items():
        yield from (
            f"errors: {name}: {form!r} is no regular expression"
            for form in row.get("regexes", ())
            if not _compiled(form)
        )


def phrases_unique(known: Knowledge) -> Iterator[str]:
    """No two errors claim the same phrase."""
    owners: dict[str, str] = {}
    for name, row in known.section("errors.errors").items():
        for phrase in row.get("phrases", ()):
            owner = owners.setdefault(phrase.lower(), name)
            if owner != name:
                yield f"errors: {name}: its phrase {phrase!r} is that of {owner}"


def dates_agree(known: Knowledge) -> Iterator[str]:
    """What was checked on a day or in a month has a source of that date."""
    sources = known.section("sources.sources")
    for section in ("limits.limits", "limits.patterns"):
        for name, item in known.section(section).items():
            dates = {sources[one]["date"] for one in item.get("sources", ()) if one in sources}
            checked = item.get("checked_on")
            if dates and checked not in dates:
                yield f"limits: {name}: checked on {checked}, its sources are of {', '.join(sorted(dates))}"


def variables_exist(known: Knowledge) -> Iterator[str]:
    """Each variable that a condition or a text about a connection names is there, and each that a tree tests is filled."""
    yield from knowledge_variables.unknown_variables(known.data)
    yield from knowledge_variables.unknown_tests(known.data)


def answers_are_kept(known: Knowledge) -> Iterator[str]:
    """Each question has a field for its answer, and each result of the trees has one, with the same values."""
    yield from knowledge_variables.unkept_answers(known.data)
    yield from knowledge_variables.unknown_results(known.data)


CHECKS: tuple[Callable[[Knowledge], Iterator[str]], ...] = (
    schemas_fit,
    schemas_strict,
    sources_exist,
    sources_used,
    facts_sourced,
    ids_unique,
    references_lead_somewhere,
    patterns_hold,
    phrases_unique,
    dates_agree,
    variables_exist,
    answers_are_kept,
)


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(key), item) for key, item in value.items())
    elif isinstance(value, list):
        yield from ((str(number), item) for number, item in enumerate(value))


def _cited(known: Knowledge) -> Iterator[tuple[str, str, str]]:
    """Every citation: (file, path, source id). The table of sources cites nothing."""
    for file, data in {**known.data, **known.manifests}.items():
        for path, node in _nodes(data, "") if file != "sources" else ():
            if isinstance(node.get("sources"), list):
                yield from ((file, path, source) for source in node["sources"] if isinstance(source, str))
    for name, example in known.section("corrections.examples").items():
        yield "corrections", f"/examples/{name}/page", example.get("page", "")


def _nodes(node: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(node, Mapping):
        yield path, node
    for key, inner in _items(node):
        yield from _nodes(inner, f"{path}/{key}")


def _compiled(form: str) -> re.Pattern[str] | None:
    try:
        return re.compile(form)
    except re.error:
        return None


def main(argv: list[str]) -> int:
    """Run every check on a folder; see the top of the file."""
    top = Path(argv[0]) if argv else ROOT
    try:
        known = read(top)
    except (ConnectError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    problems = [(check.__name__, problem) for check in CHECKS for problem in check(known)]
    for name, problem in problems:
        print(f"{name}: {problem}")
    print(f"{len(known.data)} files, {len(CHECKS)} checks, {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
