"""Parses the `--help` text of one command: options, arguments, subcommands, choices, defaults."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Final

from agentcore_connect.core.record import dataclass
from agentcore_connect.core.values import Json

_USAGE: Final = re.compile(r"Usage: (?P<words>\S.*)")
_ENTRY: Final = re.compile(r"  (?P<term>\S(?:.*?\S)?)(?: {2,}(?P<text>\S.*))?")
_OPTION: Final = re.compile(
    r"(?:(?P<short>-[A-Za-z]), )?(?P<long>--[a-z0-9][a-z0-9-]*)"
    r"(?: (?:<(?P<value>[^>.]+)(?P<many>\.\.\.)?>|\[(?P<maybe>[^\].]+)(?:\.\.\.)?\]))?"
)
_ARGUMENT: Final = re.compile(r"(?P<open>[<\[])(?P<name>[^>\].]+)(?P<many>\.\.\.)?[>\]]")
_DEFAULT: Final = re.compile(r'\(default: (?P<json>"[^"]*"|[^)\s]+)(?: if omitted)?\)')
_NOT_LISTS: Final = ("Parameter details",)  # the same options again, with their types
_MODE: Final = "[non-interactive]"
_WORD: Final = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?"
_LIST: Final = re.compile(
    rf"(?:: |\(|^)(?P<list>{_WORD}(?: \([^()]*\))?(?:(?:, (?:or )?| or | \| |/){_WORD}(?: \([^()]*\))?)+)"
    r"(?P<after>[).]?(?=$| [(\[])|\)|$| [(\[])"
)
_NOTE: Final = re.compile(r" \([^()]*\)")
_SPLIT: Final = re.compile(r", or |, | or | \| |/")
_AUTH_ROW: Final = re.compile(r"    (?P<key>[a-z][a-z-]+) {2,}(?P<text>\S.*)")
_AUTH_HEAD: Final = re.compile(r"  \w+ \((?P<option>--[a-z-]+)\b.*valid types per target:")


@dataclass(frozen=True)
class Help:
    """One help page: the command's words and second name, its data for the contract, and its subcommands."""

    path: tuple[str, ...]
    alias: str | None
    command: dict[str, Json]
    subcommands: tuple[str, ...]


def parse(text: str) -> Help:
    """Read a help page as commander prints it at 80 columns.

    Out: the page as data; words of the page itself are not kept, only a fingerprint of each description (`says`), so
    that a changed sentence is noticed. Errors: ValueError when the text is no help page.
    """
    lines = text.splitlines()
    usage = next((found for line in lines[:3] if (found := _USAGE.match(line))), None)
    if usage is None:
        raise ValueError("no usage line")
    words = usage["words"].split()
    names = [word for word in words[1:] if word[0] not in "<["]
    alias = names[-1].partition("|")[2] if names else ""
    path = tuple(name.partition("|")[0] for name in names)

    subcommands: list[str] = []
    options: dict[str, dict[str, Json]] = {}
    described: dict[str, str] = {}
    for section, term, about in _entries(lines):
        if section == "Commands":
            name = term.split()[0].partition("|")[0]
            if name != "help" or "[command]" not in term:
                subcommands.append(name)
        elif section == "Arguments":
            described[term] = about
        elif (option := _OPTION.fullmatch(term)) and option["long"] != "--help":
            options[option["long"]] = _option(option, about)
    command: dict[str, Json] = {}
    arguments = _arguments(words, bool(subcommands), described)
    if arguments:
        command["arguments"] = arguments
    command["options"] = options
    claims = dict(_claims(lines))
    if claims:
        command["claims"] = claims
    return Help(path, alias or None, command, tuple(subcommands))


def choices(about: str) -> list[str]:
    """The values a description lists ("Mode: LOG_ONLY or ENFORCE", "Memory (none, shortTerm)"), or none."""
    plain = " ".join(_DEFAULT.sub("", about.replace(_MODE, "")).split())
    for found in _LIST.finditer(plain):
        values = _SPLIT.split(_NOTE.sub("", found["list"]))
        if len(values) == len(set(values)):
            return values
    return []


def _entries(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """Every two-column entry: its section's name, the term, and the description joined over its lines."""
    section, term, about = "", "", ""
    for line in [*lines, ""]:
        entry = _ENTRY.fullmatch(line)
        continued = term and line.startswith("     ") and not line.strip().startswith("--")
        if continued and about:
            about = f"{about} {line.strip()}"
            continue
        if term:
            if section not in _NOT_LISTS:
                yield section, term, about
            term, about = "", ""
        if entry and not line.startswith("   "):
            term, about = entry["term"], entry["text"] or ""
        elif line and not line.startswith(" "):
            section = line.partition(" [")[0].rstrip(":")


def _option(found: re.Match[str], about: str) -> dict[str, Json]:
    option: dict[str, Json] = {}
    if found["short"]:
        option["short"] = found["short"]
    if found["value"] or found["maybe"]:
        option["value"] = found["value"] or found["maybe"]
    if found["maybe"]:
        option["value_optional"] = True
    if found["many"]:
        option["variadic"] = True
    if "(required)" in about:
        option["required"] = True
    default = _DEFAULT.search(about)
    if default:
        option["default"] = _json(default["json"])
    if "repeatable" in about or option.get("default") == []:
        option["repeatable"] = True
    if "value" in option:
        if re.search("comma.separated", about, re.IGNORECASE):
            option["list"] = True
        listed = choices(about)
        if listed:
            option["choices"] = listed
    option["says"] = _fingerprint(about)
    return option


def _arguments(words: list[str], has_subcommands: bool, described: dict[str, str]) -> list[dict[str, Json]]:
    """The positional arguments of a usage line, without `[options]` and what stands for a subcommand."""
    found: list[dict[str, Json]] = []
    for match in _ARGUMENT.finditer(" ".join(words)):
        name = match["name"]
        if name == "options" or (has_subcommands and name in ("command", "subcommand")):
            continue
        argument: dict[str, Json] = {"name": name, "required": match["open"] == "<"}
        if match["many"]:
            argument["variadic"] = True
        if name in described:
            argument["says"] = _fingerprint(described[name])
        found.append(argument)
    return found


def _claims(lines: list[str]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """A table under the options that says which values of an option go with which kind."""
    for start, line in enumerate(lines):
        head = _AUTH_HEAD.match(line)
        if not head:
            continue
        table: dict[str, list[str]] = {}
        for row in lines[start + 1 :]:
            found = _AUTH_ROW.fullmatch(row)
            if not found:
                break
            table[found["key"]] = _SPLIT.split(re.sub(r" \(.*\)$", "", found["text"]))
        yield head["option"], table


def _json(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except ValueError:
        return text
    return value


def _fingerprint(about: str) -> str:
    return hashlib.sha256(about.encode()).hexdigest()[:8]
