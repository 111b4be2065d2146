"""Regular expressions of AWS's service models, which are written for Java."""

from __future__ import annotations

import re
import warnings
from functools import cache


@cache
def python_pattern(pattern: str) -> re.Pattern[str] | None:
    """Convert a Java pattern of the model to Python; None if Python cannot compile it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(pattern)
    except re.error:
        return None
