"""The engine thinks and knows nothing: no word of the domain stands in it. The words come from the knowledge."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import agentcore_connect
from agentcore_connect.knowledge import resources

ENGINE = Path(agentcore_connect.__file__).parent / "engine"
PACKAGE = "agentcore_connect"

# Words of the domain that are words of any program, too.
ORDINARY = set(
    re.findall(
        r"\w+",
        """agent agents app authorization base calls client code custom desktop development direct enforce exchange
        existing external function functions header http key knowledge log model new none only open other passthrough production
        public python query runtime schema search server service short step token url web""",
    )
)


def domain_words() -> set[str]:
    """The words of what can be chosen, of the matrix, the vendors, the Regions and the services to sign for."""
    matrix = resources.load("auth-matrix")
    names: set[str] = {
        str(choice["value"]) for q in resources.load("questions")["questions"] for choice in q.get("choices", ())
    }
    names |= set(matrix["targets"]) | {column for row in matrix["targets"].values() for column in row}
    names |= {str(row["service"]) for row in matrix["verifiers"] if row["service"]}
    names |= {vendor["id"].removesuffix("Oauth2") for vendor in resources.load("oauth-vendors")["vendors"]}
    names |= {kind["api"] for kind in resources.load("inbound-auth")["types"].values()}
    words = {word.lower() for name in names for word in re.split(r"[^A-Za-z0-9]+", name)} | {n.lower() for n in names}
    words = {word for word in words if len(word) > 1 and not word.isdigit()} - ORDINARY
    return words | set(resources.load("regions")["regions"])


def words_of(source: str) -> Iterator[tuple[int, str]]:
    """The words of a program and its comments, with their lines; not the language's own, nor the package's name."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        said = token.type in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", -1))
        if said and not keyword.iskeyword(token.string) and token.string != PACKAGE:
            for word in re.findall(r"[A-Za-z][A-Za-z0-9-]*", token.string.replace(PACKAGE, "")):
                yield from ((token.start[0], part.lower()) for part in {word, *word.split("-")})


def foreign(source: str) -> list[tuple[int, str]]:
    words = domain_words()
    return [(line, word) for line, word in words_of(source) if word in words]


@pytest.mark.parametrize("path", sorted(ENGINE.glob("*.py")), ids=lambda path: path.name)
def test_no_word_of_the_domain_stands_in_the_engine(path: Path) -> None:
    assert foreign(path.read_text("utf-8")) == []


def test_the_words_are_the_domains() -> None:
    assert {
        "lambda",
        "openapi",
        "smithy",
        "mcp-server",
        "iam",
        "bedrock",
        "agentcore",
        "gateway",
        "oauth",
        "strands",
        "github",
    } <= domain_words()


@pytest.mark.parametrize(
    "source",
    [
        'if service == "lambda":\n    pass\n',
        "# a gateway is asked first\n",
        "def pick(mcp): ...\n",
        'x = f"{y} on bedrock"\n',
    ],
)
def test_a_word_of_the_domain_is_found(source: str) -> None:
    assert len(foreign(source)) >= 1


def test_the_language_and_the_packages_name_are_no_words_of_the_domain() -> None:
    assert foreign("from agentcore_connect.core.errors import ConnectError\nsort = lambda value: value\n") == []
