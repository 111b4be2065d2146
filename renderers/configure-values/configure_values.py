"""Values of configure.py: its files, the run-time values of requests, and how what exists compares with the plan.

The same file for every plan.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

Body = dict[str, Any]
FOLDER = Path(__file__).resolve().parent
SECRETS: set[str] = set()


def say(text: str) -> None:
    """Tell what is going on: never a secret, and apart from the result on standard output."""
    for secret in SECRETS:
        text = text.replace(secret, "***")
    print(text, file=sys.stderr)


def stop(text: str, status: int = 1) -> NoReturn:
    """End the program with a message."""
    say(text)
    raise SystemExit(status)


def data_of(name: str) -> Body:
    """The JSON of a file beside this program."""
    try:
        data: Body = json.loads(text_of(name))
    except ValueError as error:
        stop(f"Cannot read {name}: {error}. Write the plan again.")
    return data


def text_of(name: str) -> str:
    """The text of a file beside this program."""
    path = FOLDER / Path(name).name
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        stop(f"Cannot read {path}: {error}. Restore the file, or write the plan again.")


def settled(value: Any, known: Callable[[str], Any]) -> Any:
    """A body with its run-time values put in: {"$runtime": name}. What is None takes its member with it."""
    if isinstance(value, dict):
        if isinstance(value.get("$runtime"), str) and value.keys() <= {"$runtime", "$splice"}:
            return known(value["$runtime"])
        parts = {name: settled(part, known) for name, part in value.items()}
        return {name: part for name, part in parts.items() if part is not None}
    if not isinstance(value, list):
        return value
    items: list[Any] = []
    for part in value:
        one = settled(part, known)
        if isinstance(part, dict) and part.get("$splice") is True:
            items.extend(one or [])
        elif one is not None:
            items.append(one)
    return items


def planned(data: Body) -> list[Body]:
    """The requests as they would be sent, with {"$runtime": name} for what is known only then."""

    def request(step: Body) -> Body:
        def known(name: str) -> Any:
            return text_of(step["file"]).strip() if name == "policy_statement" else None

        body = step["body"]
        if "file" in step:
            body = {**body, "definition": settled(body["definition"], known)}
        return {"operation": step["operation"], "service": step["service"], "body": body}

    return [request(step) for step in data["steps"] if step["body"]]


def given(entry: Body) -> Any:
    """A value from the environment, or else from whoever runs this."""
    question, variable = entry["ask"], entry["env"]
    text = os.environ.get(variable, "").strip()
    if not text and not entry["optional"]:
        if not sys.stdin.isatty():
            stop(f"{question}: set {variable}, or run this in a terminal to be asked.", 2)
        if entry["secret"]:
            text = getpass.getpass(f"{question}: ").strip()
        else:
            print(f"{question}: ", end="", file=sys.stderr, flush=True)
            text = sys.stdin.readline().strip()
        if not text:
            stop(f"{question}: nothing was given.", 2)
        os.environ[variable] = text  # another step may need it as well
    if entry["secret"] and text:
        SECRETS.add(text)
    if entry["many"]:
        return [part.strip() for part in text.split(",") if part.strip()] or None
    return text or None


def at(body: Any, path: tuple[str, ...]) -> Any:
    """What stands at a place of a request or an answer."""
    for name in path:
        body = (body or {}).get(name) or {}
    return body or None


def covers(actual: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; what is there besides does not matter, nor what is wanted as None."""
    if wanted is None:
        return True
    if isinstance(wanted, dict):
        return isinstance(actual, dict) and all(covers(actual.get(name), part) for name, part in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(actual, list) or len(actual) != len(wanted):
            return False
        if all(isinstance(part, str) for part in wanted):
            return sorted(map(str, actual)) == sorted(wanted)
        return all(covers(one, other) for one, other in zip(actual, wanted))
    if isinstance(wanted, str) and isinstance(actual, str) and actual != wanted:
        try:  # a document may come back laid out in another way
            return bool(json.loads(actual) == json.loads(wanted))
        except ValueError:
            return False
    return bool(actual == wanted)


def merged(actual: Any, wanted: Any, *, alternatives: bool = True) -> Any:
    """What is wanted, and what is there besides. Of `alternatives`, mappings that share no member, only one stays."""
    if isinstance(actual, dict) and isinstance(wanted, dict) and (not alternatives or actual.keys() & wanted.keys()):
        both = {name: merged(actual.get(name), part, alternatives=alternatives) for name, part in wanted.items()}
        return {**actual, **both}
    return wanted
