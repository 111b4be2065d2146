"""The references of the skill: the knowledge as Markdown, for assistants without a shell.

Everything is made from `knowledge/` by way of the program's own commands, so that it says what they say.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout

from agentcore_connect.core.values import JsonObject
from agentcore_connect.knowledge.questions import Question, of_scope
from agentcore_connect.knowledge.resources import load
from agentcore_connect.skill.guides import GUIDES, guide

_MADE = "<!-- Made from knowledge/ by `python tools/references.py`; changes belong there. -->\n\n"
#: The groups of known errors, by their letter.
_GROUPS = {
    "A": ("cli", "The CLI and the project"),
    "B": ("targets", "Targets"),
    "C": ("credentials", "Outbound credentials"),
    "D": ("inbound", "Calling the gateway, and MCP clients"),
    "E": ("tools", "Using the tools"),
    "F": ("policy", "Policies"),
    "G": ("frameworks", "Client libraries of the frameworks"),
    "H": ("toolkit", "The older Python toolkit"),
}
_EXAMPLE = """\
version: 1
gateway: {name: MyGateway, inbound_auth: aws-iam}
connections:
  - name: WeatherTools
    service: mcp-server
    endpoint: https://mcp.example.com/mcp
    service_auth: none
"""


def references() -> dict[str, str]:
    """Return every reference by file name. Errors: ConnectError for damaged knowledge."""
    found = {
        "auth-matrix.md": _said("explain", "auth-matrix", title="Which sign-in each kind of target takes"),
        "decision-tree.md": _tree(),
        "answers-file.md": _answers(),
        "inbound-auth.md": _said("explain", "inbound-auth", title="Who may call a gateway"),
        "limits.md": _said("explain", "limits", title="Numbers and name patterns"),
    }
    found |= {f"{name}.md": guide(name) for name in GUIDES}
    found |= {f"troubleshooting-{slug}.md": _errors(letter) for letter, (slug, _) in _GROUPS.items()}
    found["index.md"] = _index(found)
    return {name: _MADE + text.strip() + "\n" for name, text in sorted(found.items())}


def printed(*words: str) -> str:
    """Return the output of a command of this program. Errors: ConnectError from the command."""
    from agentcore_connect.__main__ import _run

    shown = io.StringIO()
    with redirect_stdout(shown):
        _run(list(words))
    return shown.getvalue()


def _said(command: str, topic: str, *, title: str) -> str:
    _, _, body = printed(command, topic, "--format", "markdown").partition("\n")
    return f"# {title}\n\n{body.strip()}"


def _tree() -> str:
    parts = [
        "# The decision trees",
        "`route` finds path and target type; `gateway-auth` and `agent-auth` the sign-in and what sets it up; "
        "`inbound` and `gateway-kind` the gateway. What is said to be as above goes on as it did there.",
        f"```text\n{printed('tree').rstrip()}\n```",
        "The same as a picture:",
        f"```mermaid\n{printed('tree', '--format', 'mermaid').rstrip()}\n```",
    ]
    return "\n\n".join(parts)


def _answers() -> str:
    lines = [
        "# The answers file",
        "",
        "One YAML or JSON file holds every answer. Without a shell: fill it in with the person, and let them run "
        "`uvx agentcore-connect plan answers.yaml --out connect`, which checks it, says what is missing, and writes "
        "the plan. Ask only for what the guide of the path needs; leave out what has a default. Never a secret.",
        "",
        f"```yaml\n{_EXAMPLE}```",
        "",
    ]
    for scope, words in load("questions")["scopes"].items():
        asked = (line for question in of_scope(scope) for line in _question(question))
        lines += [f"## {_scope_title(scope, words)}", "", *asked, ""]
    return "\n".join(lines)


def _scope_title(scope: str, words: JsonObject) -> str:
    return f"In `{words['prefix']}`" if words["prefix"] else f"At the {scope}"


def _question(question: Question) -> Iterator[str]:
    default = f" Default: `{_value(question.default)}`." if question.has_default else ""
    yield f"- `{question.id}`: {question.text} {question.help}".rstrip() + default
    yield from (
        f"  - `{choice.value}`: {choice.label}" + (f". {choice.help}" if choice.help else "")
        for choice in question.choices
    )


def _value(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _errors(letter: str) -> str:
    rows = {name: row for name, row in load("errors")["errors"].items() if name.startswith(letter)}
    lines = [f"# Troubleshooting: {_GROUPS[letter][1]}", ""]
    for name, row in rows.items():
        lines += [f"## {name} {row['title']}", ""]
        lines += [f"- Seen as: {_quoted(row['phrases'])}"] if row.get("phrases") else []
        lines += [f"- Causes, likeliest first: {' '.join(row['causes'])}"]
        lines += [f"- {label}: {row[key]}" for key, label in (("confirm", "Make sure"), ("fix", "Fix")) if row.get(key)]
        lines += [f"- Versions: {row['versions']}"] if row.get("versions") else []
        lines.append("")
    return "\n".join(lines)


def _quoted(phrases: list[str]) -> str:
    return "; ".join(f"`{phrase.replace('`', chr(39))}`" for phrase in phrases)


def _index(found: Mapping[str, str]) -> str:
    lines = [
        "# References",
        "",
        "The program's knowledge, to be read where it cannot be run. Read one file, for the question at hand.",
        "",
        "| read | when |",
        "| --- | --- |",
        "| [decision-tree.md](decision-tree.md) | first: which path does this connection take? |",
        "| [auth-matrix.md](auth-matrix.md) | does this kind of target take that sign-in, and can the CLI set it? |",
        "| [answers-file.md](answers-file.md) | writing an answers file: every key, its values, its default |",
        "| [inbound-auth.md](inbound-auth.md) | who may call the gateway |",
        "| [limits.md](limits.md) | a name, a number or a length is refused |",
    ]
    lines += [f"| [{name}.md]({name}.md) | {title} |" for name, (title, _) in GUIDES.items()]
    lines += [
        f"| [troubleshooting-{slug}.md](troubleshooting-{slug}.md) | an error or a symptom: {title.lower()} |"
        for slug, title in _GROUPS.values()
    ]
    lines += ["", "## Known errors", ""]
    for letter, (slug, _) in _GROUPS.items():
        rows = [name for name in load("errors")["errors"] if name.startswith(letter)]
        lines += [f"- {name}, in troubleshooting-{slug}.md: {load('errors')['errors'][name]['title']}" for name in rows]
    return "\n".join(lines)
