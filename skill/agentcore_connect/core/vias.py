"""By what a plan is carried out, as `plan --via` names it."""

from __future__ import annotations

from typing import Final

#: The first is the default.
VIAS: Final = ("cli", "boto3", "cloudformation")
