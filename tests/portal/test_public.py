"""Pages that anyone may read: they open in both languages, say what is true, and cost the same whatever the city's size."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import actions
from tests.world import World

PAGES = ["", "status", "help", "privacy", "accessibility", "catalog", "verify", "transparency"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_reads_every_public_page(client: Client, founded: None, page: str, language: str) -> None:
    answer = client.get(f"/{language}/{page}")
    assert answer.status_code == 200
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in answer.content.decode()


def test_the_bare_address_leads_to_a_language(client: Client, founded: None) -> None:
    answer = client.get("/", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 302
    assert answer["Location"] == "/zh-hans/"


def test_home_shows_the_registers_that_have_data_and_counts_what_is_true(client: Client, world: World) -> None:
    answer = client.get("/en/")
    text = answer.content.decode()
    assert "Disability certificates" in text
    assert "Aid stations" in text
    assert answer.context["registers"] == 2
    assert answer.context["agreements"] == 1
    assert answer.context["figures"].totals.answered == 0


def test_home_costs_the_same_whatever_the_number_of_registers(client: Client, world: World) -> None:
    client.get("/en/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/en/")
    hidden = world.unconditional
    hidden.current_revision = None
    hidden.save(update_fields=["current_revision"])
    with CaptureQueriesContext(connection) as fewer:
        client.get("/en/")
    assert len(few) == len(fewer)


def test_home_is_calm_before_anything_is_published(client: Client, founded: None) -> None:
    answer = client.get("/en/")
    assert answer.status_code == 200
    assert "Newest registers" not in answer.content.decode()


def test_status_names_a_register_that_does_not_answer_and_why_nothing_else(client: Client, world: World) -> None:
    assert "Every register answers." in client.get("/en/status").content.decode()
    actions.take_offline(world.conditional, reason="Moving to a new hall", acting_user=world.person("publisher"))
    text = client.get("/en/status").content.decode()
    assert "not answering now" in text
    assert "Disability certificates" in text


def test_status_says_so_when_the_acts_do_not_verify(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit import acts
    from audit.errors import PolicyRollback

    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise PolicyRollback("The acts do not verify.")

    monkeypatch.setattr(acts, "standing", refuse)
    text = client.get("/en/status").content.decode()
    assert "POLICY_ROLLBACK" in text
    assert "Nothing is given out" in text
    assert client.get("/en/").status_code == 200
    page = client.get("/en/catalog/R14")
    assert page.status_code == 200
    assert page.context["sample"].rows == ()


def test_pages_forbid_inline_scripts_and_frames(client: Client, founded: None) -> None:
    policy = client.get("/en/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors" in policy
