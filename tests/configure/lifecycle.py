"""The program of a plan run against the stand-in in this process, as often and as badly interrupted as a test wants.

Its boto3 is one whose clients call the stand-in directly: no network, no waiting, each request checked by botocore's
model.
"""

from __future__ import annotations

import copy
import io
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from agentcore_connect.knowledge.resources import static_text
from tests.configure.cases import STATIC
from tests.configure.conftest import MODULES
from tests.configure.control_plane import ControlPlane, ServiceError, operations

#: Where an interrupt comes: before the stand-in hears of a request, or after it has done it.
WHEN = ("before", "after")


class Interrupts:
    """Counts requests, and interrupts at one of them."""

    def __init__(
        self, at: int = 0, when: str = "after", error: Callable[[], BaseException] = KeyboardInterrupt
    ) -> None:
        """Interrupt at the request of this number; 0 for never."""
        self.at, self.when, self.error, self.count = at, when, error, 0

    def call(self, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Make a call, or what is left of it."""
        self.count += 1
        if self.count == self.at and self.when == "before":
            raise self.error()
        try:
            return act()
        finally:
            if self.count == self.at:
                raise self.error()


class Sky:
    """An AWS with the program of a plan beside it."""

    def __init__(self, folder: Path, files: Mapping[str, str], env: Mapping[str, str]) -> None:
        """Write the files; the stand-in is empty."""
        self.plane, self.folder, self.env = ControlPlane(), folder, env
        self.plane._server.server_close()  # it is called directly
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        self.said = ""

    def run(self, *argv: str, interrupts: Interrupts | None = None) -> int:
        """Run the program; its exit status."""
        out, err = io.StringIO(), io.StringIO()
        _CURRENT.update(plane=self.plane, interrupts=interrupts or Interrupts())
        with loaded() as modules, redirect_stdout(out), redirect_stderr(err):
            modules["configure_values"].FOLDER = self.folder  # type: ignore[attr-defined]
            modules["configure_values"].SECRETS.clear()  # type: ignore[attr-defined]
            modules["configure_values"].os.environ.update(self.env)  # type: ignore[attr-defined]
            try:
                status = modules["configure"].main([*argv, "--every", "0"])  # type: ignore[attr-defined]
            except SystemExit as end:
                status = int(end.code or 0)
            except KeyboardInterrupt:
                status = 130
            finally:
                for name in self.env:
                    modules["configure_values"].os.environ.pop(name, None)  # type: ignore[attr-defined]
        self.said = out.getvalue() + err.getvalue()
        return int(status)

    def state(self) -> Any:
        """What there is at AWS, without what is another each time: ids, and the states on the way to the last."""
        plane = self.plane
        targets = (
            sorted(
                (
                    {key: value for key, value in one.items() if key not in ("targetId", "gatewayArn", "states")},
                    one["states"][-1],
                )
                for one in plane.targets.values()
            )
            if len(plane.targets) < 2
            else sorted(one["name"] for one in plane.targets.values())
        )
        return copy.deepcopy(
            {
                "gateways": plane.gateways,
                "targets": targets,
                "providers": plane.providers,
                "identities": plane.identities,
                "callers": plane.resource_policies,
                "roles": plane.roles,
                "rights": plane.policies_of_roles,
                "engines": sorted(one["name"] for one in plane.engines.values()),
                "policies": sorted(one["name"] for one in plane.policies.values()),
            }
        )


_CURRENT: dict[str, Any] = {}
_LOADED: dict[str, types.ModuleType] = {}


class _Client:
    """A client of boto3 for the stand-in."""

    def __init__(self, service: str) -> None:
        self.meta = types.SimpleNamespace(region_name="us-east-1", service=service)

    def get_paginator(self, operation: str) -> Any:
        def pages(**arguments: Any) -> Iterator[dict[str, Any]]:
            more: dict[str, str] = {}
            while True:
                page = getattr(self, operation)(**arguments, **more)
                yield page
                if "nextToken" not in page:
                    return
                more = {"nextToken": page["nextToken"]}

        return types.SimpleNamespace(paginate=pages)

    def __getattr__(self, operation: str) -> Any:
        plane: ControlPlane = _CURRENT["plane"]
        name = _names().get(operation)
        if name is None:
            raise AttributeError(operation)

        def call(**arguments: Any) -> dict[str, Any]:
            try:
                answer: dict[str, Any] = _CURRENT["interrupts"].call(
                    lambda: copy.deepcopy(plane.perform(name, copy.deepcopy(arguments)))
                )
            except ServiceError as fault:
                error = {"Code": fault.code, "Message": fault.message}
                raise ClientError(
                    {"Error": error, "ResponseMetadata": {"HTTPStatusCode": fault.status}}, name
                ) from None
            return answer

        return call


@cache
def _names() -> dict[str, str]:
    """The operations of the services, as boto3 spells them."""
    return {xform_name(name): name for name in operations()}


@contextmanager
def loaded() -> Iterator[dict[str, types.ModuleType]]:
    """The modules of the program, with the stand-in's boto3, loaded once."""
    if not _LOADED:
        import tempfile

        place = Path(tempfile.mkdtemp(prefix="program-"))
        for kind in STATIC:
            name = f"{kind.replace('-', '_')}.py"
            (place / name).write_text(static_text(kind, name), encoding="utf-8")
        session, boto3 = types.ModuleType("boto3.session"), types.ModuleType("boto3")
        made = types.SimpleNamespace(region_name="us-east-1", client=_Client)
        vars(session).update(Session=lambda **_: made)
        vars(boto3).update(session=session, __version__="0 (stand-in)")
        before = {name: sys.modules.pop(name, None) for name in ("boto3", "boto3.session", "configure", *MODULES)}
        sys.modules |= {"boto3": boto3, "boto3.session": session}
        sys.path.insert(0, str(place))
        try:
            _LOADED.update({name: import_module(name) for name in ("configure", *MODULES)})
        finally:
            sys.path.remove(str(place))
            for name, module in before.items():
                sys.modules.pop(name, None)
                if module is not None:
                    sys.modules[name] = module
    yield _LOADED
