"""`hub request`, `agreements`, `queue`, `answer`: a request from its template to a signed agreement, without opening a page but one."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hub_client import answering, requesting
from hub_client.drafts import read_draft
from hub_client.errors import DataError, UsageError
from hub_client.tables import WIDTH, cut, table, width_of

from exchange.sharing.api.reviewing_shapes import GROUNDS, VerdictIn
from exchange.sharing.api.shapes import PartIn, RequestIn
from exchange.sharing.models import SharingRequest
from tests.client.in_process import Machine, machine_of
from tests.delivery.errands_world import OFFICER_STORE, agreed_about, publish_remote, record
from tests.delivery.wire_caller import Caller
from tests.world import World, part_of
from tests.world_data import SUBJECTS, TERMS, WORDS


@pytest.fixture
def machine(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = machine_of(world, tmp_path / "asker", capsys, monkeypatch)
    found.log_in(world.person("asker"))
    return found


def owners(world: World, machine: Machine, name: str = "approver") -> Machine:
    found = machine_of(world, machine.folder.parent / name, machine.capsys, machine.monkeypatch)
    found.log_in(world.person(name))
    return found


def draft_of(machine: Machine, **changes: Any) -> str:
    document = {"purpose": "disability_allowance", **WORDS, "parts": [{"dataset": "R14", **TERMS, **changes}]}
    path = machine.folder / "draft.json"
    path.write_text(json.dumps(document, default=str))
    return str(path)


def checked(world: World, request: SharingRequest) -> None:
    from exchange.sharing import actions

    actions.check(part_of(request), acting_user=world.person("reviewer"), department=world.authority)


def test_a_template_holds_the_least_and_what_may_be_asked_beyond(world: World, machine: Machine) -> None:
    path = machine.folder / "draft.yaml"
    machine.run("request", "template", "R14", "--purpose", "disability_allowance", "--out", str(path))
    text, document = path.read_text(), yaml.safe_load(path.read_text())
    taken = set(document["parts"][0]["items"])
    beyond = {name for name in ("person", "type", "grade", "valid_until") if f"# more: {name}: " in text}
    assert (taken | beyond, taken & beyond) == ({"person", "type", "grade", "valid_until"}, set())
    assert "diagnosis" not in text
    assert document["parts"][0]["systems"] == ["CAB-relief"]
    again = machine.run("request", "template", "R14", "--purpose", "disability_allowance", "--out", str(path), code=2)
    assert again["error"]["code"] == "EXISTS"


def test_a_draft_from_a_template_is_handed_in_and_told_what_is_missing(world: World, machine: Machine) -> None:
    path = machine.folder / "draft.yaml"
    machine.run("request", "template", "R14", "--purpose", "disability_allowance", "--out", str(path))
    drafted = machine.run("request", "new", "--from", str(path))
    told = machine.text("request", "submit", drafted["number"], code=3)
    assert "R14" in told
    assert "title" in told


def test_a_request_goes_from_a_file_to_an_agreement_that_the_requester_signs_next(world: World, machine: Machine) -> None:
    drafted = machine.run("request", "new", "--from", draft_of(machine))
    number = drafted["number"]
    assert drafted["state"] == "DRAFT"
    assert machine.run("request", "foreseen", number)["parts"][0]["dataset"] == "R14"
    assert machine.run("request", "submit", number)["state"] == "SUBMITTED"
    checked(world, SharingRequest.objects.get(number=number))
    owner, decision = owners(world, machine), machine.folder / "decided.yaml"
    waiting = owner.run("queue")["parts"]
    assert (waiting[0]["number"], waiting[0]["dataset"], "approve" in waiting[0]["steps"]) == (number, "R14", True)
    owner.run("answer", "part", number, "R14", "--template", str(decision))
    owner.run("answer", "part", number, "R14", "--from", str(decision))
    second = owners(world, machine, "owner_officer")
    assert "confirm" in second.run("queue")["parts"][0]["steps"]


def test_an_owner_masks_one_item_and_refuses_another(world: World, machine: Machine) -> None:
    number = machine.run("request", "new", "--from", draft_of(machine))["number"]
    machine.run("request", "submit", number)
    checked(world, SharingRequest.objects.get(number=number))
    decision = machine.folder / "decided.yaml"
    refused = {"decision": "REFUSED", "ground": "BEYOND_PURPOSE", "reason": "The fact answers it."}
    decision.write_text(yaml.safe_dump({"verdicts": {"items.grade": refused, "items.valid_until": refused}}))
    owner = owners(world, machine)
    part = owner.run("answer", "part", number, "R14", "--from", str(decision))["parts"][0]
    assert {wish["name"]: wish["decision"] for wish in part["items"]}["grade"] == "REFUSED"


def test_a_part_is_refused_on_a_coded_ground_with_a_reason(world: World, machine: Machine) -> None:
    number = machine.run("request", "new", "--from", draft_of(machine))["number"]
    machine.run("request", "submit", number)
    checked(world, SharingRequest.objects.get(number=number))
    owner = owners(world, machine)
    assert owner.run("answer", "part", number, "R14", "--refuse", "NOT_HELD", code=2)["error"]["code"] == "NO_REASON"
    owner.run("answer", "part", number, "R14", "--refuse", "NOT_HELD", "--reason", "The register is not ours.")
    assert "refused (NOT_HELD): The register is not ours." in machine.text("request", "show", number)


def test_the_same_file_is_drafted_once_and_again_only_when_asked(world: World, machine: Machine) -> None:
    path = draft_of(machine)
    first, second = (machine.run("request", "new", "--from", path)["number"] for _ in range(2))
    assert first == second
    assert machine.run("request", "new", "--from", path, "--again")["number"] != first


def test_a_request_is_taken_back(world: World, machine: Machine) -> None:
    number = machine.run("request", "new", "--from", draft_of(machine))["number"]
    machine.run("request", "submit", number)
    assert machine.run("request", "withdraw", number, "--note", "Not now.")["state"] == "WITHDRAWN"
    assert number in [row["number"] for row in machine.run("request", "list")["requests"]]


def test_a_slip_of_the_pen_is_not_quietly_left_out(world: World, machine: Machine) -> None:
    refused = machine.run("request", "new", "--from", draft_of(machine, retention=30), code=1)
    assert "nobody knows retention" in refused["error"]["detail"]


def test_members_and_grounds_are_those_of_the_hub() -> None:
    assert set(requesting.PART) == set(PartIn().fields)
    assert set(requesting.WORDS) == set(RequestIn().fields)
    assert set(answering.GROUNDS) == set(GROUNDS)
    assert set(answering._VERDICT) == set(VerdictIn().fields)


def test_an_agreement_is_shown_with_its_scope_and_what_remains(world: World, machine: Machine) -> None:
    from exchange.delivery.limits.windows import day_and_minute
    from exchange.delivery.models import QuotaUse

    agreement, now_ms = world.agreement, int(time.time() * 1000)
    QuotaUse.objects.create(agreement=agreement.agreement_id, period=day_and_minute(now_ms)[0], used=7)
    listed = machine.run("agreements", "--in-force")["agreements"]
    assert [row["agreement_id"] for row in listed] == [agreement.agreement_id]
    told = machine.run("agreements", agreement.agreement_id[:8])
    day = next(window for window in told["remaining"] if window["window"] == "day")
    assert (day["limit"] - day["remaining"], told["signs_next"]) == (7, "")
    assert f"left of this day: {day['remaining']}" in machine.text("agreements", agreement.agreement_id)
    assert machine.run("agreements", "zzzz", code=2)["error"]["code"] == "WHICH_AGREEMENT"


def test_who_signs_next_is_named(world: World, machine: Machine) -> None:
    from exchange.sharing import actions
    from tests.world import approve, ask

    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional)
    actions.check(part_of(request), acting_user=world.person("reviewer"), department=world.authority)
    agreement = approve(part_of(request), world.people, world.owner)
    assert machine.run("agreements", agreement.agreement_id)["signs_next"] == "CAB"


@pytest.mark.parametrize(("name", "text"), [("a.toml", 'purpose = "x"\nday = 2026-11-21\n'), ("a.yaml", "purpose: x\nday: 2026-11-21\n")])
def test_drafts_are_read_as_they_are_written(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_draft(tmp_path / name) == {"purpose": "x", "day": "2026-11-21"}


@pytest.mark.parametrize(
    ("name", "text"), [("a.toml", "x ="), ("a.yaml", "a: [b"), ("a.json", "{"), ("b.json", "[]"), ("c.yaml", "!!python/name:os.system")]
)
def test_a_draft_that_cannot_be_read_is_told(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError):
        read_draft(tmp_path / name)


def test_a_draft_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    for name in ("a.txt", "missing.yaml"):
        with pytest.raises(UsageError):
            read_draft(tmp_path / name)


def test_tables_fit_a_terminal_and_let_no_control_character_through() -> None:
    lines = table(("one", "two", "three"), [("残疾人" * 30, "x" * 80, "y\x1b[31m\nz"), (None, 3, "")])
    assert all(width_of(line) <= WIDTH for line in lines)
    assert all(letter.isprintable() for line in lines for letter in line)
    assert (cut("残疾人证", 5), width_of("残疾")) == ("残疾…", 4)


def test_a_question_to_a_register_on_paper_is_answered_and_another_declined(world: World, machine: Machine) -> None:
    agreement, caller = agreed_about(world, publish_remote(world, OFFICER_STORE, code="R96")), Caller("CAB-relief")
    for subject in SUBJECTS[:2]:
        caller.query(agreement.agreement_id, subject)
    owner, path = owners(world, machine), machine.folder / "question.yaml"
    first, second = (row["id"] for row in owner.run("queue")["questions"])
    assert owner.run("answer", "question", first, "--claim")["is_mine"]
    owner.run("answer", "question", first, "--look", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    filled = yaml.safe_load(path.read_text())
    person = filled["answers"][0]["subject"].partition(" ")[2]
    held = record(SUBJECTS.index(person))
    filled["answers"][0]["records"] = [{name: held[name] for name in filled["answers"][0]["records"][0]}]
    path.write_text(yaml.safe_dump(filled, allow_unicode=True))
    assert owner.run("answer", "question", first, "--from", str(path))["outcome"] == "ANSWERED"
    owner.run("answer", "question", second, "--claim")
    assert owner.run("answer", "question", second, "--decline", "REGISTER_AWAY")["state"] == "UNANSWERED"
    assert owner.run("queue")["questions"] == []


def test_a_question_is_not_opened_when_its_file_could_not_be_written(world: World, machine: Machine) -> None:
    taken = machine.folder / "taken.yaml"
    taken.write_text("mine")
    machine.hub.sent.clear()
    assert machine.run("answer", "question", "0" * 32, "--look", str(taken), code=2)["error"]["code"] == "EXISTS"
    assert machine.hub.sent == []
