"""The citizen's pages about who looked: own lines only, whatever a caller sends; plain words; a slip and a file to take away."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from django.test import Client

from audit.errors import Missing
from audit.models import Entry
from exchange.oversight.access_records import access_record
from exchange.oversight.access_records.recount import recount
from exchange.oversight.models import Question
from tests.oversight.citizens import browser, citizen, looked_up, subject
from tests.portal.auditor_log import merge
from tests.world import World
from tests.world_data import SUBJECTS

LIST = "/en/me/access"


@pytest.fixture
def seen(world: World) -> World:
    """Lines about two citizens, in the log."""
    looked_up(world)
    looked_up(world, 1)
    return world


def entries_of(number: int = 0) -> tuple[int, ...]:
    return recount(subject(number)).entries


def test_the_list_shows_every_line_of_the_person_and_the_refused_ones(seen: World) -> None:
    mine = browser(citizen())
    merge()
    answer = mine.get(LIST)
    assert [line.entry for line in answer.context["page"].lines] == sorted(entries_of(), reverse=True)[:20]
    text = answer.content.decode()
    assert "Holds a valid certificate?" in text
    assert "It was refused." in text
    assert SUBJECTS[0] not in text
    chinese = mine.get("/zh-hans/me/access").content.decode()
    assert "谁查过我的信息" in chinese


def test_a_line_says_who_asked_whom_for_what_and_on_what_ground(seen: World) -> None:
    mine = browser(citizen())
    text = mine.get(f"{LIST}/{entries_of()[0]}").content.decode()
    for wanted in (
        "Civil Affairs Bureau",
        "Disabled Persons&#x27; Federation",
        "Disability allowances",
        "Opinions on allowances",
        "CASE-7",
    ):
        assert wanted in text
    assert "Download the proof slip" in text


def test_offices_are_listed_with_how_often_they_asked(seen: World) -> None:
    text = browser(citizen()).get(f"{LIST}?by=office").content.decode()
    assert "Civil Affairs Bureau" in text
    assert "times." in text


def test_strangers_are_led_to_sign_in_and_the_unbound_to_who_they_are(seen: World) -> None:
    entry = entries_of()[0]
    for path in (LIST, f"{LIST}/{entry}", f"{LIST}/{entry}/slip", f"{LIST}/take-away", "/en/me/questions"):
        assert "/accounts/login/" in Client().get(path)["Location"]
        assert "who-are-you" in browser(seen.person("outsider")).get(path)["Location"]


def test_nobody_reads_anothers_line_whatever_is_sent(seen: World) -> None:
    """Other numbers, with identifiers in parameters, headers and cookies: the answer is one's own or none."""
    mine = browser(citizen(0))
    merge()
    own, chance = set(entries_of(0)), random.Random(5101)
    for entry in range(Entry.objects.count()):
        answer = _try(mine, f"{LIST}/{entry}{chance.choice(('', '/slip', '/why', '/wrong'))}", chance)
        if entry not in own:
            assert answer.status_code == 404, entry
            assert b"Civil Affairs" not in answer.content
    baseline = _lines(mine.get(LIST))
    for _ in range(60):
        assert _lines(_try(mine, LIST, chance)) == baseline


def test_thousands_of_numbers_lead_to_nobody_elses_line(seen: World) -> None:
    citizen(0)
    merge()
    own, chance = set(entries_of(0)), random.Random(5102)
    size = Entry.objects.count()
    numbers = [chance.choice((chance.randrange(size), chance.randrange(-5, 2 * size), chance.randrange(2**62))) for _ in range(2_000)]
    for number in numbers:
        if number in own:
            continue
        with pytest.raises(Missing):
            access_record(subject(0), number)


def _lines(answer: Any) -> list[int]:
    return [line.entry for line in answer.context["page"].lines]


def _try(mine: Client, path: str, chance: random.Random) -> Any:
    """One request that names somebody else wherever a caller can."""
    other = chance.choice(SUBJECTS[1:])
    names = ("subject", "id", "identifier", "person", "kind", "user", "citizen", "case", "applicant", "身份证号")
    query = dict.fromkeys(chance.sample(names, 3), other)
    headers = {f"HTTP_X_{name.upper()}": other for name in ("subject", "person", "identifier")}
    mine.cookies["subject"] = other
    return mine.get(path, query, HTTP_AUTHORIZATION=f"Bearer {other}", **headers)


def test_no_address_on_the_pages_holds_an_identifier(seen: World) -> None:
    mine = browser(citizen())
    for path in (LIST, f"{LIST}?by=office", f"{LIST}/{entries_of()[0]}", f"{LIST}/{entries_of()[0]}/why", "/en/me/questions"):
        text = mine.get(path).content.decode()
        assert not [identifier for identifier in SUBJECTS if identifier in text], path


def test_a_slip_and_the_whole_file_can_be_taken_away(seen: World) -> None:
    mine = browser(citizen())
    merge()
    slip = mine.get(f"{LIST}/{entries_of()[0]}/slip")
    assert slip["Content-Disposition"].startswith("attachment")
    assert json.loads(slip.content)["index"] == entries_of()[0]
    file = mine.get(f"{LIST}/take-away")
    document = json.loads(b"".join(file.streaming_content))  # type: ignore[attr-defined]
    assert [line["entry"] for line in document["lines"]] == list(entries_of())


def test_a_question_is_asked_once_and_answered_on_the_page(seen: World) -> None:
    mine, entry = browser(citizen()), entries_of()[0]
    assert "Ask the Civil Affairs Bureau why" in mine.get(f"{LIST}/{entry}/why").content.decode()
    assert mine.post(f"{LIST}/{entry}/why", {"words": ""}).status_code == 422
    for _ in range(2):
        assert mine.post(f"{LIST}/{entry}/why", {"words": "I asked for nothing."})["Location"] == f"{LIST}/{entry}"
    assert Question.objects.count() == 1
    text = mine.get(f"{LIST}/{entry}").content.decode()
    assert "I asked for nothing." in text
    assert "Waiting for the answer" in text
    question = Question.objects.get()
    assert mine.post(f"/en/me/questions/{question.pk}/take-back")["Location"] == "/en/me/questions"
    question.refresh_from_db()
    assert question.state == "WITHDRAWN"


def test_nobody_takes_back_anothers_question(seen: World) -> None:
    browser(citizen(0)).post(f"{LIST}/{entries_of()[0]}/why", {"words": "Why?"})
    question = Question.objects.get()
    assert browser(citizen(1)).post(f"/en/me/questions/{question.pk}/take-back").status_code == 404
    question.refresh_from_db()
    assert question.state == "OPEN"
