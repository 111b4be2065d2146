"""Names of environment variables."""

from __future__ import annotations

import re


def variable_name(name: str) -> str:
    """Convert a name for use in an environment variable: upper case, with underscores for other characters.

    Source: the CLI's own form for credentials and gateways (CLI 0.30.0, run).
    """
    return re.sub(r"[^A-Z0-9]", "_", name.upper())
