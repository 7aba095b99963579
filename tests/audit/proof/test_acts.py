"""The chain: whoever holds the database may insert, edit, delete, reorder, replay or cut, and obtains nothing."""

import json
from dataclasses import replace

import pytest

from audit.proof.acts import (
    AuthorityError,
    Ground,
    StoredAct,
    agreement_id,
    check_order,
    empty,
    extend,
    next_act,
    seal_act,
)
from audit.proof.canonical import Document, dumps, loads
from audit.proof.keys import sign_document
from tests.audit.proof.charter import (
    AT,
    CAB,
    COUNTER,
    DATA,
    GROUND,
    HUB,
    LATER,
    PSB,
    ROOT,
    Charter,
    agree,
    agreement,
    code_of,
    founded,
    key,
    order,
    reason,
    resealed,
    signed,
    signer,
)


def read(stored: StoredAct) -> Document:
    document: Document = loads(stored.raw)
    return document


def test_the_founding_acts_give_departments_systems_and_a_dataset() -> None:
    standing = founded().standing
    assert standing.head.seq == 7
    assert standing.departments == {"PSB", "CAB", "DATA"}
    assert standing.systems == {"CAB-affairs": "CAB", "psb-registry": "PSB"}
    assert standing.datasets == {"R01": "PSB"}
    assert standing.versions["R01"].version["major"] == 1
    assert standing.certificates["CAB-affairs/request-1"].issuer_keyid == "CAB/document-1"
    assert standing.certificates["hub/counter-1"].department == "hub"


def test_extending_in_one_or_many_steps_gives_the_same_standing() -> None:
    charter = founded()
    agree(charter)
    in_one = extend(empty(GROUND), charter.acts)
    in_many = empty(GROUND)
    for stored in charter.acts:
        in_many = extend(in_many, [stored])
    assert in_one == in_many == charter.standing


def test_extending_leaves_the_old_standing_as_it_was() -> None:
    charter = founded()
    before, count = charter.standing, len(charter.standing.nonces)
    agree(charter)
    assert before.head.seq == 7
    assert len(before.nonces) == count
    assert not before.agreements
    with pytest.raises(TypeError):
        charter.standing.agreements["x"] = None  # type: ignore[index]


def test_after_a_refused_act_the_standing_serves_on() -> None:
    charter = founded()
    good = charter.seal(*sealed_revoke(charter))
    bad = replace(good, raw=good.raw + b" ")
    with pytest.raises(AuthorityError):
        extend(charter.standing, [bad])
    assert extend(charter.standing, [good]).head.seq == charter.standing.head.seq + 1


def sealed_revoke(charter: Charter) -> tuple[Document, list[Document]]:
    document = order("revoke", target=agree(charter), reason=reason())
    return document, signed(document, ("requester", CAB))


# --- bytes and places -------------------------------------------------------------------------------------------


def test_an_edited_act_is_named() -> None:
    charter = founded()
    agree(charter)
    act = read(charter.acts[7])
    act["order"]["agreement"]["items"].append("born_on")  # type: ignore[index,call-overload,union-attr]
    charter.acts[7] = resealed(charter.acts[7], act)
    with pytest.raises(AuthorityError) as caught:
        extend(empty(GROUND), charter.acts)
    assert (caught.value.seq, caught.value.code) == (8, "HUB_SIGNATURE")


def test_an_act_resealed_with_a_stolen_counter_key_still_needs_its_parties() -> None:
    """The counter key is online. Whoever steals it can number acts, and cannot speak for a department."""
    charter = founded()
    agree(charter)
    act = read(charter.acts[7])
    act["order"]["agreement"]["items"].append("district")  # type: ignore[index,call-overload,union-attr]
    assert code_of(empty(GROUND), [*charter.acts[:7], seal_act(COUNTER, act)]) == "SIGNATURE"


