"""Bearer tokens of the stand-ins: JWT-shaped, with an end, and with a number of requests after which they are refused.

Ending by number of requests lets a test see a token run out inside an open connection without waiting for a clock.
"""

from __future__ import annotations

import base64
import json
import threading
import time


class Tokens:
    """Issues tokens and says whether one is still good.

    `lifetime` is the number of seconds that a token says it lasts; `uses` how many requests it is good for (None: any).
    """

    def __init__(self, lifetime: int = 3600, uses: int | None = None) -> None:
        self.lifetime = lifetime
        self.uses = uses
        self._left: dict[str, int | None] = {}
        self._lock = threading.Lock()

    @property
    def issued(self) -> int:
        """How many tokens were issued."""
        return len(self._left)

    @property
    def every(self) -> list[str]:
        """All tokens issued, good or not, so that a text can be searched for them."""
        return list(self._left)

    def issue(self) -> str:
        """A new token."""
        with self._lock:
            number = len(self._left) + 1
            claims = {"sub": "sim", "jti": f"{number:04}", "exp": int(time.time()) + self.lifetime}
            token = ".".join((_part({"alg": "none", "typ": "JWT"}), _part(claims), _part({"sim": number})))
            self._left[token] = self.uses
        return token

    def accept(self, token: str) -> bool:
        """True when the token is good; counts one use."""
        with self._lock:
            if token not in self._left:
                return False
            left = self._left[token]
            if left is not None:
                self._left[token] = max(left - 1, 0)
            return left is None or left > 0

    def expire_all(self) -> None:
        """No token issued so far is good any more."""
        with self._lock:
            self._left = dict.fromkeys(self._left, 0)


def _part(claims: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
