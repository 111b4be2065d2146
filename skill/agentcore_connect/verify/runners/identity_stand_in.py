"""A stand-in for AgentCore Identity: its decorators pass given tokens and keys.

Imported by the runners beside it, by an interpreter that may not have agentcore_connect.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
from collections.abc import Callable


def put_in(token: str, key: str = "") -> None:
    """Replace the decorators of bedrock_agentcore.identity, if installed.

    In: the token to hand out, with {number} counting the calls, and the API key.
    """
    with contextlib.suppress(ModuleNotFoundError):
        from bedrock_agentcore import identity  # type: ignore[import-not-found,unused-ignore]

        identity.requires_access_token = _decorator(token, "access_token")
        identity.requires_api_key = _decorator(key, "api_key")


def come_in_with(token: str) -> None:
    """Set the request context to a caller with this token."""
    with contextlib.suppress(ImportError):
        from bedrock_agentcore.runtime import (  # type: ignore[import-not-found,unused-ignore]
            BedrockAgentCoreContext,
        )

        BedrockAgentCoreContext.set_request_headers({"Authorization": f"Bearer {token}"})


def _decorator(value: str, default: str) -> Callable[..., object]:
    numbers = itertools.count(1)

    def requires(*, into: str = default, **_: object) -> Callable[..., object]:
        def decorate(function: Callable[..., object]) -> Callable[..., object]:
            def given() -> dict[str, str]:
                return {into: value.replace("{number}", str(next(numbers)))}

            if inspect.iscoroutinefunction(function):

                @functools.wraps(function)
                async def waited(*args: object, **options: object) -> object:
                    return await function(*args, **{**options, **given()})

                return waited

            @functools.wraps(function)
            def called(*args: object, **options: object) -> object:
                return function(*args, **{**options, **given()})

            return called

        return decorate

    return requires