def test_a_deleted_act_is_noticed() -> None:
    charter = founded()
    agree(charter)
    for place in range(len(charter.acts) - 1):
        assert code_of(empty(GROUND), charter.acts[:place] + charter.acts[place + 1 :]) in {
            "SEQUENCE",
            "HUB_SIGNATURE",
            "KEY_UNKNOWN",
        }


def test_a_deleted_act_with_the_rest_renumbered_is_noticed() -> None:
    """Even resealed with the counter key: `prev` of the next act would have to change, and is signed with it."""
    charter = founded()
    target = agree(charter)
    charter.add(order("revoke", target=target, reason=reason()), ("provider", PSB))
    charter.add(order("restrict", dataset="R01", item="grade", reason="x"), ("provider", PSB))
    without = read(charter.acts[9]) | {"seq": 9}
    assert code_of(empty(GROUND), [*charter.acts[:8], resealed(charter.acts[9], without)]) == "CHAIN"


def test_reordered_acts_are_noticed() -> None:
    charter = founded()
    acts = list(charter.acts)
    acts[4], acts[5] = acts[5], acts[4]
    assert code_of(empty(GROUND), acts) == "SEQUENCE"


def test_an_act_taken_twice_is_noticed() -> None:
    charter = founded()
    assert code_of(charter.standing, [charter.acts[-1]]) == "SEQUENCE"


def test_an_inserted_act_without_a_hub_signature_is_refused() -> None:
    charter = founded()
    document = order("agree", agreement=agreement())
    stored = charter.seal(document, signed(document, ("provider", PSB), ("requester", CAB)))
    for by in (PSB, signer("PSB/unknown"), signer("hub/counter-2")):
        forged = sign_document(by, kind="act", document=read(stored), role="hub", signed_at=AT)
        assert code_of(charter.standing, [replace(stored, hub_signature=forged)]) in {"HUB_SIGNATURE", "KEY_UNKNOWN"}


def test_the_hub_signature_must_be_in_the_role_of_the_hub() -> None:
    charter = founded()
    document = order("agree", agreement=agreement())
    stored = charter.seal(document, signed(document, ("provider", PSB), ("requester", CAB)))
    wrong = sign_document(COUNTER, kind="act", document=read(stored), role="provider", signed_at=AT)
    assert code_of(charter.standing, [replace(stored, hub_signature=wrong)]) == "HUB_SIGNATURE"


@pytest.mark.parametrize("stored", [{}, {"value": "x"}, None, [], "text"])
def test_a_hub_signature_that_is_none_is_refused(stored: object) -> None:
    charter = founded()
    assert code_of(empty(GROUND), [replace(charter.acts[0], hub_signature=stored)]) == "HUB_SIGNATURE"  # type: ignore[arg-type]


def test_a_chain_that_was_cut_lacks_the_head_of_the_second_copy() -> None:
    charter = founded()
    agree(charter)
    head = charter.standing.head
    cut = extend(empty(GROUND), charter.acts[:-1])
    with pytest.raises(AuthorityError) as caught:
        cut.require_head(*head)
    assert caught.value.code == "TRUNCATED"
    charter.standing.require_head(*head)
    charter.standing.require_head(*cut.head)
    empty(GROUND).require_head(0, "")


