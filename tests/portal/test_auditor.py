"""The log's pages: who may read them, what a search finds, that no person is named, that an entry is proved."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.ground import log_origin
from audit.models import Blob, Entry, EntryIndex
from audit.proof import entry_proof
from audit.proof.note import parse_verifier_key
from exchange.portal.auditor import listing
from tests.portal.auditor_log import calls, signed_in
from tests.world import World
from tests.world_data import SUBJECTS

PATHS = ("/en/audit", "/en/audit/entries/0", "/en/audit/entries/0/proof.json", "/en/audit/verify")


@pytest.fixture
def auditor(world: World) -> Client:
    return signed_in(world.person("auditor"))


def newest(kind: str) -> int:
    return int(EntryIndex.objects.filter(type=kind).latest("entry").entry)


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_led_to_the_sign_in(world: World, path: str) -> None:
    calls(world)
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/accounts/login/")


@pytest.mark.parametrize(
    ("name", "status"),
    [("auditor", 200), ("reviewer", 200), ("authority_admin", 200), ("asker", 403), ("approver", 403), ("outsider", 403)],
)
def test_auditors_and_the_authority_read_the_log_and_nobody_else(world: World, name: str, status: int) -> None:
    calls(world)
    browser = signed_in(world.person(name))
    assert {browser.get(path).status_code for path in PATHS} == {status}


def test_a_call_is_told_as_one_sentence_in_both_languages(world: World, auditor: Client) -> None:
    calls(world)
    english = auditor.get("/en/audit?type=exchange").content.decode()
    assert re.search(r"On \d+ \w+ 20\d\d at \d\d:\d\d the .+ asked the .+ for .+ of 1 subject, for .+\. Answered\.", english)
    refused = auditor.get("/en/audit?type=refusal").content.decode()
    assert "Refused: This purpose is not part of the agreement." in refused
    chinese = auditor.get("/zh-hans/audit?type=exchange").content.decode()
    assert re.search(r"20\d\d年\d+月\d+日\d\d:\d\d，.+向.+查询1 个数据主体的.+。已答复。", chinese)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("department=requester:CAB&type=exchange", True),
        ("department=provider:CAB&type=exchange", False),
        ("department=department:DPF&type=exchange", True),
        ("department=department:HSG&type=exchange", False),
        ("outcome=REFUSED", True),
        ("outcome=FAILED", False),
        ("purpose=disability_allowance&type=exchange", True),
        ("since=2000-01-01T00:00&type=exchange", True),
        ("until=2000-01-01T00:00&type=exchange", False),
        ("dataset=nonsense&type=exchange", True),  # a choice that is none filters nothing, and its field says so
    ],
)
def test_each_filter_narrows_what_is_listed(world: World, auditor: Client, query: str, found: bool) -> None:
    calls(world)
    page = auditor.get(f"/en/audit?{query}")
    assert bool(page.context["page"].lines) is found
    assert ("No entry meets this search" in page.content.decode()) is not found


def test_the_figures_are_those_of_the_filter(world: World, auditor: Client) -> None:
    calls(world, 3)
    totals = auditor.get("/en/audit").context["totals"]
    assert (totals.calls, totals.answered, totals.refused) == (4, 3, 1)
    assert auditor.get("/en/audit?outcome=REFUSED").context["totals"].calls == 1


def test_each_bar_leads_to_its_own_calls(world: World, auditor: Client) -> None:
    calls(world, 3)
    chart = auditor.get("/en/audit").context["chart"]
    led = [auditor.get(f"/en/audit{bar.url}").context["totals"].calls for bar in chart.bars if bar.url]
    assert led == [sum(bar.values) for bar in chart.bars if bar.url]
    assert sum(led) == 4


def test_cursors_lead_through_all_entries_and_back(world: World, auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls(world)
    monkeypatch.setattr(listing, "PAGE", 7)
    seen: list[int] = []
    cursor, pages = "", []
    while True:
        page = auditor.get(f"/en/audit?cursor={cursor}").context["page"]
        pages.append([line.row.entry for line in page.lines])
        seen += pages[-1]
        if not page.older:
            break
        cursor = page.older
    assert seen == sorted(EntryIndex.objects.values_list("entry", flat=True), reverse=True)
    back = auditor.get(f"/en/audit?cursor={page.newer}").context["page"]
    assert [line.row.entry for line in back.lines] == pages[-2]


@pytest.mark.parametrize("cursor", ["x", "b", "a99999999999999999999", "b-1", "²", "b²"])
def test_a_cursor_that_is_none_shows_the_newest_page(world: World, auditor: Client, cursor: str) -> None:
    calls(world)
    assert auditor.get("/en/audit", {"cursor": cursor}).status_code == 200


def test_a_page_of_many_lines_costs_as_many_queries_as_of_one(world: World, auditor: Client) -> None:
    calls(world, 12)
    counts = []
    for query in (f"type=exchange&since=2000-01-01T00:00&cursor=a{newest('exchange') - 1}", "type=exchange", "type="):
        auditor.get(f"/en/audit?{query}")
        with CaptureQueriesContext(connection) as captured:
            auditor.get(f"/en/audit?{query}")
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_no_page_names_a_person(world: World, auditor: Client) -> None:
    calls(world, len(SUBJECTS))
    paths = ["/en/audit", "/zh-hans/audit", *(f"/en/audit/entries/{row.entry}" for row in EntryIndex.objects.all())]
    accounts = [str(person.pk) for person in world.people.values()]
    for path in paths:
        page = auditor.get(path).content.decode()
        assert not [text for text in (*SUBJECTS, *accounts) if text in page], path


def test_an_entry_is_proved_on_its_page_and_by_the_file(world: World, auditor: Client, tmp_path: Any, capsys: Any) -> None:
    calls(world)
    index = newest("exchange")
    page = auditor.get(f"/en/audit/entries/{index}")
    assert "This entry stands in the log" in page.content.decode()
    assert "1 person is named in this entry." in page.content.decode()
    file = tmp_path / "proof.json"
    file.write_bytes(auditor.get(f"/en/audit/entries/{index}/proof.json").content)
    key = page.context["checked"].key
    assert parse_verifier_key(key)[0] == log_origin()
    assert entry_proof.main([str(file), "--key", key]) == 0
    assert f"Proved: entry {index} stands in the log" in capsys.readouterr().out
    document = json.loads(file.read_bytes())
    file.write_text(json.dumps({**document, "index": index + 1}))
    assert entry_proof.main([str(file), "--key", key]) == 1


def test_a_changed_entry_is_not_called_proved(world: World, auditor: Client) -> None:
    calls(world)
    index = newest("exchange")
    row = Entry.objects.get(index=index)
    Entry.objects.filter(index=index).update(raw=bytes(row.raw).replace(b'"x"', b'"y"'))
    page = auditor.get(f"/en/audit/entries/{index}").content.decode()
    assert "This entry could not be proved" in page
    assert "This entry stands in the log" not in page


def test_a_changed_disclosure_is_neither_told_nor_proved(world: World, auditor: Client) -> None:
    calls(world)
    index = newest("exchange")
    blob = Blob.objects.get(pk=Entry.objects.get(index=index).blob_id)
    body = json.loads(bytes(blob.body))
    for part in body:
        part["disclosures"] = [text[:-4] + "AAAA" for text in part["disclosures"]]
    Blob.objects.filter(pk=blob.pk).update(body=json.dumps(body).encode())
    assert "This entry could not be proved" in auditor.get(f"/en/audit/entries/{index}").content.decode()
    line = next(item for item in auditor.get("/en/audit?type=exchange").context["page"].lines if item.row.entry == index)
    assert line.is_damaged


def test_an_entry_that_is_not_there_is_not_found(world: World, auditor: Client) -> None:
    calls(world)
    assert auditor.get("/en/audit/entries/100000").status_code == 404
