"""`/transparency` shows the services' figures, leaves out what few cases would give away, and leads auditors to the entries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import EntryIndex
from exchange.oversight.figures import reading, recount_all
from exchange.oversight.models import CountedCase, SparedProof
from exchange.portal import transparency, transparency_figures
from tests.affairs.world import AffairsWorld
from tests.oversight.citizens import browser
from tests.portal.auditor_log import merge


@pytest.fixture
def three_cases(affairs_world: AffairsWorld) -> AffairsWorld:
    """Three decided cases, counted."""
    transparency._counted.cache_clear()
    for name in ("granted", "refused", "expired"):
        affairs_world.submitted(name)
    recount_all()
    merge()
    return affairs_world


def address() -> str:
    today = timezone.localdate()
    return f"/en/audit/spared/M04/{today.year}/{today.month}"


def test_a_service_with_few_cases_shows_that_there_are_few(three_cases: AffairsWorld) -> None:
    text = Client().get("/en/transparency").content.decode()
    assert "fewer than 5" in text
    assert "How former papers were met" not in text


def test_figures_stand_with_their_chart_and_the_month_before(three_cases: AffairsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (reading, transparency_figures):
        monkeypatch.setattr(module, "FEWEST", 3)
    answer = Client().get("/en/transparency")
    text = answer.content.decode()
    spared = SparedProof.objects.filter(met="SPARED").count()
    (line,) = answer.context["services"]
    assert (line.now.cases, line.now.spared, line.before) == (3, spared, None)
    assert "How former papers were met this month" in text
    assert "/audit/spared/" not in text
    earlier = timezone.localdate().replace(day=1) - timedelta(days=1)
    CountedCase.objects.update(decided_on=earlier)
    SparedProof.objects.update(decided_on=earlier)
    answer = Client().get("/en/transparency")
    assert answer.context["services"] == []
    assert answer.context["services_before"].spared == spared


def test_an_auditor_is_led_from_a_figure_to_its_entries(three_cases: AffairsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (reading, transparency_figures):
        monkeypatch.setattr(module, "FEWEST", 3)
    auditor = browser(three_cases.staff["auditor"])
    assert address() in auditor.get("/en/transparency").content.decode()
    answer = auditor.get(address())
    proofs = answer.context["proofs"]
    assert len(proofs) == SparedProof.objects.filter(met="SPARED").count()
    for proof in proofs:
        assert proof.entries
        assert not proof.is_waiting
        assert set(EntryIndex.objects.filter(entry__in=proof.entries).values_list("type", flat=True)) == {"exchange"}


def test_nobody_else_is_led_there(three_cases: AffairsWorld) -> None:
    assert Client().get(address()).status_code in (302, 403)
    assert browser(three_cases.staff["cab_officer"]).get(address()).status_code == 403
    auditor = browser(three_cases.staff["auditor"])
    assert auditor.get("/en/audit/spared/M99/2026/1").status_code == 404
    assert auditor.get("/en/audit/spared/M04/2026/13").status_code == 404
