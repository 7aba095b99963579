"""The small world once more, with something standing in each state, and the people whom the access tables name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from audit import follower, runs, sequencer
from audit.models import VerificationRun
from catalog import actions as catalog_actions
from catalog.lifecycle import LoadState
from exchange.accounts.actions import add_person, appoint_steward, bind, name_deputy, open_account
from exchange.accounts.invitations import invitation_path
from exchange.accounts.models import Deputyship, KeyRequest, Method, Person, Program, Role
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs.licences import issue
from exchange.affairs.models import OfferRun
from exchange.affairs.offers.lifecycle import RunState
from exchange.delivery.models import Delivery, OfficerQuestion, SandboxKey, Webhook
from exchange.delivery.officer.actions import claim
from exchange.oversight.models import Alarm
from exchange.sharing import actions
from exchange.sharing.actions import PartTerms, RequestWords
from exchange.sharing.models import Agreement, SharingRequest
from tests.affairs import licence_rows
from tests.delivery.errands_world import OFFICER_STORE, agreed_about, publish_remote
from tests.delivery.wire_caller import Caller
from tests.rules.offers import offers_by_scenario
from tests.rules.planted import as_former_deputy, former_deputy, former_officer
from tests.rules.watched import watched_by_scenario
from tests.world import World, agree, approve, ask, build_world, part_of, remembered_check
from tests.world_data import CONDITIONAL, CONDITIONAL_ROWS, SUBJECTS, TERMS, WORDS, resident

# The columns of the access tables: nobody, an officer of the requester, an officer, a steward, a publisher and an administrator of
# the owner, a reviewer of the authority, an auditor, an officer of a department that has nothing to do with it, an administrator of
# the authority, and an officer of the requester who may no longer sign in.
PERSONAS: dict[str, str | None] = {
    "nobody": None,
    "req": "asker",
    "own": "approver",
    "stw": "steward",
    "pub": "publisher",
    "adm": "owner_admin",
    "rev": "reviewer",
    "aud": "auditor",
    "out": "outsider",
    "dta": "authority_admin",
    "ina": "inactive",
}
# Everybody else: a citizen, an account that is bound to nobody, a clerk of the requester, a steward of another dataset of the owner,
# a clerk of the owner who stood in for its officer until yesterday and whose session still says so, and a former officer of the
# requester: roles ended yesterday, while every permission row of Django and a stewardship stand planted in the database.
NEWCOMERS = {
    "cit": "citizen",
    "unb": "unbound",
    "clk": "clerk",
    "st2": "other_steward",
    "dep": "former_deputy",
    "end": "former_officer",
}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class City:
    """The world, and what the placeholders of an address stand for, by scenario; `""` is what stands for itself."""

    world: World
    places: dict[str, dict[str, Any]]

    def client(self, persona: str, **options: Any) -> Client:
        """A browser in which this persona has signed in."""
        client = Client(raise_request_exception=False, **options)
        name = {**PERSONAS, **NEWCOMERS}[persona]
        if name is not None:
            client.force_login(self.world.person(name), backend=BACKEND)
        if persona == "dep":
            as_former_deputy(client, self.world.person("former_deputy"))
        return client


def build_city() -> City:
    """Build it through the real actions."""
    world = build_world()
    world.people.update(inactive=_inactive(world), **_newcomers(world))
    submitted, checked, once, proposed = (ask(world.person("asker"), world.requester, world.purpose, world.conditional) for _ in range(4))
    for request in (checked, once, proposed):
        _check(world, request)
    actions.approve(part_of(once), acting_user=world.person("owner_officer"), department=world.owner)
    agreement = approve(part_of(proposed), world.people, world.owner)
    invited = add_person(
        "dpf.invited", names={"en": "Li Na", "zh": ""}, department=world.owner, role=Role.OFFICER, acting_user=world.person("owner_admin")
    )
    catalog_actions.take_offline(world.unconditional, reason="It moves house.", acting_user=world.person("publisher"))
    catalog_actions.restrict_item(world.unconditional, item="beds", reason="Wrong since May.", acting_user=world.person("publisher"))
    SandboxKey.objects.create(system="try-city", public_key=b"k" * 32, expires_at=timezone.now() + timedelta(days=1))
    publisher = world.person("publisher")
    ids = {"person_id": publisher.pk, "membership_id": publisher.memberships.get().pk, "load_id": _load(world)}
    ids["run_id"], _is_new = _run(world)
    ids |= _asked_by_programs(world)
    ids["deputyship_id"] = _deputyship(world).pk
    ids["delivery_number"] = _export(world).number
    ids |= _webhook(world)
    names: dict[str, Any] = {
        "code": "R14",
        "item": "grade",
        "department": "DPF",
        "dataset": "R14",
        "form": "csv",
        "path": "",
        "index": 0,
        "system": "try-city",
    }
    keys = {"owner": "DPF-register", "name": "system-1", "key": "wheelchair_user", "provider_id": "city", "pk": 0}
    waiting, claimed = _questions(world)
    ids["question_id"] = waiting
    offered, watched = offers_by_scenario(world), watched_by_scenario(world)
    usual = {**ids, **names, **keys, **_granted(), "number": world.request.number, "agreement_id": world.agreement.agreement_id}
    usual |= offered.pop("") | watched.pop("")
    places = {
        "": usual,
        "draft": {**usual, "number": _draft(world).number},
        "submitted": {**usual, "number": submitted.number},
        "checked": {**usual, "number": checked.number},
        "once": {**usual, "number": once.number},
        "proposed": {**usual, "agreement_id": agreement.agreement_id},
        "suspended": {**usual, "agreement_id": _suspended(world).agreement_id},
        "closed": {**usual, "code": "R90", "item": "beds"},
        "invited": {**usual, "person_id": invited.pk, "token": invitation_path(invited).rstrip("/").rpartition("/")[2]},
        "system": {**usual, "code": "DPF-register"},
        "claimed": {**usual, "question_id": claimed},
        "forged": {**usual, "system": "CAB-relief", "path": "../../keys/hub", "uidb36": "1", "key": "x-y"},
        "alarm": {**usual, "number": _alarm().number},
        "steward": {**usual, "person_id": world.person("steward").pk},
        **{name: {**usual, **place} for name, place in (offered | watched).items()},
    }
    usual["path"] = f"0/000.p/{sequencer.sequence_once().published_size}"
    follower.follow_once()
    return City(world, places)


def _questions(world: World) -> tuple[str, str]:
    """Two questions to a register on paper: one that waits, and one that the owner's officer has claimed."""
    agreement, caller = agreed_about(world, publish_remote(world, OFFICER_STORE, code="R96")), Caller("CAB-relief")
    for subject in SUBJECTS[:2]:
        caller.query(agreement.agreement_id, subject)
    waiting, claimed = OfficerQuestion.objects.order_by("pk")
    claim(claimed, acting_user=world.person("approver"))
    return waiting.pk, claimed.pk


