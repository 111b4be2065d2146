"""The parts of Swagger 2.0 that have another form in OpenAPI 3.0: servers, security, values of parameters, arrays."""

from __future__ import annotations

import re
from typing import Final

from agentcore_connect.core.places import Place
from agentcore_connect.core.values import Json, JsonObject
from agentcore_connect.specs.openapi_model import as_list, as_map
from agentcore_connect.specs.swagger2_log import Log

JSON: Final = "application/json"
URLENCODED: Final = "application/x-www-form-urlencoded"
FORM: Final = (URLENCODED, "multipart/form-data")
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")

_KEYWORDS: Final = (
    "type",
    "format",
    "items",
    "default",
    "enum",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
)
#: How OpenAPI 3 writes a collectionFormat, in a query and in forms; a path and a header know only values with commas.
_STYLES: Final[dict[str, JsonObject]] = {
    "csv": {"style": "form", "explode": False},
    "multi": {"style": "form", "explode": True},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
}

_HOST: Final = re.compile(r"[^{}/ :\\@?#]+(:\d{1,5})?\Z")
_FLOWS: Final = {
    "implicit": ("implicit", ("authorizationUrl",)),
    "password": ("password", ("tokenUrl",)),
    "application": ("clientCredentials", ("tokenUrl",)),
    "accessCode": ("authorizationCode", ("authorizationUrl", "tokenUrl")),
}


def value_schema(value: JsonObject) -> dict[str, Json]:
    """The schema of a parameter, a header or the items of one. In: the Swagger 2.0 form, whose own keys hold it."""
    made: dict[str, Json] = {key: value[key] for key in _KEYWORDS if key in value}
    items = made.get("items")
    if isinstance(items, dict):
        made["items"] = value_schema(items)
    if made.get("type") == "array":
        made.setdefault("items", {})
    if made.get("type") == "file":
        made |= {"type": "string", "format": "binary"}
    if value.get("x-nullable") is True:
        made["nullable"] = True
    return made


def array_style(collection: str, where: str) -> tuple[JsonObject, str]:
    """Return `style` and `explode` of an array parameter, and a note on what OpenAPI 3 cannot express.

    In: the collectionFormat, and where the parameter is (`query`, `formData`, `path`, `header`).
    """
    plain = where in ("path", "header")
    usual: JsonObject = {"style": "simple"} if plain else _STYLES["csv"]
    if plain and collection == "csv":
        return usual, ""
    if plain or collection not in _STYLES:
        return usual, f"collectionFormat {collection[:20]} of a {where} cannot be said in OpenAPI 3, so csv is written"
    return _STYLES[collection], ""


def servers(root: JsonObject, log: Log, schemes: object, at: Place, *, say: bool = False) -> list[dict[str, str]]:
    """The servers that host, basePath and schemes make: https where it is offered. Errors: NotConvertibleError."""
    host, base = root.get("host"), root.get("basePath") or ""
    if host is not None and not (isinstance(host, str) and _HOST.match(host)):
        log.refuse(("host",), f"has the host {str(host)[:60]!r}", "write host as NAME or NAME:PORT, no https://")
    if not isinstance(base, str) or (base and not base.startswith("/")):
        log.refuse(("basePath",), f"has the basePath {str(base)[:60]!r}", "begin basePath with a slash")
    offered = [one for one in as_list(schemes) if isinstance(one, str)]
    if offered and not {"http", "https"} & set(offered):
        said = ", ".join(offered)[:60]
        log.refuse(at, f"offers only {said}, and a gateway calls over HTTPS", "add https to schemes")
    scheme = "http" if "http" in offered and "https" not in offered else "https"
    url = f"{scheme}://{host}{base.rstrip('/')}" if host else base.rstrip("/")
    if say and host:
        without = "" if offered else ", https assumed for want of schemes"
        other = ", http left out" if scheme == "https" and "http" in offered else ""
        log.note(("host",), f"server {url} from host, basePath and schemes{without}{other}")
    return [{"url": url}] if url else []


def security_scheme(scheme: JsonObject, at: Place, log: Log) -> JsonObject:
    """A security definition in its new form. In: the definition, its place. Errors: NotConvertibleError."""
    kind = scheme.get("type")
    rest = {key: value for key, value in scheme.items() if key == "description" or str(key).startswith("x-")}
    if kind == "basic":
        return {"type": "http", "scheme": "basic", **rest}
    if kind == "apiKey":
        return scheme
    if kind != "oauth2" or str(scheme.get("flow")) not in _FLOWS:
        what = f"has a security definition of type {str(kind)[:20]}"
        what += f" and flow {str(scheme.get('flow'))[:20]}" if kind == "oauth2" else ""
        log.refuse(at, what, f"use basic, apiKey, or oauth2 with one of the flows {', '.join(_FLOWS)}")
    flow, urls = _FLOWS[str(scheme["flow"])]
    made: dict[str, Json] = {key: scheme[key] for key in urls if key in scheme}
    made["scopes"] = {key: str(value) for key, value in as_map(scheme.get("scopes")).items()}
    return {"type": "oauth2", **rest, "flows": {flow: made}}
