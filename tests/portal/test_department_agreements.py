"""Agreements, keys and people in the console."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.test import Client

from audit import acts
from audit.models import EntryIndex
from audit.proof.canonical import b64url, document_hash
from audit.proof.keys import generate_private_key, public_key_of
from catalog.models import Key
from exchange.accounts.actions import grant_role
from exchange.accounts.models import Membership, Person, Role

if TYPE_CHECKING:
    from tests.world import World

ENDING = {"ground": "PURPOSE_ENDED", "reason": "The allowance was abolished."}


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name))
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


def place(world: World) -> str:
    return f"/en/console/agreements/{world.agreement.agreement_id}"


def test_the_page_shows_the_signed_text_its_hash_and_who_signed(world: World) -> None:
    shown = page(signed_in(world, "approver").get(place(world)))
    assert document_hash(world.agreement.document) in shown
    assert "DPF/document-1" in shown
    assert "CAB/document-1" in shown
    assert "Opinions on allowances for disabled persons, Part 2" in shown
    assert f"hub verify-fact --agreement {world.agreement.agreement_id}" in shown
    assert f"http://127.0.0.1:8077/{world.agreement.agreement_id}/query" in shown


def test_the_page_counts_the_calls_by_outcome(world: World) -> None:
    name = world.agreement.agreement_id
    for entry, outcome in ((900, "ANSWERED"), (901, "ANSWERED"), (902, "REFUSED")):
        EntryIndex.objects.create(entry=entry, time_ms=1, type="exchange", agreement=name, outcome=outcome, count=5)
    rows = signed_in(world, "approver").get(place(world)).context["use"]
    assert [(row["outcome"], row["calls"], row["subjects"]) for row in rows] == [("ANSWERED", 2, 10), ("REFUSED", 1, 5)]


def test_an_agreement_is_suspended_resumed_and_revoked_by_pages(world: World) -> None:
    owner = signed_in(world, "approver")
    assert owner.post(f"{place(world)}/suspend", {}).status_code == 422
    for step, state in (("suspend", "SUSPENDED"), ("resume", "IN_FORCE"), ("revoke", "REVOKED")):
        assert owner.post(f"{place(world)}/{step}", ENDING).status_code == 302
        assert acts.standing().agreements[world.agreement.agreement_id].state == state
    assert "The allowance was abolished." in page(signed_in(world, "asker").get(place(world)))


def test_only_the_side_that_suspended_may_resume(world: World) -> None:
    assert signed_in(world, "approver").post(f"{place(world)}/suspend", ENDING).status_code == 302
    asker = signed_in(world, "asker")
    assert f"{place(world)}/resume" not in page(asker.get(place(world)))
    assert asker.post(f"{place(world)}/resume", ENDING).status_code == 403


def test_a_step_on_a_revoked_agreement_says_look_again(world: World) -> None:
    owner, asker = signed_in(world, "approver"), signed_in(world, "asker")
    owner.post(f"{place(world)}/revoke", ENDING)
    answer = asker.post(f"{place(world)}/suspend", ENDING, follow=True)
    assert answer.redirect_chain == [(place(world), 302)]
    assert "It has moved on meanwhile" in page(answer)


def test_an_outsider_finds_no_agreement(world: World) -> None:
    outsider = signed_in(world, "outsider")
    assert [outsider.get(f"{place(world)}{step}").status_code for step in ("", "/sign", "/revoke")] == [404] * 3
    assert world.agreement.agreement_id not in page(outsider.get("/en/console/agreements"))


def test_a_system_is_registered_with_a_pasted_key_and_its_key_revoked(world: World) -> None:
    administrator = signed_in(world, "requester_admin")
    public = b64url(public_key_of(generate_private_key()))
    wish = {"code": "CAB-kiosk", "name_en": "Kiosk", "name_zh": "终端", "key_name": "system-1", "custody": "department"}
    assert administrator.post("/en/console/keys/new", {**wish, "public_key": "no key"}).status_code == 422
    assert administrator.post("/en/console/keys/new", {**wish, "public_key": public}).status_code == 302
    key = Key.objects.get(keyid="CAB-kiosk/system-1")
    assert (key.custody, key.certificate["public_key"]) == ("department", public)
    revoke = "/en/console/keys/CAB-kiosk/system-1/revoke"
    assert administrator.post(revoke, {"reason": " "}).status_code == 422
    assert administrator.post(revoke, {"reason": "Lost."}).status_code == 302
    assert acts.standing().certificates["CAB-kiosk/system-1"].revoked_seq is not None
    assert "This exists already" in page(administrator.post(revoke, {"reason": "Lost."}, follow=True))


def test_a_taken_name_of_a_key_is_refused(world: World) -> None:
    form = {"key_name": "system-1", "custody": "hub"}
    answer = signed_in(world, "requester_admin").post("/en/console/keys/CAB-relief/new", form)
    assert answer.status_code == 422
    assert "A key of this name was certified before" in page(answer)


def test_keys_are_for_administrators_of_the_department_alone(world: World) -> None:
    assert signed_in(world, "asker").get("/en/console/keys/new").status_code == 403
    assert signed_in(world, "requester_admin").get("/en/console/keys/DPF-register/new").status_code == 404
    assert signed_in(world, "requester_admin").get("/en/console/keys/DPF-register/system-1/revoke").status_code == 404
    assert signed_in(world, "owner_admin").get("/en/console/keys/DPF/document-1/revoke").status_code == 200
    refused = signed_in(world, "owner_admin").post("/en/console/keys/DPF/document-1/revoke", {"reason": "Lost."})
    assert refused.status_code == 403


def test_an_invitation_is_shown_once_and_opens(world: World) -> None:
    administrator = signed_in(world, "requester_admin")
    form = {"username": "cab.new", "name_en": "Wu Jun", "name_zh": "", "roles": ["OFFICER"], "way": "LINK"}
    shown = page(administrator.post("/en/console/people/invite", form, follow=True))
    link = re.search(r"http://testserver(/en/accounts/invitation/[^<\s]+)", shown)
    assert link is not None
    assert Client().get(link[1]).status_code == 200
    assert "/accounts/invitation/" not in page(administrator.get("/en/console/people"))
    assert not Person.objects.get(username="cab.new").has_usable_password()


def test_a_taken_sign_in_name_is_named_in_the_form(world: World) -> None:
    form = {"username": world.person("outsider").username, "roles": ["OFFICER"], "way": "LINK"}
    answer = signed_in(world, "requester_admin").post("/en/console/people/invite", form)
    assert answer.status_code == 422
    assert "Choose another one." in page(answer)


def test_roles_are_granted_and_ended_by_the_administrator_only(world: World) -> None:
    administrator, asker = signed_in(world, "requester_admin"), world.person("asker")
    assert administrator.post("/en/console/people/grant", {"person": asker.pk, "role": "PUBLISHER"}).status_code == 302
    assert administrator.post("/en/console/people/grant", {"person": asker.pk, "role": "REVIEWER"}).status_code == 422
    granted = Membership.objects.get(person=asker, role="PUBLISHER")
    end = f"/en/console/people/roles/{granted.pk}/end"
    assert signed_in(world, "outsider").post(end).status_code == 404
    assert administrator.post(end).status_code == 302
    assert "This role has ended already." in page(administrator.post(end, follow=True))
    assert signed_in(world, "asker").get("/en/console/people/grant").status_code == 403


def test_a_steward_is_appointed_and_dismissed(world: World) -> None:
    administrator, officer = signed_in(world, "owner_admin"), world.person("owner_officer")
    form = {"dataset": world.unconditional.pk, "person": officer.pk}
    assert administrator.post("/en/console/people/appoint", form).status_code == 302
    assert str(officer.username) in page(administrator.get("/en/console/people")).split("Stewards", 1)[1]
    dismiss = f"/en/console/people/stewards/{world.unconditional.code}/{officer.pk}/dismiss"
    assert administrator.post(dismiss).status_code == 302
    assert "is not a steward" in page(administrator.post(dismiss, follow=True))


def test_the_person_who_approved_cannot_sign_for_the_other_side_and_is_told_why(world: World) -> None:
    from exchange.sharing import actions
    from tests.world import approve, ask, part_of

    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional)
    actions.check(part_of(request), acting_user=world.person("reviewer"), department=world.authority)
    agreement = approve(part_of(request), world.people, world.owner)
    grant_role(world.person("approver"), department=world.requester, role=Role.OFFICER, acting_user=None)
    client = signed_in(world, "approver")
    client.post("/en/accounts/department/", {"department": "CAB"})
    address = f"/en/console/agreements/{agreement.agreement_id}"
    shown = page(client.get(address))
    assert "another officer of the requester must sign" in shown
    assert f"{address}/sign" not in shown
    assert client.post(f"{address}/sign", {"signature": ""}).status_code == 403
    assert agreement.agreement_id not in page(client.get("/en/console"))


def test_a_department_that_keeps_its_key_is_shown_the_order_and_hands_the_signature_in(world: World) -> None:
    import json

    from audit import signers
    from audit.signers import department_signer

    kept = department_signer("DPF")
    path = signers.key_path("DPF/document-1")
    hidden = path.rename(path.with_suffix(".elsewhere"))
    try:
        owner = signed_in(world, "approver")
        answer = owner.post(f"{place(world)}/suspend", ENDING)
        assert answer.status_code == 200
        assert "hub sign" in page(answer)
        assert "There is a problem" not in page(answer)
        order = json.loads(answer.context["order"])
        signature = acts.sign_order(order, signer=kept, role="provider")
        handed = {**ENDING, "order": json.dumps(order), "signature": json.dumps(signature)}
        assert owner.post(f"{place(world)}/suspend", handed).status_code == 302
    finally:
        hidden.rename(path)
    assert acts.standing().agreements[world.agreement.agreement_id].state == "SUSPENDED"