def _asked_by_programs(world: World) -> dict[str, Any]:
    """A program that the steward allowed, and a key that waits for the owner's administrator."""
    now, steward = timezone.now(), world.person("steward")
    times = {"allowed_at": now, "used_at": now, "ends_at": now + timedelta(days=1)}
    hashes = {"token_hash": b"t" * 32, "account_hash": b"a" * 32}
    program = Program.objects.create(person=steward, machine="relief-01", scopes=["read"], **times, **hashes)
    asked = {"wish": "CERTIFY", "department": world.owner, "system": "DPF-register", "keyid": "DPF-register/system-8"}
    request = KeyRequest.objects.create(**asked, public_key=b"k" * 32, asked_by=world.person("approver"), asked_at=now)
    return {"program_id": program.pk, "request_id": request.pk}


def _webhook(world: World) -> dict[str, Any]:
    """An active webhook of the requester, and one message that arrived; `step` is what may be done with it."""
    described = {"provider": "DPF", "requester": "CAB", "dataset": "R14", "url": "https://cab.example/", "networks": ["10.20.0.0/16"]}
    found = Webhook.objects.create(
        number="1" * 32,
        agreement=world.agreement.agreement_id,
        **described,
        ports=[443],
        state="ACTIVE",
        asked_by=world.person("signer").pk,
    )
    message = found.messages.create(number="msg_1", body="{}", state="DELIVERED")
    return {"webhook_number": found.number, "message_number": message.number, "step": "end"}


