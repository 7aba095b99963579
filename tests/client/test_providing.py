"""The provider's kit by itself: what it refuses before it reads, and what it refuses to sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hub_client.configuration import Configuration
from hub_client.errors import DataError, NetworkError
from hub_client.providing import Asked, Endpoint, Given, HubKeys, Nonces, Subject, described
from hub_client.providing.endpoint import MOST_RECORDS
from hub_client.providing.values import WrongValue, written
from hub_client.testing import FakeHub

from audit.proof.canonical import b64url, fresh_nonce
from audit.proof.keys import PemSigner, generate_private_key
from catalog.stores import ProviderFailed
from catalog.stores.checking import check_value
from tests.client.provider_asking import DESCRIPTION, DOCUMENT, PERSON, ROW, SIGNER, URL, WRITTEN, Asking, giving


def test_a_function_becomes_a_service_whose_answer_is_signed_and_holds_the_columns_asked() -> None:
    asking = Asking()

    @asking.endpoint.answers(DESCRIPTION)
    def register(subject: Subject, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        return [{**ROW, "更多": "not asked"}] if subject.id == PERSON else []

    others = [{"kind": "person", "id": PERSON}, {"kind": "person", "id": "other"}]
    status, body = asking.ask(question=asking.question(subjects=others))
    assert status == 200
    assert body["answers"] == [{"subject": others[0], "records": [WRITTEN]}, {"subject": others[1], "records": []}]
    assert asking.ask(question=asking.question(items=["等级"]))[1]["answers"][0]["records"] == [{"等级": 2}]


STRANGER = PemSigner("hub/answer-9", generate_private_key())


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"signer": STRANGER}, (401, "KEY_UNKNOWN")),
        ({"signer": PemSigner("hub/answer-1", generate_private_key())}, (401, "SIGNATURE_WRONG")),
        ({"url": "https://elsewhere.example/hub"}, (401, "SIGNATURE_WRONG")),
        ({"shift_s": -120}, (401, "STALE")),
        ({"shift_s": 3_600}, (401, "STALE")),
        ({"raw": b"{"}, (400, "NOT_JSON")),
        ({"raw": b" " * (2 * 1024 * 1024 + 1)}, (413, "TOO_LARGE")),
    ],
)
def test_what_is_not_the_hubs_or_not_of_now_is_not_read(how: dict[str, Any], code: tuple[int, str]) -> None:
    assert Asking().code(**how) == code


def test_the_same_signed_question_is_answered_once_also_after_a_restart(tmp_path: Path) -> None:
    asking = Asking(nonces=Nonces(tmp_path / "seen.sqlite"))
    assert asking.ask(nonce="n" * 22)[0] == 200
    assert asking.code(nonce="n" * 22) == (409, "REPLAYED")
    assert asking.ask(question=asking.question())[0] == 200
    again = Endpoint(URL, SIGNER, asking.keys, Nonces(tmp_path / "seen.sqlite"))
    asking.endpoint, again._answering = again, asking.endpoint._answering
    assert asking.code(nonce="n" * 22) == (409, "REPLAYED")


def test_memory_alone_accepts_nothing_older_than_itself() -> None:
    assert not Nonces(started=1_000).spend("k", "n", 999, 1_001)
    assert Nonces(started=1_000).spend("k", "n", 1_000, 1_001)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hub": "other.example/log"}, (403, "OTHER_HUB")),
        ({"dataset": "R99"}, (404, "DATASET_UNKNOWN")),
        ({"items": ["诊断"]}, (422, "NOT_DESCRIBED")),
        ({"subjects": [{"kind": "company", "id": "1"}]}, (422, "NOT_DESCRIBED")),
        ({"subjects": []}, (400, "WRONG_SHAPE")),
        ({"subjects": [{"kind": "person", "id": [PERSON]}]}, (400, "WRONG_SHAPE")),
        ({"subjects": [{"kind": ["person"], "id": PERSON}]}, (400, "WRONG_SHAPE")),
        ({"subjects": [{"kind": "person", "id": PERSON}] * 2}, (400, "WRONG_SHAPE")),
        ({"subjects": [{"kind": "person", "id": str(n)} for n in range(1_001)]}, (400, "WRONG_SHAPE")),
        ({"errand": "../etc"}, (400, "WRONG_SHAPE")),
        ({"v": 2}, (400, "WRONG_SHAPE")),
        ({"more": 1}, (400, "WRONG_SHAPE")),
    ],
)
def test_a_question_of_another_form_is_refused(changes: dict[str, Any], code: tuple[int, str]) -> None:
    asking = Asking()
    assert asking.code(question=asking.question(**changes)) == code


def test_a_signed_description_is_answered_under_its_own_version_alone() -> None:
    asking = Asking()
    signed = described({**DOCUMENT, "hub": asking.hub.keys.hub, "nonce": fresh_nonce()})
    asking.endpoint.answer_all(signed, lambda asked: Given({}))
    assert asking.code() == (409, "OTHER_VERSION")
    assert asking.ask(question=asking.question(version=signed.version))[0] == 200


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"等级": "2"}, "WRONG_TYPE"),
        ({"等级": 2.0}, "WRONG_TYPE"),
        ({"等级": True}, "WRONG_TYPE"),
        ({"类别": "other"}, "WRONG_TYPE"),
        ({"有效期": "2031-02-30"}, "WRONG_TYPE"),
        ({"金额": 12.5}, "WRONG_TYPE"),
        ({"金额": Decimal("NaN")}, "WRONG_TYPE"),
        ({"在世": 1}, "WRONG_TYPE"),
        ({"身份证号": None}, "WRONG_TYPE"),
        ({"身份证号": "another"}, "WRONG_SUBJECT"),
    ],
)
def test_what_the_description_does_not_say_is_not_signed(record: dict[str, Any], code: str) -> None:
    assert giving({**ROW, **record}).code() == (500, code)


def test_missing_columns_too_many_records_and_others_subjects_are_not_signed() -> None:
    assert giving({"身份证号": PERSON}).code() == (500, "WRONG_SHAPE")
    assert giving(*[ROW] * (MOST_RECORDS + 1)).code() == (500, "TOO_LARGE")
    assert Asking(lambda _asked: Given({Subject("person", "another"): []})).code() == (500, "WRONG_SUBJECT")
    later = datetime.now(UTC) + timedelta(hours=1)
    assert Asking(lambda _asked: Given({}, later)).code() == (500, "STALE")


def test_an_exception_is_a_status_and_its_text_is_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_asked: Asked) -> Given:
        raise LookupError(f"no row for {PERSON}")

    with caplog.at_level("INFO"):
        assert Asking(fails).code() == (500, "FUNCTION_FAILED")
    assert "LookupError at " in caplog.text
    assert PERSON not in caplog.text


VALUES: list[Any] = [
    None, "", "x", "x" * 10_001, "a\0b", "\ud800", 0, -1, 2**53, True, False, 1.5, "1", "-0", "0", "1.50", "1.5", "01", "1e5",
    "2031-12-31", "2031-13-01", "20311231", "2031-12-31T08:00:00Z", "2031-12-31T08:00:00+08:00", "2031-12-31T25:00:00Z", "visual", [], {},
]  # fmt: skip


@pytest.mark.parametrize("type_", ["identifier", "text", "integer", "decimal", "boolean", "date", "datetime", "code"])
@pytest.mark.parametrize("required", [True, False])
def test_the_kit_and_the_hub_judge_values_alike(type_: str, required: bool) -> None:
    item = {"name": "i", "type": type_, "required": required, "code_list": "kinds"}
    column = described(
        {**DOCUMENT, "items": [*DOCUMENT["items"], item], "column_mapping": {**DOCUMENT["column_mapping"], "i": "i"}}
    ).columns["i"]

    def accepted(call: Callable[[], Any]) -> bool:
        try:
            call()
        except (WrongValue, ProviderFailed):
            return False
        return True

    for value in VALUES:
        hub = accepted(lambda value=value: check_value(item, value, {"kinds": {"visual", "hearing"}}))  # type: ignore[misc]
        assert accepted(lambda value=value: written(column, value)) == hub, value  # type: ignore[misc]


def test_the_hubs_keys_are_kept_and_a_stranger_cannot_make_us_ask_for_them_often() -> None:
    now, hub, asked = [1_000_000_000.0], FakeHub(), [0]

    def counted(document: dict[str, Any]) -> dict[str, Any]:
        asked[0] += 1
        return document

    hub.lie_keys = counted
    known = Configuration(base_url=hub.address, authority_root=b64url(hub.keys.root), log_origin=hub.keys.hub)
    keys = HubKeys(known, hub, lambda: now[0])
    for n in range(50):
        with pytest.raises(DataError):
            keys.public_key(f"hub/answer-{n + 5}")
    assert asked[0] == 1
    now[0] += 61
    with pytest.raises(DataError):
        keys.public_key("hub/answer-5")
    assert asked[0] == 2


def test_without_the_hubs_keys_nothing_is_answered() -> None:
    asking = Asking()
    asking.hub.unreachable = 5
    assert asking.code() == (503, "NO_KEYS")
    with pytest.raises(NetworkError):
        asking.keys.known()