def test_a_chain_that_was_cut_and_grew_again_is_another_chain() -> None:
    charter = founded()
    agree(charter)
    head = charter.standing.head
    forked = founded()
    agree(forked)
    with pytest.raises(AuthorityError) as caught:
        forked.standing.require_head(*head)
    assert caught.value.code == "FORKED"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SEQUENCE", {"seq": 7}),
        ("SEQUENCE", {"seq": 9}),
        ("SEQUENCE", {"seq": True}),
        ("CHAIN", {"prev": None}),
        ("CHAIN", {"prev": "sha256:" + "0" * 64}),
        ("TIME", {"at": "2026-11-20T07:59:59Z"}),
        ("TIME", {"at": "2026-11-20 08:00:00"}),
        ("TIME", {"at": 7}),
        ("SHAPE", {"v": 2}),
        ("SHAPE", {"v": True}),
        ("SHAPE", {"more": 1}),
        ("SIGNERS", {"signatures": []}),
        ("SIGNERS", {"signatures": None}),
        ("SIGNATURE", {"signatures": ["x"]}),
        ("SHAPE", {"order": None}),
        ("TYPE", {"order": {"type": "grant_everything"}}),
    ],
)
def test_a_falsified_act_is_refused_even_under_the_counter_key(code: str, changes: dict[str, object]) -> None:
    charter = founded()
    document = order("agree", agreement=agreement())
    act: Document = {
        "v": 1,
        "seq": 8,
        "prev": charter.standing.head.hash,
        "at": AT,
        "order": document,
        "signatures": signed(document, ("provider", PSB), ("requester", CAB)),  # type: ignore[dict-item]
        **changes,  # type: ignore[dict-item]
    }
    raw = dumps(act)
    try:
        sealed = seal_act(COUNTER, act)
    except ValueError:  # a time that nobody can sign at
        signature = sign_document(COUNTER, kind="act", document=act, role="hub", signed_at=AT)
        sealed = StoredAct(raw, signature)
    assert code_of(charter.standing, [sealed]) == code


def test_bytes_that_are_not_canonical_are_refused() -> None:
    charter = founded()
    stored = charter.acts[0]
    loose = json.dumps(json.loads(stored.raw)).encode()
    assert code_of(empty(GROUND), [replace(stored, raw=loose)]) == "BYTES"
    assert code_of(empty(GROUND), [replace(stored, raw=b"{")]) == "BYTES"
    assert code_of(empty(GROUND), [replace(stored, raw=b'{"v":1,"v":1}')]) == "BYTES"


# --- other hubs, other grounds ----------------------------------------------------------------------------------


def test_the_chain_of_another_root_is_refused() -> None:
    other = Ground(hub=HUB, root=signer("x/other-root").public_key, authority="DATA")
    assert code_of(empty(other), founded().acts) == "SIGNATURE"


def test_the_chain_of_another_hub_is_refused() -> None:
    other = Ground(hub="other.example/log", root=ROOT.public_key, authority="DATA")
    assert code_of(empty(other), founded().acts) == "OTHER_HUB"


@pytest.mark.parametrize("inner", [True, False])
def test_what_was_signed_for_another_hub_does_not_serve_here(inner: bool) -> None:
    charter = founded()
    document = order("agree", agreement=agreement(hub="other.example/log" if inner else HUB))
    if not inner:
        document["hub"] = "other.example/log"
    stored = charter.seal(document, signed(document, ("provider", PSB), ("requester", CAB)))
    assert code_of(charter.standing, [stored]) == "OTHER_HUB"


def test_an_order_serves_once() -> None:
    """A suspension that was resumed must not come back by replaying its order."""
    charter = founded()
    target = agree(charter)
    suspension = order("suspend", target=target, reason=reason())
    act_hash = charter.add(suspension, ("authority", DATA))
    resumption = order("resume", target=target, suspend=act_hash, reason=reason())
    charter.add(resumption, ("authority", DATA))
    again = charter.seal(suspension, signed(suspension, ("authority", DATA)))
    assert code_of(charter.standing, [again]) == "REPLAYED"


# --- before an act is appended ----------------------------------------------------------------------------------


def test_an_order_is_judged_before_it_is_appended() -> None:
    charter = founded()
    document = order("agree", agreement=agreement())
    signatures = signed(document, ("provider", PSB), ("requester", CAB))
    check_order(charter.standing, document, signatures, AT)
    act = next_act(charter.standing, order=document, signatures=signatures, at=LATER)
    after = extend(charter.standing, [seal_act(COUNTER, act)])
    assert after.head.seq == 8
    assert after.agreements[agreement_id(document["agreement"])].signers == {  # type: ignore[arg-type]
        "provider": "PSB/document-1",
        "requester": "CAB/document-1",
    }
    with pytest.raises(AuthorityError) as caught:
        check_order(charter.standing, document, signatures[:1], AT)
    assert (caught.value.seq, caught.value.code) == (8, "SIGNERS")
    with pytest.raises(AuthorityError):
        check_order(after, order("agree", agreement=agreement()), signatures, AT)
    other = order("agree", agreement=agreement())
    with pytest.raises(AuthorityError) as caught:
        check_order(after, other, signed(other, ("provider", PSB), ("requester", CAB)), AT)
    assert caught.value.code == "TIME"


