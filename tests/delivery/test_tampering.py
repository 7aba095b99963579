"""Somebody with write access to the database changes rows behind the program's back: nothing is ever delivered by it.

Each change is tried twice: while the process runs, and in a process that starts afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from audit import acts, authority, ceremony, copy
from audit.models import Act
from audit.proof.canonical import dumps, fresh_nonce, loads
from audit.proof.keys import Custody, Use, generate_private_key, key_order, public_key_of
from catalog import actions as catalog_actions
from catalog.models import DataItem, Dataset, DatasetVersion, Fact, Key, System
from exchange.delivery import counting, deliver, refusal_rate
from exchange.delivery.models import QuotaUse
from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Agreement
from tests.delivery.wire_caller import COMMON, Caller, Reply
from tests.world import World, agree, ask
from tests.world_data import SUBJECTS

RUNNING = pytest.param(False, id="while it runs")
RESTARTED = pytest.param(True, id="after a restart")
both = pytest.mark.parametrize("restarted", [RUNNING, RESTARTED])


def fresh_process() -> None:
    """Forget everything that a process holds in memory."""
    acts.forget()
    deliver.forget_policies()
    counting.FLOORS.quotas.clear()
    counting.FLOORS.facts.clear()
    counting.FLOORS.seen.clear()
    refusal_rate.RATE.counts.clear()
    refusal_rate.RATE.reasons.clear()


@pytest.fixture(autouse=True)
def a_fresh_web_process() -> None:
    fresh_process()


@pytest.fixture
def caller(world: World) -> Caller:
    settle()
    return Caller("CAB-relief")


def settle() -> None:
    """What a commit does: the acts go to the second copy, and only verified stored bytes count from here on."""
    copy.catch_up()
    authority.drop_drafts()
    acts.standing()


def revoke(world: World) -> None:
    sharing_actions.revoke(
        world.agreement,
        reason="The programme has ended.",
        ground="PURPOSE_ENDED",
        acting_user=world.person("owner_officer"),
        department=world.owner,
    )
    settle()


def after(change: Callable[[], Any], restarted: bool) -> None:
    change()
    if restarted:
        fresh_process()


def gives_nothing(reply: Reply) -> None:
    assert reply.status in {400, 401, 403, 404, 409, 429, 503}
    assert "answer" not in reply.body
    assert "answers" not in reply.body
    assert "grade" not in json.dumps({name: value for name, value in reply.body.items() if name != "receipt"})


@both
def test_a_revoked_agreement_flipped_back_stays_revoked(world: World, caller: Caller, restarted: bool) -> None:
    revoke(world)
    caller.query(world.agreement.agreement_id, SUBJECTS[0])
    after(lambda: Agreement.objects.update(state="IN_FORCE", ended_seq=None), restarted)
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).code == "REVOKED"


def _delete_newest() -> None:
    Act.objects.order_by("-seq")[0].delete()


def _hide_revocation() -> None:
    newest = Act.objects.order_by("-seq")[0]
    document = loads(bytes(newest.raw))
    document["order"]["reason"]["text"] = "nothing happened"
    Act.objects.filter(pk=newest.pk).update(raw=dumps(document))


def _copy_older_act_over_it() -> None:
    newest = Act.objects.order_by("-seq")[0]
    older = Act.objects.order_by("-seq")[1]
    Act.objects.filter(pk=newest.pk).update(raw=older.raw, hub_signature=older.hub_signature)


def _swap_in_the_middle() -> None:
    Act.objects.filter(seq=3).update(raw=Act.objects.get(seq=4).raw)


def _delete_in_the_middle() -> None:
    Act.objects.filter(seq=3).delete()


def _delete_all() -> None:
    Act.objects.all().delete()


@pytest.mark.parametrize("change", [_delete_newest, _hide_revocation, _copy_older_act_over_it, _delete_all])
def test_a_revocation_removed_from_the_acts_stops_the_hub(world: World, caller: Caller, change: Callable[[], None]) -> None:
    revoke(world)
    change()
    fresh_process()
    gives_nothing(caller.query(world.agreement.agreement_id, SUBJECTS[0]))


def test_a_revocation_removed_while_the_hub_runs_changes_nothing(world: World, caller: Caller) -> None:
    revoke(world)
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).code == "REVOKED"
    _delete_newest()
    gives_nothing(caller.query(world.agreement.agreement_id, SUBJECTS[0]))


@pytest.mark.parametrize("change", [_swap_in_the_middle, _delete_in_the_middle])
def test_a_broken_chain_stops_the_hub_at_its_next_start(world: World, caller: Caller, change: Callable[[], None]) -> None:
    change()
    fresh_process()
    reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert (reply.status, reply.code) == (503, "POLICY_ROLLBACK")


def test_an_act_put_in_by_hand_stops_the_hub(world: World, caller: Caller) -> None:
    newest = Act.objects.order_by("-seq")[0]
    forged = loads(bytes(newest.raw))
    forged |= {"seq": newest.seq + 1, "prev": newest.hash}
    Act.objects.create(
        seq=newest.seq + 1,
        hash="sha256:" + "0" * 64,
        type="agree",
        at=newest.at,
        raw=dumps(forged),
        hub_signature=newest.hub_signature,
        leaf=newest.leaf,
    )
    reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
    assert (reply.status, reply.code) == (503, "POLICY_ROLLBACK")


@both
def test_an_agreement_row_that_was_never_signed_allows_nothing(world: World, restarted: bool) -> None:
    def widen() -> None:
        row = Agreement.objects.get(agreement_id=world.agreement.agreement_id)
        row.pk = None
        row.agreement_id = "b" * 32
        row.document = {**row.document, "requester": "HSG", "systems": ["HSG-rental"]}
        row.part = None
        row.requester = world.outsider
        row.save()

    widen()
    after(lambda: None, restarted)
    assert Caller("HSG-rental").query("b" * 32, SUBJECTS[0]).code == "NO_AGREEMENT"


@both
def test_a_widened_agreement_row_gives_no_more_than_was_signed(world: World, caller: Caller, restarted: bool) -> None:
    items = [item["name"] for item in DatasetVersion.objects.get(dataset=world.conditional).content["items"]]
    document = {**world.agreement.document, "items": items, "purposes": ["curiosity"], "methods": ["QUERY", "EXPORT"]}
    after(lambda: Agreement.objects.update(document=document), restarted)
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0], purpose="curiosity").code == "PURPOSE_NOT_AGREED"
    record = caller.query(world.agreement.agreement_id, SUBJECTS[0]).body["answer"]["records"][0]
    assert set(record) == set(world.agreement.document["items"])


@both
def test_a_restricted_item_opened_in_the_table_stays_restricted(world: World, caller: Caller, restarted: bool) -> None:
    catalog_actions.restrict_item(world.conditional, item="grade", reason="Under review", acting_user=world.person("publisher"))
    after(lambda: DataItem.objects.update(restricted=False, sharing_attribute="UNCONDITIONAL", sensitivity=1), restarted)
    answer = caller.query(world.agreement.agreement_id, SUBJECTS[0]).body["answer"]
    assert "grade" not in answer["records"][0]


@both
def test_an_edited_version_maps_no_other_column_under_an_agreed_name(world: World, caller: Caller, restarted: bool) -> None:
    before = caller.query(world.agreement.agreement_id, SUBJECTS[0]).body["answer"]["records"]

    def remap() -> None:
        for version in DatasetVersion.objects.all():
            text = version.document.replace("NOT_SHARED", "CONDITIONAL").replace("残疾等级", "诊断")
            DatasetVersion.objects.filter(pk=version.pk).update(document=text)
        Fact.objects.update(parameters=[])
        Dataset.objects.update(sharing_attribute="UNCONDITIONAL", open=True, sensitivity=1)

    after(remap, restarted)
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).body["answer"]["records"] == before


@both
def test_a_dataset_pointed_at_another_revision_serves_the_signed_one(world: World, caller: Caller, restarted: bool) -> None:
    before = caller.query(world.agreement.agreement_id, SUBJECTS[0]).body["answer"]
    other = world.unconditional.current_revision
    after(lambda: Dataset.objects.filter(pk=world.conditional.pk).update(current_revision=other), restarted)
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).body["answer"] == before


@both
def test_a_key_put_into_the_table_signs_nothing(world: World, restarted: bool) -> None:
    pem = generate_private_key()
    own = Key.objects.get(keyid="CAB-relief/system-1")

    def plant() -> None:
        path = ceremony.key_path("CAB-relief/system-9")
        path.write_bytes(pem)
        certificate = {**own.certificate, "name": "system-9", "public_key": _public(pem)}
        Key.objects.create(**{**_columns(own), "keyid": "CAB-relief/system-9", "certificate": certificate, "act_seq": 10_000})

    after(plant, restarted)
    attacker = _CallerWithKey("CAB-relief", "system-9")
    reply = attacker.query(world.agreement.agreement_id, SUBJECTS[0])
    assert (reply.status, reply.code) == (401, "KEY_UNKNOWN")


def _public(pem: bytes) -> str:
    order = key_order(_certificate(public_key_of(pem)))
    return str(order["public_key"])


def _certificate(public_key: bytes) -> Any:
    from audit.ground import log_origin
    from audit.proof.keys import Certificate

    return Certificate(
        owner="CAB-relief",
        name="system-9",
        public_key=public_key,
        use=Use.SYSTEM,
        custody=Custody.HUB,
        not_before="2026-01-01T00:00:00Z",
        not_after="2036-01-01T00:00:00Z",
        hub=log_origin(),
    )


def _columns(row: Any) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key or field.name == "keyid"
    }


class _CallerWithKey(Caller):
    """Signs with a key that the hub holds under another name."""

    def __init__(self, system: str, key: str) -> None:
        super().__init__(system)
        self.key = key

    @property
    def signer(self) -> Any:
        from audit import signers

        return signers.system_signer(f"{self.system}/{self.key}")


@both
def test_a_system_moved_to_another_department_in_the_table_gains_nothing(world: World, restarted: bool) -> None:
    after(lambda: System.objects.filter(code="HSG-rental").update(department=world.requester), restarted)
    assert Caller("HSG-rental").query(world.agreement.agreement_id, SUBJECTS[0]).code == "NO_AGREEMENT"


@both
def test_a_quota_turned_back_gives_no_second_helping(world: World, caller: Caller, restarted: bool) -> None:
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, per_day=3)
    narrow = agree(request, world.people, parties)
    for subject in SUBJECTS[:3]:
        assert caller.query(narrow.agreement_id, subject).status == 200
    _sequence_and_follow()
    after(lambda: QuotaUse.objects.all().delete(), restarted)
    assert caller.query(narrow.agreement_id, SUBJECTS[4]).code == "QUOTA"


def _sequence_and_follow() -> None:
    from audit.follower import follow_once
    from audit.sequencer import give_indexes

    give_indexes()
    follow_once()


def test_a_changed_data_file_gives_an_error_and_never_data(world: World, caller: Caller) -> None:
    from catalog.quality.runner import revisions_folder

    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).status == 200
    lookup = acts.standing().revisions["R14"].order["lookup"]
    path = next(revisions_folder().glob(f"{str(lookup).removeprefix('sha256:')}*"))
    original = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(original.replace(b"mental", b"visual"))
    try:
        reply = caller.query(world.agreement.agreement_id, SUBJECTS[0])
        assert (reply.status, reply.code) == (503, "PROVIDER_DOWN")
    finally:
        path.write_bytes(original)


def test_a_batch_that_was_decided_under_an_older_version_is_decided_again(
    world: World, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race: the revocation comes between the decision and the record. The answer must be the refusal."""
    real, done = deliver._prepare, []

    def revoke_in_between(*arguments: Any) -> Any:
        works = real(*arguments)
        if not done:
            done.append(True)
            revoke(world)
        return works

    monkeypatch.setattr(deliver, "_prepare", revoke_in_between)
    body = {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0]}
    reply = caller.replies([caller.arrival(world.agreement.agreement_id, "query", body)])[0]
    assert reply.code == "REVOKED"
