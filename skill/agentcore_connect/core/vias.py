"""The values of `plan --via`: the tools that can carry a plan out."""

from __future__ import annotations

from typing import Final

#: The first is the default.
VIAS: Final = ("cli", "boto3", "cloudformation")
