"""The tool that a stand-in for a model asks for: a part of its name, and the arguments; the gateway's first by default."""

from __future__ import annotations

import json
import os
from typing import Any

TOOL = os.environ.get("STAND_IN_TOOL", "___")
ARGUMENTS: dict[str, Any] = json.loads(os.environ.get("STAND_IN_ARGUMENTS", '{"text": "hello"}'))
