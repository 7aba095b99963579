"""EXPORT through the door: in the log before the first byte, exactly the agreed cells, collected by whoever opened it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import pytest

from audit.models import Pending
from audit.proof.canonical import fresh_nonce
from audit.trail import now_ms
from catalog import actions as catalog_actions
from exchange.accounts.subject import Subject
from exchange.delivery.exports import moves
from exchange.delivery.lists import was_on_list
from exchange.sharing.models import Agreement
from tests.delivery.export_caller import Exporter, made_here, manifest_of, the_delivery
from tests.world import World, agree, ask
from tests.world_data import SUBJECTS, UNKNOWN_SUBJECT

VALID = [subject for place, subject in enumerate(SUBJECTS) if place % 5]
TERMS: dict[str, Any] = {
    "items": ["person", "type", "grade", "valid_until"],
    "facts": {},
    "methods": ["EXPORT", "QUERY"],
    "row_filter": {"grade": {"in": [1, 2, 3]}},
    "per_day": 1000,
    "per_minute": 1000,
}


@pytest.fixture
def exporter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Exporter:
    if "real_child" not in request.fixturenames:
        made_here(monkeypatch)
    return Exporter("CAB-relief")


@pytest.fixture
def real_child() -> None:
    """Let a process of its own make the rows, as in the hub."""


def agreed(world: World, **terms: Any) -> Agreement:
    """An agreement on an export, in force."""
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, **{**TERMS, **terms})
    return agree(request, world.people, {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester})


INSIDE = [subject for place, subject in enumerate(SUBJECTS) if 1 + place % 4 < 4]


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


@pytest.mark.usefixtures("real_child")
def test_the_rows_are_exactly_the_agreed_ones(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    pulled = exporter.pull(export["addresses"]["data"])
    rows = rows_of(pulled.body)
    assert pulled.status == 200
    assert pulled.headers["content-length"] == str(len(pulled.body))
    assert sorted(row["person"] for row in rows) == sorted(INSIDE)
    assert export["rows"] == len(rows)
    assert list(rows[0]) == ["person", "type", "grade", "valid_until"]


def test_the_entry_is_durable_before_anything_is_prepared(world: World, exporter: Exporter) -> None:
    agreement = agreed(world)
    before = Pending.objects.count()
    reply = exporter.open(agreement.agreement_id, columns=["grade"])
    assert Pending.objects.count() == before + 1
    assert not moves.file_of(the_delivery(reply.body["export"]["id"])).exists()
    assert (reply.route["type"], reply.route["count"], reply.route["items"]) == ("export", len(INSIDE), ["grade"])
    assert (reply.route["format"], reply.route["export"]) == ("csv", reply.body["export"]["id"])
    assert not any(subject in str(reply.route) for subject in SUBJECTS)


def test_json_lines_say_of_each_person_what_a_query_answers(world: World, exporter: Exporter) -> None:
    agreement = agreed(world)
    export = exporter.prepared(agreement.agreement_id, format="jsonl")
    lines = [json.loads(line) for line in exporter.pull(export["addresses"]["data"]).body.splitlines()]
    assert {line["person"] for line in lines} == set(INSIDE)
    for subject in SUBJECTS:
        records = exporter.query(agreement.agreement_id, subject).body["answer"]["records"]
        assert [line for line in lines if line["person"] == subject] == records


def test_who_was_in_an_export_is_read_again_from_its_file(world: World, exporter: Exporter) -> None:
    route = exporter.open(agreed(world).agreement_id).route
    assert was_on_list(route, Subject("person", INSIDE[0])) is True
    assert was_on_list(route, Subject("person", SUBJECTS[3])) is False
    assert was_on_list(route, Subject("person", UNKNOWN_SUBJECT)) is False


def test_the_manifest_is_signed_and_fits_the_bytes(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    body = exporter.pull(export["addresses"]["data"]).body
    manifest = manifest_of(exporter.get(export["addresses"]["manifest"]))
    assert manifest["sha256"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert (manifest["bytes"], manifest["rows"], manifest["pieces"]) == (len(body), len(INSIDE), [manifest["sha256"]])
    assert manifest["receipt"] == the_delivery(export["id"]).leaf


def test_the_whole_export_is_collected_once_and_its_end_is_in_the_log(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    before = Pending.objects.count()
    exporter.pull(export["addresses"]["data"])
    exporter.pull(export["addresses"]["data"])
    assert the_delivery(export["id"]).state == "COLLECTED"
    assert Pending.objects.count() == before + 1


@pytest.mark.parametrize(
    ("asked", "status", "span"),
    [
        ("bytes=0-", 206, slice(0, None)),
        ("bytes=10-19", 206, slice(10, 20)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=5-100000", 206, slice(5, None)),
        ("bytes=9-5", 200, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("rows=1-2", 200, slice(None)),
    ],
)
def test_a_range_resumes(world: World, exporter: Exporter, asked: str, status: int, span: slice) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    whole = exporter.pull(export["addresses"]["data"]).body
    pulled = exporter.pull(export["addresses"]["data"], range=asked)
    assert (pulled.status, pulled.body) == (status, whole[span])


def test_a_range_after_the_end_is_416(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    assert exporter.pull(export["addresses"]["data"], range="bytes=100000-").status == 416


def test_the_same_key_finds_the_same_export_and_counts_nothing_twice(world: World, exporter: Exporter) -> None:
    agreement, key = agreed(world, per_day=len(INSIDE)), fresh_nonce()
    first = exporter.open(agreement.agreement_id, idempotency_key=key)
    again = exporter.open(agreement.agreement_id, idempotency_key=key)
    assert again.body["export"]["id"] == first.body["export"]["id"]
    assert (again.route["type"], again.route["count"]) == ("delivery", 0)
    assert exporter.open(agreement.agreement_id, idempotency_key=key, format="jsonl").code == "IDEMPOTENCY_KEY_USED"


def test_the_rows_are_counted_in_the_quota(world: World, exporter: Exporter) -> None:
    agreement = agreed(world, per_day=len(INSIDE) + 1)
    exporter.open(agreement.agreement_id)
    assert exporter.open(agreement.agreement_id).code == "QUOTA"
    assert not any(each.row_count == 0 for each in [the_delivery(exporter_id) for exporter_id in _numbers()])


def _numbers() -> list[str]:
    from exchange.delivery.models import Delivery

    return list(Delivery.objects.values_list("number", flat=True))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"columns": ["diagnosis"]}, "COLUMN_NOT_AGREED"),
        ({"columns": ["person", "person"]}, "MALFORMED"),
        ({"columns": []}, "MALFORMED"),
        ({"format": "xlsx"}, "MALFORMED"),
        ({"idempotency_key": None}, "MALFORMED"),
        ({"after": {"revision": "sha256:" + "0" * 64, "row": 0}}, "MALFORMED"),
        ({"where": "1=1"}, "MALFORMED"),
        ({"case": None}, "CASE_REQUIRED"),
        ({"purpose": "something_else"}, "PURPOSE_NOT_AGREED"),
    ],
)
def test_what_is_outside_the_agreement_is_refused_with_a_receipt(world: World, exporter: Exporter, body: dict[str, Any], code: str) -> None:
    reply = exporter.open(agreed(world).agreement_id, **body)
    assert (reply.code, reply.route["type"], _numbers()) == (code, "refusal", [])


def test_an_agreement_without_export_gives_none(world: World, exporter: Exporter) -> None:
    assert exporter.open(world.agreement.agreement_id).code == "METHOD_NOT_AGREED"


def test_a_register_that_is_offline_gives_none(world: World, exporter: Exporter) -> None:
    agreement = agreed(world)
    catalog_actions.take_offline(world.conditional, reason="Maintenance", acting_user=world.person("publisher"))
    assert exporter.open(agreement.agreement_id).code == "PROVIDER_DOWN"


def test_another_system_finds_no_export(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    before = Pending.objects.count()
    refused = Exporter("HSG-rental").pull(export["addresses"]["data"])
    assert (refused.status, json.loads(refused.body)["code"]) == (404, "NO_EXPORT")
    assert Pending.objects.count() == before + 1


def test_a_replayed_request_for_the_rows_gives_none(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    arrival = exporter.signed("GET", export["addresses"]["data"])
    from exchange.delivery.exports.door import Streaming, handle

    first = handle(arrival)
    assert isinstance(first, Streaming)
    first.stream.close()
    again = handle(arrival)
    assert again.status == 409


def test_the_requester_cancels_and_the_rows_are_gone(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    row = the_delivery(export["id"])
    assert moves.file_of(row).exists()
    told = exporter.reply(exporter.signed("POST", export["addresses"]["cancel"])).body["export"]
    assert (told["state"], moves.file_of(row).exists()) == ("CANCELLED", False)
    assert json.loads(exporter.pull(export["addresses"]["data"]).body)["code"] == "EXPORT_GONE"


def test_before_the_rows_are_ready_the_answer_says_so(world: World, exporter: Exporter) -> None:
    export = exporter.open(agreed(world).agreement_id).body["export"]
    assert json.loads(exporter.pull(export["addresses"]["data"]).body)["code"] == "EXPORT_NOT_READY"
    assert exporter.get(export["addresses"]["status"]).body["export"]["state"] == "PREPARING"


def test_after_its_day_an_export_is_over(world: World, exporter: Exporter) -> None:
    from datetime import timedelta

    from exchange.delivery.exports.preparing import end_when_due
    from exchange.delivery.models import Delivery

    export = exporter.prepared(agreed(world).agreement_id)
    row = the_delivery(export["id"])
    end_when_due(row.number, lambda progress: None)
    assert the_delivery(row.number).state == "READY"
    Delivery.objects.filter(pk=row.pk).update(expires_at=row.created_at - timedelta(hours=1))
    end_when_due(row.number, lambda progress: None)
    assert (the_delivery(row.number).state, moves.file_of(row).exists()) == ("EXPIRED", False)
    assert now_ms() > 0


def test_one_agreement_has_few_exports_open(world: World, exporter: Exporter) -> None:
    agreement = agreed(world)
    for _ in range(4):
        assert exporter.open(agreement.agreement_id).status == 202
    assert exporter.open(agreement.agreement_id).code == "EXPORTS_OPEN"


def test_what_is_kept_of_an_export_names_nobody(world: World, exporter: Exporter) -> None:
    from django.db import connection

    from audit.models import Blob

    export = exporter.prepared(agreed(world).agreement_id)
    exporter.pull(export["addresses"]["data"])
    kept = [bytes(body).decode() for body in Blob.objects.order_by("-pk")[:3].values_list("body", flat=True)]
    with connection.cursor() as cursor:
        for table in ("delivery_delivery", "catalog_work", "delivery_nonce"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608 - a table of ours
            kept += [str(row) for row in cursor.fetchall()]
    assert not any(subject in text for subject in SUBJECTS for text in [*kept, str(export)])


def test_an_agreement_on_facts_alone_exports_nothing(world: World, exporter: Exporter) -> None:
    agreement = agreed(world, items=[], facts={"valid": {}}, methods=["VERIFY", "EXPORT"], row_filter=None)
    assert exporter.open(agreement.agreement_id).code == "NOTHING_TO_GIVE"
    assert exporter.open(agreement.agreement_id, columns=["grade"]).code == "NOTHING_TO_GIVE"


def test_what_a_killed_process_left_is_swept(world: World, exporter: Exporter) -> None:
    import os

    from exchange.delivery.exports import making

    left, fresh = making.exports_folder() / "working-left", making.exports_folder() / "working-fresh"
    for folder in (left, fresh):
        folder.mkdir()
    os.utime(left, (1, 1))
    making.sweep(fresh.stat().st_mtime)
    assert (left.exists(), fresh.exists()) == (False, True)
    fresh.rmdir()
