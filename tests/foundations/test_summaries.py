"""The counts at the end of a run: what is told, and that nothing else a test records can end it."""

from __future__ import annotations

from types import SimpleNamespace

from tests.summaries import sections


def report(*properties: tuple[str, object], when: str = "teardown") -> SimpleNamespace:
    return SimpleNamespace(when=when, user_properties=list(properties))


def test_counts_are_summed_over_tests_and_told_by_kind() -> None:
    reports = [
        report(("conformance commands run", 3), ("conformance commands accepted", 2)),
        report(
            ("conformance commands run", 4), ("conformance commands accepted", 4), ("conformance commands state", 1)
        ),
        report(("mutants cedar planted", 2), ("mutants cedar caught", 1)),
        report(("realcli run", 5), ("realcli accepted", 5), ("realcli plans", 2)),
    ]
    told = dict(sections(reports))
    assert told["conformance"] == ["commands: 7 run, 6 accepted by the real CLI 0.30.0; 1 plans as promised"]
    assert told["mutants"] == ["cedar: caught 1 of 2 planted", "in all: caught 1 of 2 planted"]
    assert told["real CLI"] == ["commands 5 run / 5 accepted; plans 2 as promised"]


def test_what_others_record_is_left_alone() -> None:
    assert (
        list(sections([report(("bodies", {"a": 1}), ("", 2)), object(), report(("realcli run", 1), when="call")])) == []
    )
