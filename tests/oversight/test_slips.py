"""Proof slips and the file to take away: proved by audit/proof alone, whole or not at all, and about nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from audit import acts, sequencer
from audit.errors import Missing, Unavailable
from audit.ground import log_origin
from audit.models import Blob, Entry, SubjectKey
from audit.proof.canonical import loads
from audit.proof.keys import Use
from audit.proof.merkle import ProofError
from audit.proof.note import NoteError
from audit.proof.slip import ProvedList, verify_list, verify_slip
from audit.subjects import blind_of
from exchange.oversight.access_records.recount import recount
from exchange.oversight.slips import make_slip, take_away
from tests.delivery.wire_caller import Caller
from tests.oversight.citizens import GRADE, VALID, looked_up, subject
from tests.portal.auditor_log import merge
from tests.world import World
from tests.world_data import SUBJECTS


def keys(use: Use) -> dict[str, bytes]:
    held = (item.certificate for item in acts.standing().certificates.values())
    return {certificate.keyid: certificate.public_key for certificate in held if certificate.use is use}


def log_key() -> bytes:
    return next(iter(keys(Use.HUB_LOG).values()))


def proved(document: Any) -> Any:
    return verify_slip(document, log=log_origin(), log_key=log_key())


def proved_list(document: Any) -> ProvedList:
    return verify_list(document, log=log_origin(), log_key=log_key(), answer_keys=keys(Use.HUB_ANSWER))


def taken(number: int = 0) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(b"".join(take_away(subject(number))))
    return document


def test_every_line_has_a_slip_that_proves_it_offline(world: World) -> None:
    looked_up(world)
    for entry in recount(subject()).entries:
        slip = proved(json.loads(json.dumps(make_slip(subject(), entry))))
        assert slip.entry.index == entry
        assert [person["id"] for person in slip.persons] == [SUBJECTS[0]]
        assert slip.entry.opened["route"]["requester"] == "CAB"


def test_a_slip_names_nobody_else_of_the_same_batch(world: World) -> None:
    looked_up(world)
    others = [*SUBJECTS[1:], *(blind_of("person", other).hex() for other in SUBJECTS[1:])]
    for entry in recount(subject()).entries:
        document = make_slip(subject(), entry)
        text = json.dumps(document) + "".join(_opened_texts(document))
        assert not [other for other in others if other in text]


def _opened_texts(document: Any) -> list[str]:
    from audit.proof.canonical import unb64url

    texts = [*document["disclosures"], *(part["disclosure"] for part in document["persons"])]
    return [unb64url(text).decode() for text in texts]


def test_there_is_no_slip_of_anothers_line(world: World) -> None:
    looked_up(world, 1)
    for entry in range(Entry.objects.count() + 1):
        if entry not in recount(subject()).entries:
            with pytest.raises(Missing):
                make_slip(subject(), entry)


def test_a_line_that_is_not_under_a_root_yet_says_so(world: World) -> None:
    looked_up(world)
    Caller("CAB-relief").verify(world.agreement.agreement_id, SUBJECTS[0], VALID)
    from audit.models import LogHead

    published = LogHead.objects.get().published_size
    sequencer.sequence_once()
    LogHead.objects.update(published_size=published)
    with pytest.raises(Unavailable, match="not proved yet"):
        make_slip(subject(), Entry.objects.count() - 1)


def test_where_a_neighbours_part_is_gone_no_slip_pretends_to_prove(world: World) -> None:
    looked_up(world)
    SubjectKey.objects.filter(blind=blind_of("person", SUBJECTS[1])).delete()
    batch = recount(subject()).entries[-2]
    with pytest.raises(Unavailable, match="cannot be proved"):
        make_slip(subject(), batch)
    assert batch in proved_list(taken()).unproved


def _changed(text: str) -> str:
    return text[:20] + ("A" if text[20] != "A" else "B") + text[21:]


SLIP_CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "entry": lambda slip: slip.update(entry=_changed(slip["entry"])),
    "disclosure": lambda slip: slip["disclosures"].__setitem__(0, _changed(slip["disclosures"][0])),
    "disclosure left out": lambda slip: slip["disclosures"].pop(),
    "person": lambda slip: slip["persons"][0].update(disclosure=_changed(slip["persons"][0]["disclosure"])),
    "place": lambda slip: slip["persons"][0].update(position=slip["persons"][0]["position"] + 1),
    "path": lambda slip: slip["persons"][0].update(path=["sha256:" + "0" * 64]),
    "index": lambda slip: slip.update(index=slip["index"] - 1),
    "proof": lambda slip: slip["proof"].update(path=slip["proof"]["path"][1:]),
    "checkpoint": lambda slip: slip.update(checkpoint=slip["checkpoint"].replace("— ", "– ")),
    "log": lambda slip: slip.update(log="elsewhere"),
    "member": lambda slip: slip.update(more=1),
    "form": lambda slip: slip.update(form="entry"),
}


@pytest.mark.parametrize("name", SLIP_CHANGES)
def test_a_changed_slip_proves_nothing(world: World, name: str) -> None:
    looked_up(world)
    document = json.loads(json.dumps(make_slip(subject(), recount(subject()).entries[-1])))
    proved(document)
    SLIP_CHANGES[name](document)
    with pytest.raises((ProofError, NoteError)):
        proved(document)


def test_a_person_of_another_entry_proves_nothing(world: World) -> None:
    looked_up(world)
    first, second = (json.loads(json.dumps(make_slip(subject(), entry))) for entry in recount(subject()).entries[:2])
    first["persons"] = second["persons"]
    with pytest.raises(ProofError):
        proved(first)


def test_the_file_holds_every_line_in_the_order_of_the_log_and_verifies_offline(world: World) -> None:
    looked_up(world)
    looked_up(world, 2)
    found = proved_list(taken())
    assert tuple(slip.entry.index for slip in found.slips) == recount(subject()).entries
    assert not found.unproved
    assert found.statement["subject"] == {"kind": "person", "id": SUBJECTS[0]}
    told = taken()["lines"][0]["told"]
    assert told["en"].startswith("On ")
    assert "民政局" in told["zh"]


def test_the_file_is_about_nobody_else(world: World) -> None:
    looked_up(world)
    document = taken()
    text = json.dumps(document) + "".join(text for line in document["lines"] for text in _opened_texts(line["slip"]))
    assert not [other for other in SUBJECTS[1:] if other in text]


LIST_CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "a line taken away": lambda file: file["lines"].pop(1),
    "a line doubled": lambda file: file["lines"].insert(0, file["lines"][0]),
    "lines in another order": lambda file: file["lines"].reverse(),
    "a sentence": lambda file: file["lines"][0]["told"].update(en="Nothing happened."),
    "a slip": lambda file: SLIP_CHANGES["person"](file["lines"][0]["slip"]),
    "a slip taken out": lambda file: file["lines"][0].update(slip=None),
    "the person": lambda file: file["statement"]["subject"].update(id=SUBJECTS[1]),
    "the size": lambda file: file["statement"].update(size=file["statement"]["size"] + 1),
    "the time": lambda file: file["statement"].update(made_at="2020-01-01T00:00:00Z"),
    "the hash": lambda file: file.update(lines_hash="sha256:" + "0" * 64),
    "the signature": lambda file: file["signature"].update(value=_changed(file["signature"]["value"])),
    "the signer": lambda file: file["signature"].update(keyid="hub/log-1"),
    "a member": lambda file: file.update(more=1),
}


@pytest.mark.parametrize("name", LIST_CHANGES)
def test_a_changed_file_is_noticed(world: World, name: str) -> None:
    looked_up(world)
    document = taken()
    proved_list(document)
    LIST_CHANGES[name](document)
    with pytest.raises((ProofError, NoteError)):
        proved_list(document)


def test_each_line_alone_is_noticed_when_it_is_changed(world: World) -> None:
    looked_up(world)
    whole = json.dumps(taken())
    for place in range(len(json.loads(whole)["lines"])):
        document = json.loads(whole)
        document["lines"][place]["told"]["zh"] += "。"
        with pytest.raises(ProofError, match="changed, added or taken away"):
            proved_list(document)


def test_another_persons_slip_does_not_pass_even_with_the_hubs_signature(world: World) -> None:
    """Whoever held the hub's answer key could sign anything; a line about somebody else still shows."""
    from audit.proof.slip import write_list
    from audit.signers import hub_signer

    looked_up(world)
    looked_up(world, 1)
    document, stranger = taken(0), taken(1)
    strange = [{**stranger["lines"][0], "slip": stranger["lines"][0]["slip"]}]
    statement = {**document["statement"]}
    signer, keys = hub_signer(Use.HUB_ANSWER), document["keys"]
    raw = b"".join(write_list(signer, statement=statement, keys=keys, lines=strange, signed_at="2026-11-21T00:00:00Z"))
    with pytest.raises(ProofError, match="somebody else"):
        proved_list(json.loads(raw))


def test_the_file_is_strict_json_and_somebody_without_lines_gets_an_empty_one(world: World) -> None:
    merge()
    raw = b"".join(take_away(subject(19)))
    assert proved_list(loads(raw)).count == 0


def test_a_damaged_line_is_in_the_file_and_said_to_be_unproved(world: World) -> None:
    looked_up(world)
    entry = recount(subject()).entries[0]
    Blob.objects.filter(pk=Entry.objects.get(index=entry).blob_id).update(body=b"[]")
    found = proved_list(taken())
    assert found.unproved == (entry,)


def test_a_person_named_twice_in_one_call_has_both_places_proved(world: World) -> None:
    Caller("CAB-relief").call(world.agreement.agreement_id, "batch", subjects=[SUBJECTS[0], SUBJECTS[1], SUBJECTS[0]], facts=[VALID, GRADE])
    merge()
    (entry,) = recount(subject()).entries
    assert len(proved(make_slip(subject(), entry)).persons) == 2
