"""How much of what `inspect` knows it finds however it is written: every mistake in every way that is made of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from agentcore_connect.findings import inspect_project
from agentcore_connect.project.reader import read_project
from tests.findings.planted import clean
from tests.findings.variants import MISTAKES, SEED, Variant, variants

#: What is not found, with the reason; a way that is found again must leave this list.
MISSED: dict[tuple[str, str], str] = {}
#: Kinds that other kinds' code gives as well, and rightly: the client is made when the file is imported.
ALSO = {"gateway-client-at-import"}


def found(variant: Variant, root: Path) -> set[str]:
    files = clean()
    files.others |= {f"app/Travel/{name}": text for name, text in variant.files.items()}
    files.others["app/Travel/pyproject.toml"] = variant.mistake.requires
    project = read_project(files.write(root))
    assert project is not None
    names = tuple(variant.files)
    return {one.id for one in inspect_project(project) if Path(one.where.partition(":")[0]).name in names}


def test_each_mistake_is_found_in_each_way_and_its_twin_in_none(tmp_path: Path) -> None:
    seen: Counter[bool] = Counter()
    missed, false, other = [], [], []
    for number, variant in enumerate(variants()):
        kinds = found(variant, tmp_path / str(number))
        seen[variant.wrong] += 1
        name = variant.mistake.finding
        if variant.wrong and name not in kinds:
            missed.append((variant.mistake.label or name, variant.ways))
        if not variant.wrong and name in kinds:
            false.append((variant.mistake.label or name, variant.ways))
        if kinds - {name} - ALSO:
            other.append((variant.mistake.label or name, variant.ways, sorted(kinds - {name})))
    print(f"{seen[True]} with the mistake, {len(missed)} missed; {seen[False]} without, {len(false)} found there")
    assert missed == list(MISSED)
    assert false == []
    assert other == []
    assert seen[True] >= 218
    assert seen[False] >= 174


def test_the_same_variants_are_made_each_time() -> None:
    first, second = ([(one.ways, one.files) for one in variants()] for _ in range(2))
    assert first == second
    assert SEED == 20261128


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.finding}-{one.label}")
def test_a_mistake_and_its_twin_differ(mistake: object) -> None:
    assert mistake.body != mistake.twin  # type: ignore[attr-defined]


TEXTS = {
    "an attribute that a method sets as well": (
        'class Names:\n    text = "AGENTCORE_GATEWAY_TOOLS_URL"\n\n    def f(self):\n        self.text = "OTHER"\n\n\n'
        "import os\nprint(os.environ[Names.text])\n"
    ),
    "a function that decides": (
        "import os, sys\n\n\ndef name():\n    if sys.argv:\n        return 'OTHER'\n    return 'AGENTCORE_GATEWAY_TOOLS_URL'\n\n\n"
        "print(os.environ[name()])\n"
    ),
    "a name with two values": (
        "import os, sys\nNAME = 'OTHER'\n\n\ndef f():\n    global NAME\n    NAME = sys.argv[0]\n\n\nprint(os.environ[NAME])\n"
    ),
    "a module outside the project": "import os\nfrom os.path import NAME\nprint(os.environ[NAME])\n",
    "a function of that name that is a local variable": (
        "import os\n\n\ndef name():\n    return 'AGENTCORE_GATEWAY_TOOLS_URL'\n\n\ndef g(name):\n    return os.environ[name()]\n"
    ),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_what_is_not_one_text_is_no_text(text: str, tmp_path: Path) -> None:
    variant = Variant(MISTAKES[0], "by hand", {"agent_code.py": text}, wrong=False)
    assert found(variant, tmp_path) == set()
