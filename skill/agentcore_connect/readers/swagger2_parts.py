"""The parts of Swagger 2.0 that have another form in OpenAPI 3.0: values of parameters, and how arrays are sent."""

from __future__ import annotations

from typing import Any, Final

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
_STYLES: Final[dict[str, dict[str, Any]]] = {
    "csv": {"style": "form", "explode": False},
    "multi": {"style": "form", "explode": True},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
}


def value_schema(value: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter, a header or the items of one. In: the Swagger 2.0 form, whose own keys hold it."""
    made: dict[str, Any] = {key: value[key] for key in _KEYWORDS if key in value}
    if isinstance(made.get("items"), dict):
        made["items"] = value_schema(made["items"])
    if made.get("type") == "array":
        made.setdefault("items", {})
    if made.get("type") == "file":
        made |= {"type": "string", "format": "binary"}
    if value.get("x-nullable") is True:
        made["nullable"] = True
    return made


def array_style(collection: str, where: str) -> tuple[dict[str, Any], str]:
    """How an array is sent: `style` and `explode`, and in words what OpenAPI 3 cannot say.

    In: the collectionFormat, and where the parameter is (`query`, `formData`, `path`, `header`).
    """
    plain = where in ("path", "header")
    usual = {"style": "simple"} if plain else _STYLES["csv"]
    if plain and collection == "csv":
        return usual, ""
    if plain or collection not in _STYLES:
        return usual, f"collectionFormat {collection[:20]} of a {where} cannot be said in OpenAPI 3, so csv is written"
    return _STYLES[collection], ""
