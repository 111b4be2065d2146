"""Finds faults and risks in a project: small checks, one finding kind and place each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agentcore_connect.core.problem import SEVERITIES
from agentcore_connect.findings import (
    client_code,
    credentials,
    direct_calls,
    gateways,
    handlers,
    identity,
    paging,
    policies,
    secrets,
    startup,
    target_auth,
    toolkit_calls,
    tools,
    version2,
)
from agentcore_connect.findings.model import Finding, Scan
from agentcore_connect.project.model import Project

__all__ = ["CHECKS", "Finding", "Scan", "inspect_project"]

Check = Callable[[Scan], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    gateways.notices,
    version2.refused,
    gateways.inbound,
    gateways.own_runtime,
    gateways.endpoints,
    gateways.names,
    gateways.outbound,
    gateways.engines,
    target_auth.missing,
    target_auth.unassigned,
    target_auth.key_for_oauth,
    credentials.references,
    credentials.unused,
    tools.files,
    tools.documents,
    tools.tool_names,
    tools.many_tools,
    policies.actions,
    secrets.in_config,
    secrets.in_env,
    secrets.in_code,
    client_code.unguarded_urls,
    client_code.gone_imports,
    client_code.gone_fields,
    client_code.raw_strands_tools,
    identity.decorators,
    toolkit_calls.gone,
    paging.one_page,
    startup.clients,
    startup.tokens,
    handlers.name_from_event,
    handlers.prefix_kept,
    direct_calls.direct_calls,
)


def inspect_project(project: Project, scan: Scan | None = None) -> list[Finding]:
    """Return every finding in a project, the most severe first, without executing anything.

    In: the project, and what was read of it so far.
    """
    scan = scan or Scan(project)
    found = dict.fromkeys(one for check in CHECKS for one in check(scan))
    return sorted(found, key=lambda one: SEVERITIES.index(one.severity))
