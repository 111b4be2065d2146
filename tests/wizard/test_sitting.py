"""The wizard's logic without a terminal: what is asked, going back, changing, resuming, adding, leaving."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_connect.answers import store
from agentcore_connect.core.errors import ConnectError
from agentcore_connect.text.document import read
from agentcore_connect.wizard.screen import BACK, Screen
from agentcore_connect.wizard.terminal import Terminal
from tests.wizard.routes import DISCOVERY, OPENAPI, ROUTES, Route
from tests.wizard.scripted import Scripted, short, sit


def plan_of(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "connect" / "plan.json").read_text(encoding="utf-8"))
    return data


def answers_of(folder: Path) -> dict[str, Any]:
    return read(folder / "answers.yaml").data


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ROUTES)
def test_every_way_ends_in_its_plan(name: str, folder: Path) -> None:
    route = ROUTES[name]
    route.prepare(folder)
    front = Scripted(route.answers)
    assert sit(front, folder) == 0
    (connection,) = plan_of(folder)["connections"]
    assert (connection["path"], connection["redirect"]) == (route.path, route.redirect)
    assert sorted(front.asked) == sorted(route.answers), "each is asked once, and nothing else"


def test_a_kind_answers_its_questions(folder: Path) -> None:
    front = Scripted(ROUTES["A"].answers)
    sit(front, folder, kind="mcp")
    assert front.asked[0] == "endpoint"
    assert plan_of(folder)["connections"][0]["path"] == "A"


def test_each_answer_is_on_disk_before_the_next_question(folder: Path) -> None:
    route = ROUTES["A-oauth"]
    seen: list[int] = []

    def look(screen: Screen) -> None:
        data = answers_of(folder)
        seen.append(sum(store.get(data, key) is not None for key in _full(route)))

    sit(Scripted(route.answers, *[look] * len(route.answers)), folder)
    assert seen == list(range(len(route.answers)))


def _full(route: Route) -> list[str]:
    return [key if key.startswith(("gateway", "agent")) else f"connections.0.{key}" for key in route.answers]


def test_back_from_the_last_question_to_the_first_and_forward_unchanged(folder: Path) -> None:
    route = ROUTES["A-oauth"]
    keys = list(route.answers)
    turns = [None] * (len(keys) - 1) + [BACK] * (len(keys) - 1)
    front = Scripted(route.answers, *turns)
    sit(front, folder)
    again = front.asked[len(keys) :]
    assert again[: len(keys) - 1] == keys[-2::-1]
    assert again[len(keys) - 1 :] == keys[1:]
    returned = [s for s in front.screens if s.key][len(keys) : 2 * len(keys) - 1]
    for screen in returned:
        value = route.answers[short(screen.key)]
        assert screen.earlier
        assert screen.initial == (", ".join(value) if isinstance(value, list) else value)


def test_back_to_the_first_and_forward_another_way_gives_the_plan_of_a_fresh_run(folder: Path) -> None:
    route = ROUTES["D"]
    other = ROUTES["invoke"]
    count = len(route.answers)
    front = Scripted(route.answers, *[None] * (count - 1), *[BACK] * (count - 1), lambda s: _switch(front, other))
    fresh = folder / "fresh"
    sit(front, folder)
    sit(Scripted(other.answers), other.prepare(fresh))
    kept = {"connections", "assumed", "unused", "summary", "artifacts", "answers"}
    one, two = plan_of(folder), plan_of(fresh)
    assert {k: v for k, v in one.items() if k not in kept} == {k: v for k, v in two.items() if k not in kept}
    assert one["connections"][0]["redirect"] == two["connections"][0]["redirect"]
    assert one["connections"][0]["path"] == "redirect"


def _switch(front: Scripted, other: Route) -> Any:
    front.answers = dict(other.answers)
    return other.answers["direction"]


def test_an_overtaken_reason_does_not_steer_what_was_decided_afterwards(folder: Path) -> None:
    """`direct_reason` is asked for `other` only, but would make any service a direct call."""
    front = Scripted(ROUTES["D"].answers, None, None, None, BACK, BACK, lambda s: _switch_service(front, "mcp-server"))
    sit(front, folder)
    assert plan_of(folder)["connections"][0]["path"] == "A"
    assert "direct_reason" not in answers_of(folder)["connections"][0]


def _switch_service(front: Scripted, service: str) -> Any:
    front.answers = {**ROUTES["A"].answers}
    return service


def test_answers_that_no_longer_apply_stay_in_the_file_and_count_for_nothing(folder: Path) -> None:
    route = ROUTES["A-oauth"]
    front = Scripted(route.answers, *[None] * 6, BACK, BACK, BACK, lambda s: "none")
    sit(front, folder)
    oauth = answers_of(folder)["connections"][0]["oauth"]
    assert oauth == {"discovery_url": DISCOVERY, "client_id": "my-client"}
    plan = plan_of(folder)
    assert plan["connections"][0]["outbound_auth"] in (None, "none")
    assert "connections.0.oauth.client_id" in plan["unused"]


def test_back_at_the_very_first_question_is_not_offered(folder: Path) -> None:
    front = Scripted(ROUTES["A"].answers)
    sit(front, folder)
    assert [screen.can_go_back for screen in front.screens[:2]] == [False, True]


def test_an_impossible_choice_is_shown_with_its_reason_and_refused(folder: Path) -> None:
    problems: list[ConnectError | None] = []

    def look(screen: Screen) -> None:
        option = next(o for o in screen.options if o.value == "caller-iam")
        assert option.unavailable
        problems.append(screen.judge("caller-iam"))

    sit(Scripted(ROUTES["A"].answers, None, None, None, look), folder)
    assert problems[0] is not None
    assert problems[0].code == "choice-unavailable"


@pytest.mark.parametrize(
    ("route", "key", "typed", "says"),
    [
        ("A", "endpoint", "http://mcp.example.com", "https"),
        ("A", "endpoint", "", "https"),
        ("A-oauth", "gateway.allowed_clients", "[web", "bracket"),
        ("B", "tools", "nowhere.json", "does not exist"),
        ("B", "lambda_arn", "orders", "arn:aws"),
    ],
)
def test_what_is_typed_is_refused_with_the_engines_message(
    route: str, key: str, typed: str, says: str, folder: Path
) -> None:
    problems: list[str] = []

    def look(screen: Screen) -> None:
        if short(screen.key) == key:
            value, problem = screen.accept(typed)
            problems.append(str(problem))
            assert value is None

    ROUTES[route].prepare(folder)
    sit(Scripted(ROUTES[route].answers, *[look] * len(ROUTES[route].answers)), folder)
    assert says in problems[0]
    assert "answers.yaml" not in problems[0], "a person at a question has no use for a place in the file"


def test_a_secret_is_refused_and_never_written_or_shown(folder: Path) -> None:
    secret = "sk-proj-" + "a1B2" * 10
    shown: list[str] = []

    def look(screen: Screen) -> None:
        if short(screen.key) == "oauth.client_id":
            _, problem = screen.accept(secret)
            shown.append(str(problem))

    sit(Scripted(ROUTES["A-oauth"].answers, *[look] * 10), folder)
    assert "secret" in shown[0]
    assert secret not in shown[0]
    assert secret not in (folder / "answers.yaml").read_text(encoding="utf-8")


def test_blanks_around_what_is_pasted_are_a_slip(folder: Path) -> None:
    def paste(screen: Screen) -> Any:
        value, problem = screen.accept("  https://mcp.example.com/mcp ")
        assert problem is None
        return value

    sit(Scripted(ROUTES["A"].answers, None, None, paste), folder)
    assert answers_of(folder)["connections"][0]["endpoint"] == "https://mcp.example.com/mcp"


@pytest.mark.parametrize("typed", ["web, mobile", "web,mobile,", "web\nmobile", "web,\nmobile\n", '["web", "mobile"]'])
def test_a_list_is_typed_by_commas_lines_or_brackets(typed: str, folder: Path) -> None:
    taken: list[Any] = []

    def look(screen: Screen) -> None:
        if short(screen.key) == "gateway.allowed_clients":
            taken.append(screen.accept(typed)[0])

    sit(Scripted(ROUTES["A-oauth"].answers, *[look] * 10), folder)
    assert taken == [["web", "mobile"]]


class Left(Exception):  # noqa: N818 - it stands for a person who leaves
    pass


@pytest.mark.parametrize("after", range(6))
def test_leaving_after_any_question_and_coming_back_goes_on_there(after: int, folder: Path) -> None:
    route = ROUTES["A"]

    def leave(_screen: Screen) -> None:
        raise Left

    with pytest.raises(Left):
        sit(Scripted(route.answers, *[None] * after, leave), folder)
    front = Scripted(route.answers)
    sit(front, folder)
    assert front.asked == list(route.answers)[after:]
    if after:
        assert f"{after} answer" in front.screens[0].head.notices[0]


def test_going_back_works_in_a_resumed_file_too(folder: Path) -> None:
    route = ROUTES["A"]
    (folder / "answers.yaml").write_text(store.dump(route.document()), encoding="utf-8")
    front = Scripted(route.answers, *[BACK] * (len(route.answers) - 1), end=[BACK, "write"])
    sit(front, folder)
    assert front.asked[: len(route.answers)] == list(route.answers)[::-1]


def test_a_file_that_is_no_answers_file_is_left_alone(folder: Path) -> None:
    text = "services:\n  web: {image: nginx}\n"
    (folder / "answers.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConnectError, match="left unchanged"):
        sit(Scripted({}), folder)
    assert (folder / "answers.yaml").read_text(encoding="utf-8") == text


def test_a_comment_that_would_be_lost_is_mentioned(folder: Path) -> None:
    text = "# ours\n" + store.dump(ROUTES["A"].document())
    (folder / "answers.yaml").write_text(text, encoding="utf-8")
    front = Scripted({}, end=["quit"])
    sit(front, folder)
    assert "comments" in front.text
    assert (folder / "answers.yaml").read_text(encoding="utf-8") == text, "nothing was answered, nothing was written"


def test_another_kind_on_a_finished_file_asks_what_is_meant(folder: Path) -> None:
    (folder / "answers.yaml").write_text(store.dump(ROUTES["A"].document()), encoding="utf-8")
    front = Scripted(ROUTES["B"].prepare(folder) and ROUTES["B"].answers, end=[True, "write"])
    sit(front, folder, kind="lambda")
    assert [c["service"] for c in answers_of(folder)["connections"]] == ["mcp-server", "lambda"]
    assert [c["path"] for c in plan_of(folder)["connections"]] == ["A", "B"]


def test_another_kind_can_be_declined(folder: Path) -> None:
    (folder / "answers.yaml").write_text(store.dump(ROUTES["A"].document()), encoding="utf-8")
    sit(Scripted({}, end=[False, "quit"]), folder, kind="lambda")
    assert len(answers_of(folder)["connections"]) == 1


def test_a_connection_is_added_and_taken_out_again(folder: Path) -> None:
    ROUTES["B"].prepare(folder)
    front = Scripted(
        {**ROUTES["B"].answers, "service": "mcp-server", **ROUTES["A"].answers}, end=["add", "remove", 0, "write"]
    )
    turns = [None] * 6
    front.turns = [*turns, lambda s: "agent-calls-service", lambda s: "lambda"]
    sit(front, folder)
    assert front.asked[6:] == ["direction", "service", "lambda_arn", "tools"]
    assert [c["path"] for c in plan_of(folder)["connections"]] == ["B"]


def test_adding_a_connection_is_taken_back_by_going_back(folder: Path) -> None:
    front = Scripted(ROUTES["A"].answers, *[None] * 6, BACK, end=["add", "write"])
    sit(front, folder)
    assert len(plan_of(folder)["connections"]) == 1


def test_an_assumed_answer_can_be_changed_at_the_end(folder: Path) -> None:
    def pick(screen: Screen) -> Any:
        assert "gateway.name" in [option.value for option in screen.options]
        return "gateway.name"

    front = Scripted({**ROUTES["A"].answers, "gateway.name": "Tools"}, end=["change", pick, "write"])
    sit(front, folder)
    assert plan_of(folder)["gateway"]["name"] == "Tools"
    assert front.screens[-2].initial == "AgentGateway"


def test_a_change_can_be_thought_better_of(folder: Path) -> None:
    before = Scripted(
        ROUTES["A"].answers, *[None] * 6, BACK, end=["change", "connections.0.endpoint", "change", BACK, "write"]
    )
    sit(before, folder)
    assert answers_of(folder)["connections"][0]["endpoint"] == ROUTES["A"].answers["endpoint"]


def test_a_changed_answer_asks_only_for_what_it_newly_needs(folder: Path) -> None:
    route = ROUTES["A"]
    more = {"oauth.discovery_url": DISCOVERY, "oauth.client_id": "me"}
    front = Scripted({**route.answers, **more}, end=["change", "connections.0.service_auth", "write"])
    front.turns = [*[None] * 6, lambda s: "oauth-client-credentials"]
    sit(front, folder)
    assert front.asked[6:] == ["service_auth", "oauth.discovery_url", "oauth.client_id"]


def test_what_the_project_says_is_not_asked_but_shown_and_can_be_changed(folder: Path) -> None:
    _project(folder / "shop")
    inside = folder / "shop"
    front = Scripted({**ROUTES["A"].answers, "agent.framework": "crewai"}, end=["change", "agent.framework", "write"])
    import os

    os.chdir(inside)
    sit(front, inside, kind="mcp")
    assert front.asked == ["endpoint", "service_auth", "agent.framework"]
    known = dict(front.screens[0].head.known)
    assert known["gateway.name"] == "ShopGateway"
    assert answers_of(inside)["project"] == "."
    assert answers_of(inside)["agent"]["framework"] == "crewai"
    assert any("project Shop; questions" in notice for notice in front.screens[0].head.notices)


def _project(root: Path) -> None:
    (root / "agentcore").mkdir(parents=True)
    (root / "app" / "Shop").mkdir(parents=True)
    (root / "app" / "Shop" / "main.py").write_text("from strands import Agent\n", encoding="utf-8")
    data = {
        "name": "Shop",
        "version": 1,
        "managedBy": "CDK",
        "runtimes": [
            {
                "name": "Shop",
                "build": "CodeZip",
                "entrypoint": "main.py",
                "codeLocation": "app/Shop/",
                "protocol": "HTTP",
            }
        ],
        "credentials": [],
        "agentCoreGateways": [
            {
                "name": "ShopGateway",
                "protocolType": "MCP",
                "authorizerType": "AWS_IAM",
                "targets": [],
                "resourceName": "x",
            }
        ],
    }
    (root / "agentcore" / "agentcore.json").write_text(json.dumps(data), encoding="utf-8")


def test_a_document_that_went_away_is_asked_for_again(folder: Path) -> None:
    (folder / "pets.json").write_text(OPENAPI, encoding="utf-8")
    route = ROUTES["C-openapi"]
    (folder / "answers.yaml").write_text(store.dump(route.document()), encoding="utf-8")
    (folder / "pets.json").rename(folder / "animals.json")
    front = Scripted({"schema": "animals.json"})
    sit(front, folder)
    assert front.asked == ["schema"]
    assert "does not exist" in " ".join(front.screens[0].head.notices)


def test_files_that_are_there_are_shown_with_what_would_change(folder: Path) -> None:
    sit(Scripted(ROUTES["A"].answers), folder)
    (folder / "connect" / "plan.md").write_text("mine\n", encoding="utf-8")
    front = Scripted({}, end=["files", ("plan.md", True), "write"])
    sit(front, folder)
    assert "CHANGES" in front.text
    assert "-mine" in front.text
    menu = next(screen for screen in front.screens if screen.text == "What now?")
    assert "replaces 1 of your files" in menu.options[0].help
    assert (folder / "connect" / "plan.md").read_text(encoding="utf-8") != "mine\n"


def test_the_help_of_a_question_says_why_where_each_choice_leads_and_from_where_it_is_known(folder: Path) -> None:
    found: list[Any] = []

    def look(screen: Screen) -> None:
        if short(screen.key) == "service_auth":
            assert screen.help is not None
            found.append(screen.help())

    sit(Scripted(ROUTES["A"].answers, *[look] * 6), folder)
    (shown,) = found
    leads = dict(shown.leads)
    assert shown.why
    assert "auth oauth (client-credentials)" in leads["OAuth, as the application (client credentials, 2LO)"]
    assert "Then: What is the OIDC discovery URL" in leads["OAuth, as the application (client credentials, 2LO)"]
    assert leads["The caller's own AWS identity"].startswith("not possible here: ")
    assert all(title for title, _ in shown.sources)
    assert any(url.startswith("https://") for _, url in shown.sources)


def test_the_inverted_flow_is_drawn_crossed_out(folder: Path) -> None:
    front = Scripted(ROUTES["inverted"].answers)
    sit(front, folder, terminal=Terminal(plain=False, unicode=False, colour=False))
    crossed, instead = (block.text for block in front.said if block.kind in ("crossed", "drawing"))
    assert crossed.count("x->") == 2
    assert "your app" in instead
    assert "x" not in instead


def test_line_by_line_the_inverted_flow_is_told(folder: Path) -> None:
    sit(front := Scripted(ROUTES["inverted"].answers), folder)
    assert "Not this way: your agent calls gateway AgentGateway, which calls your agent." in front.text
    assert not [block for block in front.said if block.kind in ("crossed", "drawing")]


def test_leaving_at_the_end_keeps_the_answers_and_names_the_way_back(folder: Path) -> None:
    front = Scripted(ROUTES["A"].answers, end=["quit"])
    assert sit(front, folder) == 0
    assert not (folder / "connect").exists()
    assert f"agentcore-connect -a {folder / 'answers.yaml'}" in front.text


def test_a_secret_is_named_with_the_place_where_it_will_be_asked(folder: Path) -> None:
    sit(front := Scripted(ROUTES["A-oauth"].answers), folder)
    assert "commands.sh asks without echo" in front.text


def test_what_cannot_be_written_is_said_and_the_menu_stays(folder: Path) -> None:
    (folder / "connect").write_text("a file in the way", encoding="utf-8")
    front = Scripted(ROUTES["A"].answers, end=["write", "quit"])
    sit(front, folder)
    assert "is a file" in front.text
    assert (folder / "connect").read_text(encoding="utf-8") == "a file in the way"


def test_a_project_that_is_none_is_refused_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(ConnectError, match="no AgentCore project"):
        sit(Scripted({}), folder, kind="mcp", project=folder / "nowhere")
    assert not list(folder.iterdir())


def test_a_project_is_recorded_as_the_answers_file_sees_it(folder: Path) -> None:
    _project(folder / "shop")
    file = folder / "deep" / "answers.yaml"
    sit(Scripted(ROUTES["A"].answers), folder, kind="mcp", project=Path("shop"), file=file)
    assert read(file).data["project"] == "../shop"


def test_a_project_here_that_cannot_be_read_is_left_aside(folder: Path) -> None:
    (folder / "agentcore").mkdir()
    (folder / "agentcore" / "agentcore.json").write_text("{", encoding="utf-8")
    front = Scripted(ROUTES["A"].answers)
    sit(front, folder, kind="mcp")
    assert "cannot be read" in " ".join(front.screens[0].head.notices)
    assert "project" not in answers_of(folder)


def test_a_file_without_a_project_is_not_given_one(folder: Path) -> None:
    """What is written from a file is what `plan` makes of it, wherever the wizard is started."""
    _project(folder)
    (folder / "answers.yaml").write_text(store.dump(ROUTES["A"].document()), encoding="utf-8")
    sit(Scripted({}), folder)
    assert "project" not in answers_of(folder)


def test_a_place_that_cannot_be_written_to_is_named(folder: Path) -> None:
    (folder / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConnectError) as caught:
        sit(Scripted({}), folder, file=folder / "file" / "answers.yaml")
    assert caught.value.code in ("unwritable-file", "unreadable-file")


def test_a_plan_that_is_refused_leads_to_the_answer_to_change(folder: Path) -> None:
    """By file, a production gateway may be told to be open; no question offers it."""
    data = ROUTES["A"].document()
    data["gateway"]["inbound_auth"] = "none"
    (folder / "answers.yaml").write_text(store.dump(data), encoding="utf-8")
    front = Scripted({"gateway.inbound_auth": "aws-iam"}, end=["change", "gateway.inbound_auth", "write"])
    sit(front, folder)
    assert "production gateway is never left without an authorizer" in front.text
    assert [o.value for o in front.screens[0].options] == ["change", "add", "quit"]
    assert plan_of(folder)["gateway"]["inbound_auth"] == "aws-iam"


def test_what_is_given_and_never_asked_counts_when_going_back_too(folder: Path) -> None:
    """`direct_reason` given by hand makes an MCP server a direct call; going back does not forget it."""
    data = store.put(ROUTES["A"].document(), "connections.0.direct_reason", "latency")
    (folder / "answers.yaml").write_text(store.dump(data), encoding="utf-8")
    front = Scripted(ROUTES["A"].answers, end=[BACK, "write"])
    sit(front, folder)
    assert plan_of(folder)["connections"][0]["path"] == "D"
    assert answers_of(folder)["connections"][0]["direct_reason"] == "latency"


@pytest.mark.parametrize("status", [0, 1])
def test_write_and_check_ends_as_the_check_does(status: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Path] = []
    monkeypatch.setattr("agentcore_connect.cli.check.check", lambda out: called.append(out) or status)
    front = Scripted(ROUTES["A"].answers, end=["check"])
    assert sit(front, folder) == status
    assert called == [folder / "connect"]
    assert ("A check failed" in front.text) is bool(status)
    assert f"bash {folder / 'connect' / 'commands.sh'}" in front.text
