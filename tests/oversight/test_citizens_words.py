"""The pages of "who looked me up" keep what every citizen's page keeps: plain words, short sentences, little weight."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from exchange.affairs.models import Objection
from exchange.oversight import actions
from exchange.oversight.access_records import sentences
from exchange.oversight.access_records.recount import recount
from exchange.portal.word_sources import uses
from tests.oversight.citizens import applicant, browser, citizen, looked_up, subject
from tests.portal.auditor_log import merge
from tests.portal.citizen_pages import text_of
from tests.portal.test_citizen_frame import LIMIT, forbidden_in, weight
from tests.world import World

OURS = re.compile(
    r"exchange/(oversight/access_records|oversight/slips|portal/citizen/access|portal/templates/citizen/"
    r"(access|my_questions|question_card|objection_card))"
)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_in_plain_words_and_light(world: World, language: str) -> None:
    looked_up(world)
    person = citizen()
    first, *others = recount(subject()).entries
    question = actions.ask_why(first, words="?", applicant=applicant(person))
    actions.ask_why(others[0], words="?", applicant=applicant(person))
    actions.answer_question(question, answer="!", acting_user=world.person("asker"))
    mine = browser(person)
    mine.post(f"/{language}/me/access/{first}/wrong", {"words": "?"})
    assert Objection.objects.count() == 1
    merge()
    lines = [f"me/access/{entry}" for entry in recount(subject()).entries]
    actions_on_it = [f"me/access/{others[1]}/why", f"me/access/{first}/wrong"]
    paths = ["me/access", "me/access?by=office", "me/access?refused=on", "me/questions", *lines, *actions_on_it]
    for path in paths:
        answer = mine.get(f"/{language}/{path}")
        assert answer.status_code == 200, path
        assert not forbidden_in(text_of(answer)), path
        assert weight(answer.content) <= LIMIT, path


def _texts(chinese: bool) -> list[str]:
    """Every text of ours in one language, each name that is filled in as one word or two characters."""
    found = []
    for use in uses():
        if OURS.match(use.source):
            with translation.override("zh-hans" if chinese else "en"):
                text = translation.gettext(use.key.text)
            found.append(re.sub(r"\{\w+\}|%\(\w+\)s", "某某" if chinese else "name", text))
    return found


def test_sentences_are_short_in_both_languages() -> None:
    english, chinese = _texts(chinese=False), _texts(chinese=True)
    assert len(english) > 100
    assert any("残疾" in text or "查询" in text for text in chinese)
    assert [part for text in english for part in re.split(r"[.?!:;]", text) if len(part.split()) > 20] == []
    assert [part for text in chinese for part in re.split(r"[。？！：；]", text) if len(part) > 30] == []


def test_no_text_of_ours_speaks_of_cryptography() -> None:
    for text in (*_texts(chinese=False), *_texts(chinese=True)):
        assert not forbidden_in(text), text


def test_every_step_of_a_case_has_a_sentence_of_its_own() -> None:
    """An event that nobody has put into words shows only that something happened; the engine's events all have words."""
    from exchange.portal.citizen.words import EVENTS

    known: Any = sentences._STEPS
    assert [str(event) for event in EVENTS if str(event) not in known] == []
