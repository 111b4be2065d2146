"""Finds faults in the servers that an OpenAPI document names."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from agentcore_connect.core.places import Place
from agentcore_connect.specs.openapi_model import FaultList, as_list, as_map

_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


def check_servers(servers: object, at: Place, faults: FaultList, *, required: bool = True) -> None:
    """The faults of a list of servers: the document's own, or that of a path or an operation."""
    urls = [(index, as_map(one).get("url")) for index, one in enumerate(as_list(servers))]
    if not urls:
        if required:
            faults.add("openapi-servers-missing", at if servers is not None else ())
        return
    hosts = set()
    for index, url in urls:
        where = (*at, index, "url")
        text = url if isinstance(url, str) else ""
        parts = _split(text)
        if parts is None or not parts.scheme or not parts.netloc:
            faults.add("openapi-servers-relative", where, text[:80] or "no url")
            continue
        hosts.add(parts.netloc)
        if _PLACEHOLDER.search(text):
            faults.add("openapi-servers-template", where, text[:80])
        if parts.scheme != "https":
            faults.add("openapi-servers-http", where, text[:80])
        if _is_private(parts.netloc):
            faults.add("openapi-servers-private", where, text[:80])
    if len(hosts) > 1:
        faults.add("openapi-servers-several", at, ", ".join(sorted(hosts))[:120])


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _is_private(netloc: str) -> bool:
    host = netloc.rpartition("@")[2]
    host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if host.lower() == "localhost" or host.lower().endswith((".localhost", ".internal", ".local")):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local
