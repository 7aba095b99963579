"""Standing offers in the console: written by one, signed by another, joined by one signature; and what an agreement's end costs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit import acts
from audit.proof.canonical import document_hash
from exchange.sharing import losses
from exchange.sharing.losses import StoppedMatter
from exchange.sharing.models import Agreement, StandingOffer, WaitingOrder
from tests.sharing.test_custody import own_key, signed
from tests.world import World

PLACE = "/en/console/standing-offers"
WHY = {"ground": "PURPOSE_ENDED", "reason": "The allowance was abolished."}


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


def form(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "title_en": "For districts",
        "title_zh": "面向区县",
        "requesters": ["CAB"],
        "purposes": ["disability_allowance"],
        "methods": ["VERIFY", "QUERY"],
        "items": ["grade"],
        "facts": ["valid", "grade_in"],
        "facts.grade_in.grades": ["1", "2"],
        "law_en": "Law on the Protection of Disabled Persons",
        "law_zh": "残疾人保障法",
        "article": "Article 2",
        "not_after": (timezone.localdate() + timedelta(days=20)).isoformat(),
        "per_day": "100",
        "per_minute": "10",
        "fact_answers": "3",
        "fact_days": "30",
        "retention_days": "7",
    }
    return {**given, **changes}


def written(world: World, **changes: Any) -> StandingOffer:
    answer = signed_in(world, "approver").post(f"{PLACE}/new?dataset=R14", form(**changes))
    assert answer.status_code == 302, page(answer)
    return StandingOffer.objects.latest("pk")


def put_in_force(world: World) -> StandingOffer:
    offer = written(world)
    assert signed_in(world, "owner_officer").post(f"{PLACE}/{offer.offer_id}/sign", {}).status_code == 302
    offer.refresh_from_db()
    return offer


def test_an_offer_is_written_by_one_read_and_signed_by_another(world: World) -> None:
    offer = written(world)
    assert signed_in(world, "approver").get(f"{PLACE}/{offer.offer_id}/sign").status_code == 403
    shown = page(signed_in(world, "owner_officer").get(f"{PLACE}/{offer.offer_id}/sign"))
    assert offer.offer_hash in shown
    assert "Grade" in shown
    assert signed_in(world, "owner_officer").post(f"{PLACE}/{offer.offer_id}/sign", {}).status_code == 302
    assert acts.standing().offers[offer.offer_hash].in_force
    assert "For districts" in page(signed_in(world, "asker").get(f"{PLACE}/{offer.offer_id}"))


def test_what_cannot_be_offered_stands_beside_its_field(world: World) -> None:
    answer = signed_in(world, "approver").post(f"{PLACE}/new?dataset=R14", form(items=[], facts=[]))
    assert answer.status_code == 422
    assert "Name at least one item or fact." in page(answer)


def test_a_department_joins_on_one_page(world: World) -> None:
    offer = put_in_force(world)
    asker = signed_in(world, "asker")
    shown = page(asker.get(f"{PLACE}/{offer.offer_id}/join"))
    assert "Law on the Protection of Disabled Persons" in shown
    answer = asker.post(f"{PLACE}/{offer.offer_id}/join", {"purpose": "disability_allowance", "systems": ["CAB-relief"]}, follow=True)
    agreement = Agreement.objects.get(offer_hash=offer.offer_hash)
    assert agreement.state == "IN_FORCE"
    assert answer.redirect_chain == [(f"/en/console/agreements/{agreement.agreement_id}", 302)]
    assert agreement.agreement_id[:8] in page(signed_in(world, "approver").get(f"{PLACE}/{offer.offer_id}"))


def test_the_owner_ends_an_offer_by_a_page(world: World) -> None:
    offer = put_in_force(world)
    owner = signed_in(world, "approver")
    for step, state in (("suspend", "SUSPENDED"), ("resume", "IN_FORCE"), ("revoke", "REVOKED")):
        assert owner.get(f"{PLACE}/{offer.offer_id}/{step}").status_code == 200
        assert owner.post(f"{PLACE}/{offer.offer_id}/{step}", WHY).status_code == 302
        offer.refresh_from_db()
        assert offer.state == state


def test_others_find_no_offer(world: World) -> None:
    offer = put_in_force(world)
    outsider = signed_in(world, "outsider")
    assert [outsider.get(f"{PLACE}/{offer.offer_id}{step}").status_code for step in ("", "/sign", "/join")] == [404] * 3
    assert offer.offer_id[:8] not in page(outsider.get(PLACE))


def test_an_emergency_from_its_declaration_to_its_review(world: World) -> None:
    reason = {"reason_en": "A flood.", "reason_zh": "洪水。"}
    place = f"{PLACE}/emergency"
    reviewer, second = signed_in(world, "reviewer"), signed_in(world, "second_reviewer")
    assert "R14" in page(reviewer.get(place))
    late = form(**reason, not_after=(timezone.localdate() + timedelta(days=40)).isoformat())
    assert reviewer.post(f"{place}?dataset=R14", late).status_code == 422
    assert reviewer.post(f"{place}?dataset=R14", form(**reason)).status_code == 302
    offer = StandingOffer.objects.latest("pk")
    own = f"{PLACE}/{offer.offer_id}"
    assert signed_in(world, "approver").get(own).status_code == 404
    assert second.post(f"{own}/sign", {}).status_code == 302
    assert "An emergency" in page(signed_in(world, "approver").get(own))
    assert second.post(f"{own}/revoke", WHY).status_code == 302
    assert "The review is due" in page(reviewer.get(own))
    texts = {"finding": "It was needed.", "follows": "Everything is deleted."}
    assert reviewer.post(f"{own}/review", texts).status_code == 302
    public = page(Client().get("/en/transparency"))
    assert "It was needed." in public


def test_where_the_key_is_elsewhere_the_page_names_a_command(world: World, settings: Settings) -> None:
    settings.ALLOW_HUB_CUSTODY = False
    theirs = own_key(world.owner)
    offer = written(world)
    shown = page(signed_in(world, "owner_officer").post(f"{PLACE}/{offer.offer_id}/sign", {}))
    waiting = WaitingOrder.objects.get(offer=offer)
    assert f"hub sign {waiting.number}" in shown
    fetched = Client().get(f"/api/v1/orders/{waiting.number}").json()
    assert (fetched["order"], fetched["hash"]) == (offer.order, document_hash(offer.order))
    body = {"signature": signed(theirs, fetched["order"], fetched["role"])}
    handed = Client().post(f"/api/v1/orders/{waiting.number}/signature", body, content_type="application/json")
    assert handed.status_code == 200, handed.content
    assert acts.standing().offers[offer.offer_hash].in_force
    again = Client().post(f"/api/v1/orders/{waiting.number}/signature", body, content_type="application/json")
    assert again.status_code == 404


def test_a_revocation_signed_elsewhere_goes_by_its_number(world: World) -> None:
    theirs = own_key(world.owner)
    place = f"/en/console/agreements/{world.agreement.agreement_id}/revoke"
    shown = page(signed_in(world, "approver").post(place, WHY))
    number = re.search(r"hub sign ([a-z2-7]{32})", shown)
    assert number is not None
    fetched = Client().get(f"/api/v1/orders/{number[1]}").json()
    assert fetched["target"] == world.agreement.document
    wrong = signed(theirs, {**fetched["order"], "nonce": "A" * 22}, fetched["role"])
    refused = Client().post(f"/api/v1/orders/{number[1]}/signature", {"signature": wrong}, content_type="application/json")
    assert refused.status_code == 422
    good = {"signature": signed(theirs, fetched["order"], fetched["role"])}
    assert Client().post(f"/api/v1/orders/{number[1]}/signature", good, content_type="application/json").status_code == 200
    assert acts.standing().agreements[world.agreement.agreement_id].state == "REVOKED"


def test_an_order_runs_out(world: World) -> None:
    own_key(world.owner)
    signed_in(world, "approver").post(f"/en/console/agreements/{world.agreement.agreement_id}/suspend", WHY)
    WaitingOrder.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    assert Client().get(f"/api/v1/orders/{WaitingOrder.objects.get().number}").status_code == 404


def test_before_a_revocation_the_page_says_who_loses_what(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses, "_counters", {"matters": lambda _agreement: [StoppedMatter("M01", {"en": "Allowances"}, 4)]})
    owner = signed_in(world, "approver")
    for step in ("revoke", "suspend"):
        shown = page(owner.get(f"/en/console/agreements/{world.agreement.agreement_id}/{step}"))
        assert "Who loses what" in shown
        assert "CAB-relief" in shown
        assert "4 open cases" in shown
    answer = owner.get(f"/api/v1/agreements/{world.agreement.agreement_id}/losses").json()
    assert (answer["open_cases"], answer["matters"][0]["code"], answer["systems"]) == (4, "M01", ["CAB-relief"])


def test_a_change_begins_on_the_page_with_the_old_terms(world: World) -> None:
    place = f"/en/console/agreements/{world.agreement.agreement_id}"
    asker = signed_in(world, "asker")
    assert f"{place}/change" in page(asker.get(place))
    assert f"{place}/change" not in page(signed_in(world, "approver").get(place))
    answer = asker.post(f"{place}/change", {}, follow=True)
    assert answer.status_code == 200
    assert "This draft holds everything that is agreed now." in page(answer)


def test_the_pdf_is_the_same_each_time_and_names_the_hash(world: World) -> None:
    place = f"/en/console/agreements/{world.agreement.agreement_id}/pdf"
    first, again = signed_in(world, "approver").get(place), signed_in(world, "asker").get(place.replace("/en/", "/zh-hans/"))
    assert first["Content-Type"] == "application/pdf"
    assert first.content == again.content
    assert first.content.startswith(b"%PDF-")


def test_an_outsider_gets_neither_paper(world: World) -> None:
    place = f"/en/console/agreements/{world.agreement.agreement_id}"
    outsider = signed_in(world, "outsider")
    assert [outsider.get(f"{place}/{paper}").status_code for paper in ("pdf", "odrl")] == [404, 404]


def test_the_console_says_what_offers_leave_to_do(world: World) -> None:
    offer = written(world)
    place = f"{PLACE}/{offer.offer_id}"
    assert place in page(signed_in(world, "owner_officer").get("/en/console"))
    assert place not in page(signed_in(world, "approver").get("/en/console"))
    reason = {"reason_en": "A flood.", "reason_zh": "洪水。"}
    signed_in(world, "reviewer").post(f"{PLACE}/emergency?dataset=R14", form(**reason))
    emergency = StandingOffer.objects.get(kind="EMERGENCY")
    own = f"{PLACE}/{emergency.offer_id}"
    second = signed_in(world, "second_reviewer")
    assert own in page(second.get("/en/console"))
    second.post(f"{own}/sign", {})
    assert own in page(signed_in(world, "approver").get("/en/console"))
    second.post(f"{own}/revoke", WHY)
    assert "Write the review" in page(second.get("/en/console"))


def test_an_offer_may_show_a_part_of_a_value_and_some_rows_only(world: World) -> None:
    offer = written(
        world,
        items=["type"],
        facts=["valid"],
        **{"keep_first.type": "2", "filter_item": "grade", "filter_rule": "in", "filter_values": "1\n2"},
    )
    assert offer.document["masks"] == {"type": {"keep_first": 2, "keep_last": 0}}
    assert offer.document["row_filter"] == {"grade": {"in": [1, 2]}}
    shown = page(signed_in(world, "owner_officer").get(f"{PLACE}/{offer.offer_id}/sign"))
    assert "What stays readable: first 2, last 0" in shown


def test_a_rule_without_a_value_stands_beside_its_field(world: World) -> None:
    answer = signed_in(world, "approver").post(f"{PLACE}/new?dataset=R14", form(filter_item="grade", filter_rule="in", filter_values=""))
    assert answer.status_code == 422
    assert "Name at least one value, or choose every row." in page(answer)


def test_what_is_masked_is_told_by_no_fact_of_the_same_offer(world: World) -> None:
    answer = signed_in(world, "approver").post(
        f"{PLACE}/new?dataset=R14",
        form(items=["type"], facts=["valid"], **{"keep_first.type": "1", "filter_item": "type", "filter_rule": "present"}),
    )
    assert answer.status_code == 422
    assert not StandingOffer.objects.exists()
