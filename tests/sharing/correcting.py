"""Two departments that received the same person's data, in a log that is sequenced and indexed; for tests of corrections."""

from __future__ import annotations

import io
from typing import Any

from audit.follower import follow_once
from audit.models import Entry
from audit.sequencer import sequence_once
from catalog import actions as catalog_actions
from catalog.models import Load
from exchange.sharing.corrections import actions
from exchange.sharing.corrections.actions import Claim
from exchange.sharing.models import Agreement, CorrectionRequest
from tests import world_data
from tests.delivery.wire_caller import Caller, entry_bytes
from tests.world import World, agree, ask, remembered_check
from tests.world_data import SUBJECTS

PERSON = SUBJECTS[0]
SECRET = "grade 2, says the letter of March"


def settled_log() -> None:
    """Everything that is recorded stands in the log and in its index."""
    sequence_once()
    while follow_once():
        pass


def receive(agreement: Agreement, system: str = "CAB-relief", *, person: str = PERSON) -> int:
    """A call that brings the person's record; the number of its entry."""
    reply = Caller(system).query(agreement.agreement_id, person)
    assert reply.status == 200, reply.body
    settled_log()
    for index, raw in Entry.objects.order_by("-index").values_list("index", "raw"):
        if bytes(raw) == entry_bytes(reply):
            return int(index)
    raise AssertionError("the answer has no entry")


def agreement_of_outsider(world: World) -> Agreement:
    """A second department that may read the same dataset."""
    request = ask(world.person("outsider"), world.outsider, world.purpose, world.conditional, systems=["HSG-rental"])
    people = {**world.people, "signer": world.person("outsider")}
    return agree(request, people, {"DATA": world.authority, "DPF": world.owner, "CAB": world.outsider})


def claim(entry: int, **more: Any) -> Claim:
    """What the asker says about one item of the person's record."""
    given: dict[str, Any] = {"item": "grade", "kind": "person", "identifier": PERSON, "believed": SECRET, "reason": "The letter says so."}
    return Claim(entry=entry, **{**given, **more})


def asked(world: World, entry: int, **more: Any) -> CorrectionRequest:
    """A correction as the requester asks for it."""
    return actions.ask_correction(
        world.agreement, claim=claim(entry, **more), acting_user=world.person("asker"), department=world.requester
    )


def answered(world: World, correction: CorrectionRequest, verdict: str = "accept", name: str = "approver") -> CorrectionRequest:
    """The provider's answer."""
    return actions.answer_correction(
        correction, verdict=verdict, words="The file was read again.", acting_user=world.person(name), department=world.owner
    )


def new_rows(world: World) -> None:
    """The next revision of the dataset, from a file that came in now."""
    catalog_actions.publish_revision(new_load(world), acting_user=world.person("publisher"))


def new_load(world: World) -> Load:
    """A checked file that came in now."""
    text = world_data.CONDITIONAL_ROWS
    with remembered_check():
        return catalog_actions.load_file(
            world.conditional, fileobj=io.BytesIO(text.encode()), filename="rows.csv", acting_user=world.person("publisher")
        )