def _export(world: World) -> Delivery:
    """An export that waits to be collected."""
    described = {"provider": "DPF", "requester": "CAB", "system": "CAB-relief", "dataset": "R14", "purpose": "disability_allowance"}
    counted = {"row_count": 20, "columns": ["grade"], "form": "csv", "state": "READY", "size": 100, "as_of": "2026-11-20T08:00:00Z"}
    return Delivery.objects.create(
        number="0" * 32,
        agreement=world.agreement.agreement_id,
        **described,
        **counted,
        has_case=True,
        has_officer=True,
        on=timezone.localdate(),
        expires_at=timezone.now() + timedelta(days=1),
    )


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside is taken back: each cell of a table begins from the same city."""
    with transaction.atomic(), transaction.atomic(using="keystore"):
        yield
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keystore")


def _deputyship(world: World) -> Deputyship:
    """The officer of the owner stands in for its publisher."""
    now, publisher = timezone.now(), world.person("publisher")
    span = {"valid_from": now, "valid_until": now + timedelta(days=30)}
    return name_deputy(publisher, deputy=world.person("approver"), department=world.owner, **span, acting_user=publisher)


def _inactive(world: World) -> Person:
    person = add_person(
        "cab.left",
        names={"en": "Gone", "zh": ""},
        department=world.requester,
        role=Role.OFFICER,
        acting_user=world.person("requester_admin"),
    )
    person.is_active = False
    person.save(update_fields=["is_active"])
    return person


def _newcomers(world: World) -> dict[str, Person]:
    names = {"en": "New", "zh": ""}
    citizen, unbound = (open_account(name, password=None, names=names, acting_system="tests") for name in ("citizen", "unbound"))
    subject = Subject("person", resident(77))
    bind(citizen, subject=subject, method=Method.DEMO, assurance=Assurance.SUBSTANTIAL, acting_system="tests")
    clerk = add_person("cab.clerk", names=names, department=world.requester, role=Role.CLERK, acting_user=world.person("requester_admin"))
    other = add_person("dpf.other", names=names, department=world.owner, role=Role.CLERK, acting_user=world.person("owner_admin"))
    appoint_steward(world.unconditional, person=other, acting_user=world.person("owner_admin"))
    return {
        "citizen": citizen,
        "unbound": unbound,
        "clerk": clerk,
        "other_steward": other,
        "former_deputy": former_deputy("dpf.deputy", holder=world.person("approver"), department=world.owner),
        "former_officer": former_officer("cab.former", department=world.requester, dataset=world.conditional),
    }


def _check(world: World, request: SharingRequest) -> None:
    actions.check(part_of(request), acting_user=world.person("reviewer"), department=world.authority)


def _draft(world: World) -> SharingRequest:
    words = RequestWords(purpose=world.purpose, **{**WORDS, "reason": "Not yet handed in."})
    wanted = {world.conditional: PartTerms(**TERMS)}
    return actions.draft_request(words, parts=wanted, acting_user=world.person("asker"), department=world.requester)


def _suspended(world: World) -> Agreement:
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    agreement = agree(ask(world.person("asker"), world.requester, world.purpose, world.conditional), world.people, parties)
    words = {"reason": "We look at our rows.", "ground": "PURPOSE_ENDED"}
    actions.suspend(agreement, **words, acting_user=world.person("approver"), department=world.owner)
    return agreement


def _granted() -> dict[str, Any]:
    """A licence whose holder is none of the people of the world, its payment, which the requester's officers order, and a month's run."""
    case, judged = licence_rows.granted_case(), licence_rows.judgement(licence_rows.LIVING)
    licence_rows.give_account(case, bank="ICBC", last_four="1234")
    with transaction.atomic():
        licence = issue(case, licence_rows.decided(case, judged), judged, at=licence_rows.AT)
    run = OfferRun.objects.create(matter=case.version.matter, version=case.version, month="2026-10", state=RunState.STOPPED)
    told = {"matter": run.matter_id, "month": run.month}
    return {**told, "licence_id": licence.pk, "order_id": licence.payments.get().pk, "list_number": licence.status_list}


def _run(world: World) -> tuple[Any, bool]:
    run, is_new = runs.begin(VerificationRun.LOG, acting_user=world.person("auditor"))
    return run.pk, is_new


def _alarm() -> Alarm:
    """An alarm that was raised about a system that calls for nobody here."""
    told: dict[str, Any] = {"rule": "VOLUME", "department_id": "HSG", "system": "HSG-swept", "counted": {"asked_now": 1200}}
    return Alarm.objects.create(number="A-0123456789AB", stops=True, raised_at=timezone.now(), **told)


def _load(world: World) -> Any:
    """A file that is checked and not yet published."""
    with remembered_check():
        load = catalog_actions.load_file(
            world.conditional,
            fileobj=io.BytesIO(CONDITIONAL_ROWS.encode()),
            filename="rows.csv",
            acting_user=world.person("publisher"),
        )
    assert (load.state, CONDITIONAL["code"]) == (LoadState.READY, "R14"), load.report
    return load.pk
