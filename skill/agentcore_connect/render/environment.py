"""The Jinja environment: strict names, a sandbox, and one quoting filter for each language that is written."""

from __future__ import annotations

import json
import shlex
from functools import cache

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from agentcore_connect.agent_code.diff import created
from agentcore_connect.core.variables import variable_name
from agentcore_connect.knowledge.resources import renderers_dir
from agentcore_connect.plan.agent_edit import packages
from agentcore_connect.plan.direct import direct_call


def python_literal(value: object) -> str:
    """A value as Python source, with double quotes as the formatters write them."""
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return text if text.isprintable() else ascii(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{python_literal(k)}: {python_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(python_literal, value)) + "]"
    return repr(value)


def markdown_text(value: object) -> str:
    """Text that Markdown shows as it stands."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in str(value))


def markdown_prose(value: object) -> str:
    """A sentence of our own as Markdown: as ``markdown_text``, but what stands in a pair of backticks is code."""
    parts = str(value).split("`")
    if len(parts) % 2 == 0:  # a backtick without its pair is no code
        return markdown_text(value)
    return "".join(f"`{part}`" if number % 2 else markdown_text(part) for number, part in enumerate(parts))


def json_text(value: object, indent: int | None = None) -> str:
    """A value as JSON, characters as they are."""
    return json.dumps(value, indent=indent, ensure_ascii=False)


def shell_word(value: object) -> str:
    """Text as one word of POSIX shell."""
    return shlex.quote(str(value))


def cfn_yaml(value: object, indent: int | None = None) -> str:
    """CloudFormation data as YAML, see `render.cfn_yaml`, which is loaded for the plans that have a template."""
    from agentcore_connect.render import cfn_yaml as forms

    return forms.cfn_yaml(value, indent)


@cache
def environment() -> SandboxedEnvironment:
    """The environment over ``renderers/``; built once."""
    made = SandboxedEnvironment(
        loader=FileSystemLoader(renderers_dir()),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        py=python_literal,
        md=markdown_text,
        prose=markdown_prose,
        json=json_text,
        sh=shell_word,
        env=variable_name,
        cfn=cfn_yaml,
        packages=packages,
        direct_call=direct_call,
        created=lambda text, name: created(name, text),
    )
    return made