def test_a_text_that_reads_differently_than_it_is_gets_no_act() -> None:
    charter = founded()
    document = order("agree", agreement=agreement(legal_basis=[{"text": "a\u202eb", "article": "1"}]))
    with pytest.raises(AuthorityError, match="invisible"):
        check_order(charter.standing, document, [], AT)


DAMAGE: tuple[object, ...] = (None, 0, -1, True, "", "x", [], {}, [None], {"in": []}, "*")


def test_damaged_orders_raise_nothing_but_authority_errors() -> None:
    """Every node of a good act, replaced by each of a few values: always refused, and always in words."""
    charter = founded()
    document = order("agree", agreement=agreement())
    good: Document = loads(charter.seal(document, signed(document, ("provider", PSB), ("requester", CAB))).raw)
    for path in paths(good):
        for value in DAMAGE:
            damaged = json.loads(json.dumps(good))
            place = damaged
            for step in path[:-1]:
                place = place[step]
            if place[path[-1]] == value and type(place[path[-1]]) is type(value):
                continue
            place[path[-1]] = value
            signature = sign_document(COUNTER, kind="act", document=damaged, role="hub", signed_at=AT)
            with pytest.raises(AuthorityError):
                extend(charter.standing, [StoredAct(dumps(damaged), signature)])


def paths(node: object, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found: list[tuple[str | int, ...]] = []
    for name, child in children:
        # `role` and `signed_at` stand outside the signed bytes; a role is judged by its certificate, see test_acts_keys.
        if name != "signed_at":
            found += [(*before, name), *paths(child, (*before, name))]
    return found


def test_a_second_counter_key_takes_over_and_act_one_certifies_the_first() -> None:
    charter = founded()
    second = signer("hub/counter-2")
    charter.add(key(second, "hub-counter", custody="hub"), ("root", ROOT))
    document = order("agree", agreement=agreement())
    act = read(charter.seal(document, signed(document, ("provider", PSB), ("requester", CAB))))
    assert extend(charter.standing, [seal_act(second, act)]).head.seq == 9
    first = Charter()
    document = key(PSB, "document")
    assert code_of(first.standing, [first.seal(document, signed(document, ("root", ROOT)))]) == "KEY_UNKNOWN"


def test_a_lost_counter_key_is_replaced_by_the_root() -> None:
    """The act that certifies a new counter may be sealed by it, as act 1 is; without root it may not."""
    charter = founded()
    charter.add(order("revoke_key", keyid="hub/counter-1", reason={"en": "lost", "zh": "遗失"}), ("root", ROOT))
    second = signer("hub/counter-2")
    document = key(second, "hub-counter", custody="hub")
    act = read(charter.seal(document, signed(document, ("root", ROOT))))
    assert code_of(charter.standing, [seal_act(COUNTER, act)]) == "KEY_REVOKED"
    assert extend(charter.standing, [seal_act(second, act)]).head.seq == 9
    early = key(signer("hub/counter-3"), "hub-counter", custody="hub", not_before=LATER)
    too_early = read(charter.seal(early, signed(early, ("root", ROOT))))
    assert code_of(charter.standing, [seal_act(signer("hub/counter-3"), too_early)]) == "HUB_SIGNATURE"
    forged = read(charter.seal(document, signed(document, ("root", DATA))))
    assert code_of(charter.standing, [seal_act(second, forged)]) == "SIGNERS"
