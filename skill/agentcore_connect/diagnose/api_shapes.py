"""The shapes of the two services' requests: out of the installed botocore's model, or as the knowledge holds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from agentcore_connect.clispec import api_model
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.core.record import NamedTuple
from agentcore_connect.knowledge import resources
from agentcore_connect.knowledge.resources import Entry

_STEP = re.compile(r"[\w-]+")
_MAP_KEY = re.compile(r" \(key: [^)]*\)$")


class Place(NamedTuple):
    """A member that a path leads to: its path in the model's spelling, its shape's name, and the service's shapes."""

    path: str
    shape: str
    shapes: Mapping[str, Entry]

    @property
    def about(self) -> Entry:
        """The shape: its type, limits and members."""
        return self.shapes[self.shape]


class Api(NamedTuple):
    """The requests of both services, and where they were read: the version of botocore, and whether it is installed."""

    roots: Mapping[str, Place]
    version: str
    installed: bool

    def operation(self, name: str) -> str | None:
        """An operation in the model's spelling, from any spelling: boto3's, the CLI's, CloudFormation's."""
        wanted = _bare(name)
        return next((one for one in self.roots if _bare(one) == wanted), None)


@cache
def api() -> Api:
    """The requests, from the installed botocore if it knows both services, else from `knowledge/api-contract.yaml`."""
    contract = resources.load("api-contract")
    here = api_model.here()
    if here is not None:
        try:
            models = [api_model.read(here, service) for service in contract["services"]]
        except ConnectError:
            pass
        else:
            described = [api_model.describe(model, model["operations"]) for model in models]
            return Api(_roots(described), api_model.version_of(here) or "", installed=True)
    return written()


def written() -> Api:
    """The requests that `knowledge/api-contract.yaml` holds."""
    contract = resources.load("api-contract")
    return Api(_roots(contract["services"].values()), contract["botocore"], installed=False)


def _roots(services: Iterable[Entry]) -> dict[str, Place]:
    return {
        name: Place("", sides["input"], one["shapes"])
        for one in services
        for name, sides in one["operations"].items()
        if "input" in sides
    }


def follow(root: Place, path: str) -> Place | None:
    """Resolve a path in any notation: `a.1.member.b`, `a[0].b`, `/a/0/b`, `A/0/B`. None for no member."""
    of_key = _MAP_KEY.search(path)
    steps = _STEP.findall(path[: of_key.start()] if of_key else path)
    place = root
    while steps:
        found = _step(place, steps)
        if found is None:
            return None
        place = found
    if not of_key:
        return place
    return place._replace(shape=place.about["keys"]) if "keys" in place.about else None


def _step(place: Place, steps: list[str]) -> Place | None:
    """The place one step further; takes what it uses from the steps."""
    about, step = place.about, steps.pop(0)
    if "of" in about:
        if step.isdigit() and steps[:1] == ["member"]:
            steps.pop(0)
        return Place(f"{place.path}[]", about["of"], place.shapes) if step.isdigit() or step == "member" else None
    if "keys" in about:
        return Place(f"{place.path}.*", about["keys" if step == "key" else "values"], place.shapes)
    members: Mapping[str, str] = about.get("members", {})
    name = step if step in members else next((one for one in members if one.lower() == step.lower()), None)
    return None if name is None else Place(f"{place.path}.{name}".lstrip("."), members[name], place.shapes)


def inside(root: Place) -> Iterator[Place]:
    """Every place in a request, from the outside in; what holds itself is entered once."""
    waiting: list[tuple[Place, tuple[str, ...]]] = [(root, ())]
    while waiting:
        place, around = waiting.pop(0)
        yield place
        if place.shape in around:
            continue
        about = place.about
        below = [
            Place(f"{place.path}.{name}".lstrip("."), shape, place.shapes)
            for name, shape in about.get("members", {}).items()
        ]
        below += [Place(f"{place.path}[]", about["of"], place.shapes)] if "of" in about else []
        below += [Place(f"{place.path}.*", about["values"], place.shapes)] if "values" in about else []
        waiting += [(one, (*around, place.shape)) for one in below]


def _bare(name: str) -> str:
    return re.sub(r"[_-]", "", name).lower()
