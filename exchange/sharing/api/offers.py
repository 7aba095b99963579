"""`/api/v1/offers`: write, sign, end and join standing offers, frameworks and emergencies."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Dataset
from exchange.sharing.api import offer_shapes, shapes
from exchange.sharing.api.agreements import handed_of
from exchange.sharing.api.doors import ACTING, CURSOR, PROBLEMS, Door
from exchange.sharing.errors import NoSuchRequest
from exchange.sharing.models import EmergencyReview, StandingOffer
from exchange.sharing.offers import drafting, joining, reviewing, signing

_KIND = OpenApiParameter("kind", str, enum=offer_shapes.KINDS, description="Only offers of this kind.")


class OfferDoor(Door):
    """A door to one offer."""

    def offer(self, offer_id: str) -> StandingOffer:
        """The offer, if the caller may see it. Raises NoSuchRequest."""
        found = StandingOffer.objects.visible_to(self.person).select_related("dataset", "provider").filter(offer_id=offer_id).first()
        if found is None:
            raise NoSuchRequest(_("There is no such offer, or it is not yours to see."))
        return found

    def dataset(self, code: str) -> Dataset:
        """A published dataset. Raises NoSuchRequest."""
        found = Dataset.objects.published().filter(code=code).first()
        if found is None:
            raise NoSuchRequest(_("There is no published dataset of this code."))
        return found

    def answer(self, offer: StandingOffer, status: int = 200) -> Response:
        """The offer as it is now."""
        return Response(self.shown(offer_shapes.StandingOfferOut, offer), status=status)

    @property
    def acting(self) -> dict[str, Any]:
        """Who acts, as the actions name it."""
        return {"acting_user": self.person, "department": self.department}


class Offers(OfferDoor):
    """All offers that the caller may see."""

    @extend_schema(
        operation_id="listStandingOffers",
        tags=["offers"],
        parameters=[ACTING, _KIND, CURSOR],
        responses={200: offer_shapes.StandingOfferPage, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List your department's offers, those that name it, and emergencies about its datasets, the newest first."""
        rows = StandingOffer.objects.visible_to(self.person).select_related("dataset")
        kind = request.query_params.get("kind")
        return self.page(offer_shapes.StandingOfferSummary, rows.filter(kind=kind) if kind in offer_shapes.KINDS else rows)

    @extend_schema(
        operation_id="draftStandingOffer",
        tags=["offers"],
        parameters=[ACTING],
        request=offer_shapes.StandingOfferIn,
        responses={201: offer_shapes.StandingOfferOut, **PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Fix the text of an offer; nothing is open before a colleague signs it."""
        data = self.parsed(offer_shapes.StandingOfferIn)
        made = drafting.draft_offer(offer_shapes.terms_of(data), dataset=self.dataset(data["dataset"]), **self.acting)
        return self.answer(made, 201)


class Emergencies(OfferDoor):
    """Emergencies of the authority."""

    @extend_schema(
        operation_id="draftEmergency",
        tags=["offers"],
        parameters=[ACTING],
        request=offer_shapes.EmergencyIn,
        responses={201: offer_shapes.StandingOfferOut, **PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Fix the text of an emergency; a second reviewer of the authority signs it."""
        data = self.parsed(offer_shapes.EmergencyIn)
        terms, dataset = offer_shapes.terms_of(data), self.dataset(data["dataset"])
        return self.answer(drafting.draft_emergency(terms, reason=data["reason"], dataset=dataset, **self.acting), 201)


class OneOffer(OfferDoor):
    """One offer."""

    @extend_schema(
        operation_id="getStandingOffer", tags=["offers"], parameters=[ACTING], responses={200: offer_shapes.StandingOfferOut, **PROBLEMS}
    )
    def get(self, request: Request, offer_id: str) -> Response:
        """Read an offer: its text, the order that is signed, who has joined."""
        return self.answer(self.offer(offer_id))


class SignOffer(OfferDoor):
    """The owner's signature, or in an emergency the authority's."""

    @extend_schema(
        operation_id="signOffer",
        tags=["offers"],
        parameters=[ACTING],
        request=shapes.SignIn,
        responses={200: offer_shapes.StandingOfferOut, **PROBLEMS},
    )
    def post(self, request: Request, offer_id: str) -> Response:
        """Sign: from the act that this appends, requests inside it are granted at once, or departments join."""
        found, signature = self.offer(offer_id), self.parsed(shapes.SignIn).get("signature")
        return self.answer(signing.sign_offer(found, signature=signature, **self.acting))


class WithdrawOffer(OfferDoor):
    """Putting a draft away."""

    @extend_schema(
        operation_id="withdrawOffer",
        tags=["offers"],
        parameters=[ACTING],
        request=None,
        responses={200: offer_shapes.StandingOfferOut, **PROBLEMS},
    )
    def post(self, request: Request, offer_id: str) -> Response:
        """Put a draft away; what is signed is revoked instead."""
        found = self.offer(offer_id)
        drafting.withdraw_offer(found, **self.acting)
        return self.answer(found)


class SuspendOffer(OfferDoor):
    """Stopping for a while."""

    @extend_schema(
        operation_id="suspendOffer",
        tags=["offers"],
        parameters=[ACTING],
        request=shapes.EndIn,
        responses={200: offer_shapes.StandingOfferOut, **PROBLEMS},
    )
    def post(self, request: Request, offer_id: str) -> Response:
        """Nobody takes it up until your side resumes; agreements that came from it go on."""
        found, data = self.offer(offer_id), self.parsed(shapes.EndIn)
        words = {"reason": data["reason"], "ground": data["ground"], "handed": handed_of(data)}
        return self.answer(signing.suspend_offer(found, **words, **self.acting))


class ResumeOffer(OfferDoor):
    """Going on."""

    @extend_schema(
        operation_id="resumeOffer",
        tags=["offers"],
        parameters=[ACTING],
        request=shapes.ResumeIn,
        responses={200: offer_shapes.StandingOfferOut, **PROBLEMS},
    )
    def post(self, request: Request, offer_id: str) -> Response:
        """Lift your own side's suspension."""
        found, data = self.offer(offer_id), self.parsed(shapes.ResumeIn)
        return self.answer(signing.resume_offer(found, reason=data["reason"], handed=handed_of(data), **self.acting))


class RevokeOffer(OfferDoor):
    """Ending for ever."""

    @extend_schema(
        operation_id="revokeOffer",
        tags=["offers"],
        parameters=[ACTING],
        request=shapes.EndIn,
        responses={200: offer_shapes.StandingOfferOut, **PROBLEMS},
    )
    def post(self, request: Request, offer_id: str) -> Response:
        """End it: agreements of an owner's offer go on, those of an emergency end with it."""
        found, data = self.offer(offer_id), self.parsed(shapes.EndIn)
        words = {"reason": data["reason"], "ground": data["ground"], "handed": handed_of(data)}
        return self.answer(signing.revoke_offer(found, **words, **self.acting))


class JoinOffer(OfferDoor):
    """Joining."""

    @extend_schema(
        operation_id="joinOffer",
        tags=["offers"],
        parameters=[ACTING],
        request=offer_shapes.JoinIn,
        responses={201: shapes.AgreementOut, **PROBLEMS},
    )
    def post(self, request: Request, offer_id: str) -> Response:
        """Make the agreement that the whole offer amounts to; sign it with `signAgreement`."""
        found, data = self.offer(offer_id), self.parsed(offer_shapes.JoinIn)
        agreement = joining.join(found, systems=data["systems"], purpose=data["purpose"], **self.acting)
        return Response(self.shown(shapes.AgreementOut, agreement), status=201)


class ReviewEmergency(OfferDoor):
    """The review after an emergency."""

    @extend_schema(
        operation_id="reviewEmergency",
        tags=["offers"],
        parameters=[ACTING],
        request=offer_shapes.ReviewIn,
        responses={200: offer_shapes.StandingOfferOut, **PROBLEMS},
    )
    def post(self, request: Request, offer_id: str) -> Response:
        """Publish what was used, what was found, and what follows; once, after the end."""
        found, data = self.offer(offer_id), self.parsed(offer_shapes.ReviewIn)
        review = EmergencyReview.objects.filter(offer=found).first()
        if review is None:
            raise NoSuchRequest(_("This offer owes no review."))
        reviewing.write_review(review, finding=data["finding"], follows=data["follows"], **self.acting)
        return self.answer(found)
