"""Entries and disclosures: exact bytes, RFC 9901 digests, and what must not pass for one."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.canonical import b64url, dumps
from audit.proof.disclosure import (
    DisclosureError,
    build_entry,
    check_persons,
    compose_entry,
    decoy,
    digest,
    disclosure,
    message_value,
    minute,
    open_disclosure,
    open_disclosures,
    parse_entry,
    persons_root,
    subject_value,
)

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "disclosures.json").read_text())
TS = "2026-11-20T22:46Z"
SALT = "_26bc4LT-ac6q2KI6cBW5es"
DIGESTS = sorted(digest(name) for name in ("a", "b", "c", "d"))


def test_the_published_disclosure_and_digest() -> None:
    assert disclosure(VECTORS["salt"], VECTORS["name"], VECTORS["value"]) == VECTORS["without_spaces"]
    assert digest(VECTORS["with_spaces"]) == VECTORS["digest_with_spaces"]
    assert open_disclosure(VECTORS["without_spaces"]) == (VECTORS["salt"], VECTORS["name"], VECTORS["value"])


def test_an_entry_has_exactly_these_bytes() -> None:
    raw = build_entry(kind="x", ts=TS, digests=reversed(DIGESTS))
    assert raw == dumps({"v": 1, "t": "x", "ts": TS, "_sd": DIGESTS})
    entry = parse_entry(raw)
    assert (entry.kind, entry.ts, list(entry.digests)) == ("x", TS, DIGESTS)


@pytest.mark.parametrize("count", range(5))
def test_absent_digests_are_decoys_that_nobody_can_tell(count: int) -> None:
    first, second = (json.loads(build_entry(kind="tally", ts=TS, digests=DIGESTS[:count]))["_sd"] for _ in range(2))
    assert len(set(first)) == 4
    assert set(first) & set(second) == set(DIGESTS[:count])
    assert first == sorted(first)
    assert {len(text) for text in first} == {43}
    assert {len(base64.urlsafe_b64decode(text + "=")) for text in first} == {32}


@pytest.mark.parametrize(("kind", "count"), [("act", 1), ("", 1), ("index", 1), ("x", 5)])
def test_no_other_entries_are_built(kind: str, count: int) -> None:
    with pytest.raises(DisclosureError):
        build_entry(kind=kind, ts=TS, digests=[decoy() for _ in range(count)])


@pytest.mark.parametrize("kind", ["x", "tally", "index", "witness", "shard"])
def test_reserved_kinds_are_read(kind: str) -> None:
    assert parse_entry(dumps({"v": 1, "t": kind, "ts": TS, "_sd": DIGESTS})).kind == kind


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"v": True},
        {"t": "act"},
        {"ts": "2026-11-20T22:46:00Z"},
        {"ts": "2026-13-20T22:46Z"},
        {"ts": "2026-11-20T24:46Z"},
        {"_sd": DIGESTS[:3]},
        {"_sd": [*DIGESTS, DIGESTS[0]]},
        {"_sd": DIGESTS[::-1]},
        {"_sd": [DIGESTS[0], DIGESTS[0], DIGESTS[1], DIGESTS[2]]},
        {"_sd": [*DIGESTS[:3], DIGESTS[3][:42]]},
        {"_sd": [*DIGESTS[:3], "z" * 42 + "B"]},
        {"subject": "51010019900101123X"},
    ],
    ids=str,
)
def test_other_bytes_are_no_entry(changed: dict[str, Any]) -> None:
    with pytest.raises(DisclosureError):
        parse_entry(dumps({"v": 1, "t": "x", "ts": TS, "_sd": DIGESTS} | changed))


def test_an_entry_has_one_spelling() -> None:
    raw = build_entry(kind="x", ts=TS, digests=DIGESTS)
    for wrong in (b"", raw[:-1], raw + b"\n", b" " + raw, raw.replace(b":", b": ", 1), raw.replace(b'"v":1', b'"v":1,"v":1')):
        with pytest.raises(DisclosureError):
            parse_entry(wrong)


@given(st.integers(0, 2**41))
def test_minutes_are_utc_and_cut_off(milliseconds: int) -> None:
    shown = minute(milliseconds)
    assert shown <= minute(milliseconds + 1)
    assert minute(milliseconds // 60_000 * 60_000) == shown


def test_a_minute_as_the_protocol_writes_it() -> None:
    assert minute(1_795_214_760_000) == minute(1_795_214_819_999) == TS
    assert minute(1_795_214_820_000) == "2026-11-20T22:47Z"


def test_a_composed_entry_lists_its_parts_and_commits_to_them() -> None:
    message = message_value(request="sha256:aa", signature="c2ln", answer="sha256:bb")
    persons = [disclosure(SALT, "person", {"id": "p"})]
    raw, texts = compose_entry(kind="x", ts=TS, route={"type": "exchange"}, persons=persons, message=message)
    opened = open_disclosures(parse_entry(raw), texts)
    assert opened == {
        "route": {"type": "exchange", "parts": ["message", "route", "subject"]},
        "message": {"request": "sha256:aa", "signature": "c2ln", "answer": "sha256:bb"},
        "subject": {"n": 1, "root": persons_root(persons)},
    }


def test_two_entries_of_one_event_share_no_digest() -> None:
    first, second = (parse_entry(compose_entry(kind="x", ts=TS, route={"type": "view"})[0]) for _ in range(2))
    assert not set(first.digests) & set(second.digests)


def test_the_root_over_persons_is_that_of_rfc_6962() -> None:
    texts = [disclosure(SALT, "person", {"id": name}) for name in ("a", "b", "c")]
    leaves = [hashlib.sha256(b"\x00" + text.encode()).digest() for text in texts]
    left = hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest()
    assert subject_value(texts) == {"n": 3, "root": "sha256:" + hashlib.sha256(b"\x01" + left + leaves[2]).hexdigest()}


def test_persons_must_be_all_there_and_in_order() -> None:
    texts = [disclosure(SALT, "person", {"id": name}) for name in ("a", "b", "c")]
    subject = subject_value(texts)
    assert [person["id"] for person in check_persons(subject, texts)] == ["a", "b", "c"]
    for wrong in (texts[:2], [*texts, texts[0]], texts[::-1], [], [*texts[:2], disclosure(SALT, "person", {"id": "d"})]):
        with pytest.raises(DisclosureError):
            check_persons(subject, wrong)
    with pytest.raises(DisclosureError):
        check_persons(None, texts)


def test_a_disclosure_of_another_entry_or_a_second_of_one_name_is_refused() -> None:
    raw, texts = compose_entry(kind="x", ts=TS, route={"type": "view"})
    _, other = compose_entry(kind="x", ts=TS, route={"type": "view"})
    entry = parse_entry(raw)
    for wrong in (other, [*texts, *other], [*texts, *texts]):
        with pytest.raises(DisclosureError):
            open_disclosures(entry, wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        VECTORS["with_spaces"],
        VECTORS["without_spaces"] + "=",
        VECTORS["without_spaces"][:-1],
        b64url(b"{}"),
        b64url(dumps([SALT, "name"])),
        b64url(dumps([SALT, "name", 1, 2])),
        b64url(dumps(["short", "name", 1])),
        b64url(dumps([1, "name", 1])),
        b64url(dumps([SALT, 1, 1])),
        b64url(b'["' + SALT.encode() + b'","a",{"b":1,"b":2}]'),
        b64url(b'["' + SALT.encode() + b'","a",1.5]'),
    ],
)
def test_malformed_disclosures_are_refused(text: str) -> None:
    with pytest.raises(DisclosureError):
        open_disclosure(text)
