"""Emergencies: two reviewers of the authority open data for thirty days at most, in public, and answer for it afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import acts
from audit.follower import follow_once
from audit.sequencer import give_indexes
from exchange.sharing import actions
from exchange.sharing.errors import FourEyes, NotAskable, NotThatSide, StateChanged
from exchange.sharing.models import Agreement, EmergencyReview, StandingOffer
from exchange.sharing.offers import reviewing
from exchange.sharing.offers.drafting import draft_emergency
from exchange.sharing.offers.joining import join
from exchange.sharing.offers.reviewing import public_count, used_under, write_review
from exchange.sharing.offers.signing import revoke_offer, sign_offer
from exchange.sharing.offers.text import OfferTerms
from tests.delivery.wire_caller import Caller
from tests.world import World, part_of
from tests.world_data import SUBJECTS

ACT = [{"text": {"en": "Emergency Response Law", "zh": "突发事件应对法"}, "article": "Article 1"}]
REASON = {"en": "A flood.", "zh": "洪水。"}
WHY: dict[str, Any] = {"reason": "The water has gone.", "ground": "PURPOSE_ENDED"}
TEXTS: dict[str, Any] = {"finding": "What was opened was needed.", "follows": "Everything that was kept has been deleted."}


def who(world: World, name: str, department: str = "authority") -> dict[str, Any]:
    return {"acting_user": world.person(name), "department": getattr(world, department)}


def terms(**changes: Any) -> OfferTerms:
    given: dict[str, Any] = {
        "requesters": ["CAB"],
        "purposes": ["disability_allowance"],
        "methods": ["QUERY", "VERIFY"],
        "items": ["grade", "valid_until"],
        "facts": {"valid": {}},
        "not_after": timezone.now() + timedelta(days=29),
        "retention_days": 7,
        "legal_basis": ACT,
    }
    return OfferTerms(**{**given, **changes})


def drafted(world: World, **changes: Any) -> StandingOffer:
    return draft_emergency(terms(**changes), reason=REASON, dataset=world.conditional, **who(world, "reviewer"))


def declared(world: World, **changes: Any) -> StandingOffer:
    return sign_offer(drafted(world, **changes), **who(world, "second_reviewer"))


def joined(world: World, offer: StandingOffer) -> Agreement:
    agreement = join(offer, systems=["CAB-relief"], purpose="disability_allowance", **who(world, "asker", "requester"))
    return actions.sign_agreement(agreement, **who(world, "asker", "requester"))


def test_two_reviewers_declare_a_department_joins_and_the_entry_says_emergency(world: World) -> None:
    offer = declared(world)
    assert offer.order["sensitive_items"] == ["grade"]
    agreement = joined(world, offer)
    reply = Caller("CAB-relief").query(agreement.agreement_id, SUBJECTS[0])
    assert (reply.status, set(reply.body["answer"]["records"][0])) == (200, {"grade", "valid_until"})
    assert (reply.route["emergency"], reply.route["legal_basis"]) == (offer.offer_hash, ["Article 1"])
    ordinary = Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0])
    assert "emergency" not in ordinary.route


def test_nobody_signs_the_emergency_that_they_wrote(world: World) -> None:
    offer = drafted(world)
    with pytest.raises(FourEyes):
        sign_offer(offer, **who(world, "reviewer"))
    assert offer.offer_hash not in acts.standing().offers


@pytest.mark.parametrize(
    ("name", "department"), [("approver", "owner"), ("auditor", "authority"), ("authority_admin", "authority"), ("asker", "requester")]
)
def test_only_reviewers_of_the_authority_declare(world: World, name: str, department: str) -> None:
    with pytest.raises(NotThatSide):
        draft_emergency(terms(), reason=REASON, dataset=world.conditional, **who(world, name, department))
    offer = drafted(world)
    with pytest.raises(NotThatSide):
        sign_offer(offer, **who(world, name, department))


@pytest.mark.parametrize(
    "changes",
    [
        {"not_after": 31},
        {"items": ["diagnosis"]},
        {"methods": ["EXPORT"]},
        {"retention_days": 31},
        {"retention_days": None},
        {"legal_basis": []},
        {"legal_basis": [*ACT, *ACT]},
        {"requesters": ["*"]},
        {"purposes": ["*"]},
    ],
)
def test_what_goes_beyond_an_emergency_is_not_even_drafted(world: World, changes: dict[str, Any]) -> None:
    if "not_after" in changes:
        changes = {"not_after": timezone.now() + timedelta(days=changes["not_after"])}
    with pytest.raises(NotAskable):
        drafted(world, **changes)


def test_a_request_never_falls_into_an_emergency(small_world: World) -> None:
    declared(small_world, methods=["VERIFY", "QUERY", "BATCH"], facts={"valid": {}, "grade_in": {"grades": {"in": [1, 2]}}})
    part = part_of(small_world.request)
    assert actions.check(part, **who(small_world, "reviewer")) is None


def test_a_revoked_emergency_refuses_the_next_batch_of_whoever_joined(world: World) -> None:
    offer = declared(world)
    agreement = joined(world, offer)
    caller = Caller("CAB-relief")
    assert caller.query(agreement.agreement_id, SUBJECTS[0]).status == 200
    revoke_offer(offer, **WHY, **who(world, "approver", "owner"))
    assert caller.query(agreement.agreement_id, SUBJECTS[0]).code == "REVOKED"
    agreement.refresh_from_db()
    assert agreement.state == "REVOKED"
    assert caller.query(world.agreement.agreement_id, SUBJECTS[0]).status == 200


def test_the_agreement_ends_with_the_emergencys_last_day(world: World) -> None:
    offer = declared(world)
    assert joined(world, offer).document["period"]["until"] == offer.document["not_after"]


def test_the_owner_sees_the_emergency_and_every_agreement_under_it(world: World) -> None:
    agreement = joined(world, declared(world))
    owner = world.person("approver")
    assert StandingOffer.objects.visible_to(owner).filter(kind="EMERGENCY").count() == 1
    assert Agreement.objects.visible_to(owner).filter(pk=agreement.pk).exists()
    assert not StandingOffer.objects.visible_to(world.person("outsider")).exists()


def test_a_draft_of_an_emergency_is_the_authoritys_alone(world: World) -> None:
    drafted(world)
    assert not StandingOffer.objects.visible_to(world.person("approver")).exists()


def test_the_review_is_written_after_the_end_once_and_published_with_what_was_used(world: World) -> None:
    offer = declared(world)
    agreement = joined(world, offer)
    Caller("CAB-relief").query(agreement.agreement_id, SUBJECTS[0])
    give_indexes()
    follow_once()
    review = EmergencyReview.objects.get(offer=offer)
    with pytest.raises(StateChanged):
        write_review(review, **TEXTS, **who(world, "reviewer"))
    revoke_offer(offer, **WHY, **who(world, "reviewer"))
    assert public_count(timezone.now()).reviews_open == 1
    with pytest.raises(NotAskable):
        write_review(review, finding="x", follows=" ", **who(world, "reviewer"))
    with pytest.raises(NotThatSide):
        write_review(review, **TEXTS, **who(world, "approver", "owner"))
    written = write_review(review, **TEXTS, **who(world, "reviewer"))
    assert (written.used["exchanges"], written.used["subjects"], written.used["items"]) == (1, 1, ["grade", "valid_until"])
    with pytest.raises(StateChanged):
        write_review(review, **TEXTS, **who(world, "second_reviewer"))
    count = public_count(timezone.now())
    assert (count.declared, count.joined, count.exchanges, count.reviews_open, count.reviews_closed) == (1, 1, 1, 0, 1)


def test_an_emergency_whose_time_is_over_owes_its_review(world: World) -> None:
    offer = declared(world)
    later = timezone.now() + timedelta(days=30)
    assert list(StandingOffer.objects.with_review_open(later)) == [offer]
    assert not StandingOffer.objects.with_review_open(timezone.now()).exists()


def test_while_a_review_is_overdue_nothing_more_is_declared_about_that_dataset(world: World) -> None:
    offer = declared(world)
    revoke_offer(offer, **WHY, **who(world, "reviewer"))
    drafted(world)
    EmergencyReview.objects.filter(offer=offer).update(due_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(StateChanged):
        drafted(world)


def test_figures_name_no_person(world: World) -> None:
    offer = declared(world)
    joined(world, offer)
    assert set(used_under(offer)) == {"joined", "exchanges", "subjects", "refused", "by_requester", "items", "facts"}
    assert reviewing.CALLS == ("exchange", "refusal")
