"""AWS keys of the stand-ins, and the real check of a SigV4 signature made with them (by botocore's own arithmetic)."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.sim.http import Request

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, "
    r"SignedHeaders=(?P<headers>[^,]+), Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Key:
    """A temporary access key, as a role has one."""

    access: str
    secret: str
    token: str

    def environment(self) -> dict[str, str]:
        """The variables that give this key to an AWS SDK."""
        return {
            "AWS_ACCESS_KEY_ID": self.access,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": self.token,
        }


def _key(number: int) -> Key:
    return Key(f"SIMKEY{number:04}", f"not-a-secret-{number:04}", f"session-{number:04}")


class Keys:
    """The key in force, and its successors. `uses`: rotate after so many good signatures (None: never by itself).

    `overlap`: the key before the one in force still signs well, as a role's does until its end.
    """

    def __init__(self, uses: int | None = None, *, overlap: bool = False) -> None:
        self.uses = uses
        self.overlap = overlap
        self._number = 1
        self._used = 0
        self._lock = threading.Lock()

    @property
    def current(self) -> Key:
        """The key that is handed out now."""
        return _key(self._number)

    def of(self, request: Request) -> Key:
        """The key that a request has to be signed with: the one in force, or with `overlap` the one before."""
        before = _key(self._number - 1)
        used = self.overlap and f"Credential={before.access}/" in request.headers.get("authorization", "")
        return before if used else self.current

    def rotate(self) -> None:
        """From now on the next key is in force, and the ones before are refused."""
        with self._lock:
            self._number += 1
            self._used = 0

    def used(self) -> None:
        """Count one good signature, and rotate where that is due."""
        with self._lock:
            self._used += 1
            due = self._used == self.uses
        if due:
            self.rotate()

    def document(self) -> dict[str, str]:
        """What a container's credentials endpoint says; the end is so near that an SDK asks again for each request."""
        key, ends = self.current, datetime.now(UTC) + timedelta(minutes=5)
        return {
            "AccessKeyId": key.access,
            "SecretAccessKey": key.secret,
            "Token": key.token,
            "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


def fault(request: Request, origin: str, key: Key, service: str, region: str) -> str | None:
    """What is wrong with the signature of a request; None when it is good."""
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        return "Missing Authentication Token"
    signed = found["headers"].split(";")
    wrong = (
        (found["key"] != key.access, "The security token included in the request is expired"),
        (
            request.headers.get("x-amz-security-token") != key.token,
            "The security token included in the request is invalid",
        ),
        (found["service"] != service, f"Credential should be scoped to correct service: '{service}'"),
        (found["region"] != region, f"Credential should be scoped to a valid region, not '{found['region']}'"),
        ("connection" in signed, "a header that proxies change is signed: connection"),
        (not {"host", "x-amz-date", "x-amz-security-token"} <= set(signed), "host, date and token have to be signed"),
        (not _fresh(request.headers), "Signature expired"),
        (not _body_matches(request), "The body does not match its hash"),
        (_signature(request, origin, key, found) != found["signature"], "The request signature does not match"),
    )
    return next((message for is_wrong, message in wrong if is_wrong), None)


def _fresh(headers: Mapping[str, str]) -> bool:
    try:
        at = datetime.strptime(headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(datetime.now(UTC) - at) < timedelta(minutes=5)


def _body_matches(request: Request) -> bool:
    said = request.headers.get("x-amz-content-sha256")
    return said is None or said == hashlib.sha256(request.body).hexdigest()


def _signature(request: Request, origin: str, key: Key, found: re.Match[str]) -> str:
    from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
    from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
    from botocore.credentials import Credentials  # type: ignore[import-untyped]

    # Names that signers leave out (user-agent and such) would be dropped here as well: then the signatures differ.
    headers = {name: request.headers.get(name, "") for name in found["headers"].split(";")}
    copy = AWSRequest(method=request.method, url=origin + request.path, headers=headers, data=request.body)
    copy.context["timestamp"] = request.headers.get("x-amz-date", "")
    signer = SigV4Auth(Credentials(key.access, key.secret, key.token), found["service"], found["region"])
    return str(signer.signature(signer.string_to_sign(copy, signer.canonical_request(copy)), copy))
