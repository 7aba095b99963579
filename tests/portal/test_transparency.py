"""`/transparency`: public figures that are those of the log, and say up to where they count."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit import tally, trail
from audit.acts import standing
from audit.models import EntryIndex, TallyCount
from audit.proofs import published_checkpoint
from exchange.portal import transparency
from exchange.sharing import actions as sharing_actions
from tests.portal.auditor_log import calls, merge
from tests.world import World
from tests.world_data import SUBJECTS


@pytest.fixture(autouse=True)
def fresh_figures() -> None:
    """Figures that a process remembers do not outlive a test."""
    transparency._counted.cache_clear()


def page() -> str:
    answer = Client().get("/en/transparency")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_figures_are_those_of_the_log(world: World) -> None:
    calls(world, 3)
    context = Client().get("/en/transparency").context
    figures = context["figures"]
    assert (figures.totals.calls, figures.totals.answered, figures.totals.refused) == (4, 3, 1)
    assert figures.reasons == (("PURPOSE_NOT_AGREED", 1),)
    assert [(pair["calls"], pair["answered"], pair["refused"]) for pair in figures.pairs] == [(4, 3, 1)]
    assert sum(day.answered + day.refused + day.other for day in figures.days) == 4
    assert context["last"] == EntryIndex.objects.latest("entry").entry
    assert context["agreements"] == 1
    assert context["datasets"] == 2
    assert context["acts"] == standing().head.seq


def test_an_empty_hub_says_that_there_is_nothing(founded: None) -> None:
    text = page()
    assert "No department has asked another one yet." in text
    assert "Nothing has been signed yet." in text


def test_new_entries_are_counted_at_once(world: World) -> None:
    calls(world)
    assert Client().get("/en/transparency").context["figures"].totals.calls == 2
    calls(world)
    assert Client().get("/en/transparency").context["figures"].totals.calls == 4


def test_a_suspended_agreement_is_not_in_force(world: World) -> None:
    merge()
    sharing_actions.suspend(
        world.agreement, reason="Checked again.", ground="MISUSE_SUSPECTED", acting_user=world.person("approver"), department=world.owner
    )
    assert Client().get("/en/transparency").context["agreements"] == 0


def test_downloads_are_counted_before_and_after_they_are_written_down(world: World) -> None:
    merge()
    code, title = world.unconditional.code, world.unconditional.title
    assert Client().get("/en/transparency").context["downloads"] == []
    tally.count_download(code)
    tally.count_download(code)
    assert Client().get("/en/transparency").context["downloads"] == [(title, 2)]
    hour = TallyCount.objects.get().minute[:13]
    trail.record(tally.take_over(hour))
    merge()
    assert not TallyCount.objects.exists()
    assert Client().get("/en/transparency").context["downloads"] == [(title, 2)]


def test_relaxed_custody_is_said_and_so_is_its_absence(world: World, settings: LazySettings) -> None:
    merge()
    settings.ALLOW_HUB_CUSTODY = True
    assert "The hub holds signing keys for departments" in page()
    settings.ALLOW_HUB_CUSTODY = False
    assert "The hub holds signing keys for departments" not in page()


def test_the_newest_checkpoint_stands_on_the_page_byte_for_byte(world: World) -> None:
    calls(world)
    checkpoint = published_checkpoint()
    assert checkpoint is not None
    assert Client().get("/en/transparency").context["checkpoint"].text == checkpoint.text
    assert checkpoint.text.splitlines()[2] in page()


def test_nobody_is_named(world: World) -> None:
    calls(world, len(SUBJECTS))
    assert not [text for text in SUBJECTS if text in page()]


def test_more_entries_cost_no_more_queries(world: World) -> None:
    counts = []
    for number in (1, 10):
        calls(world, number)
        Client().get("/en/transparency")
        transparency._counted.cache_clear()
        with CaptureQueriesContext(connection) as captured:
            page()
        counts.append(len(captured))
    assert len(set(counts)) == 1
