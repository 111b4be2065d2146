"""What the address of a service tells: who hosts it, in which Region, whose service it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from agentcore_connect.questions import questions
from agentcore_connect.resources import load

_LONGEST: Final = 4096


def hints_from_endpoint(url: str) -> dict[str, str]:
    """What can be read off a URL or ARN.

    Out: any of `host` (the answers' word), `region`, `vendor` (the id of a well-known service), `vendor_name`;
    empty for what is no address. A host of AWS wins over a well-known service.
    """
    if not url or len(url) > _LONGEST:
        return {}
    found: dict[str, str] = {}
    host = next((word for word, pattern in _hosts() if pattern.search(url)), None)
    if host:
        found["host"] = host
    region = _read("region", url)
    if region:
        found["region"] = region
    vendor = None if host else vendor_of(url)
    if vendor:
        found |= {"host": "external", "vendor": vendor["id"], "vendor_name": vendor["name"]}
    return found


def answers_from_endpoint(url: str) -> dict[str, Any]:
    """The answers that stand in a URL, so that they need not be given once more.

    Out: an API's id and its stage, the service and the Region that a signature is for; `sigv4.service` is nested.
    """
    found: dict[str, Any] = {}
    for key in _readings() if len(url) <= _LONGEST else ():
        value = _read(key, url) if key in questions() else None
        if value:
            outer, _, inner = key.rpartition(".")
            (found.setdefault(outer, {}) if outer else found)[inner] = value
    return found


def vendor_of(url: str) -> dict[str, Any] | None:
    """The well-known service that a URL belongs to, as `service-hints` describes it."""
    name = host_name(url)
    if name is None:
        return None
    for vendor in load("service-hints")["vendors"]:
        for pattern in vendor["hosts"]:
            wild = pattern.startswith("*.")
            if name.endswith(pattern[1:]) if wild else name == pattern:
                return dict(vendor)
    return None


def host_name(url: str) -> str | None:
    """The host of an http or https URL in lower case; None for anything else."""
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None


@cache
def _hosts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = load("limits")["patterns"]
    return tuple((one["host"], re.compile(patterns[one["pattern"]]["regex"])) for one in load("derivations")["hosts"])


def _read(key: str, url: str) -> str | None:
    """The first match of the patterns by which a key is read off a URL."""
    return next((match[1] for pattern in _readings().get(key, ()) if (match := pattern.search(url))), None)


@cache
def _readings() -> dict[str, tuple[re.Pattern[str], ...]]:
    """The patterns by key, in their order."""
    readings = [one for one in load("derivations")["readings"] if one["from"] == "endpoint"]
    keys = dict.fromkeys(one["key"] for one in readings)
    return {key: tuple(re.compile(one["pattern"]) for one in readings if one["key"] == key) for key in keys}
