"""`/api/v1/affairs/offers`: what offices offer by themselves, and the person's word."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.affairs import sealing
from exchange.affairs.api import shapes, told
from exchange.affairs.api.doors import PROBLEMS, READ_PROBLEMS, Door
from exchange.affairs.models import Offer
from exchange.affairs.offers.answering import accept_offer, ask_again, decline_offer, found_in_offer, offer_for, offers_of


class Offers(Door):
    """The caller's offers."""

    @extend_schema(operation_id="listOffers", tags=["affairs"], responses={200: shapes.OfferPage, **READ_PROBLEMS})
    def get(self, request: Request) -> Response:
        """List what was offered to you, the newest first."""
        applicant = self.applicant
        rows = list(offers_of(applicant))
        key = sealing.key_of(applicant.subject) if rows else b""
        return Response({"results": [told.offer(offer, found_in_offer(offer, applicant=applicant, key=key)) for offer in rows]})


class OneOffer(Door):
    """One offer."""

    @extend_schema(operation_id="getOffer", tags=["affairs"], responses={200: shapes.OfferOut, **READ_PROBLEMS})
    def get(self, request: Request, offer_id: uuid.UUID) -> Response:
        """Read an offer, and what it rests on."""
        return Response(_told(self, offer_for(offer_id, applicant=self.applicant)))

    @extend_schema(operation_id="answerOffer", tags=["affairs"], request=shapes.OfferIn, responses={200: shapes.OfferOut, **PROBLEMS})
    def post(self, request: Request, offer_id: uuid.UUID) -> Response:
        """Accept or decline an offer, or take a no back. Who says nothing until the last day has accepted."""
        offer = offer_for(offer_id, applicant=self.applicant)
        _STEPS[self.parsed(shapes.OfferIn)["do"]](offer, applicant=self.applicant)
        return Response(_told(self, offer_for(offer_id, applicant=self.applicant)))


_STEPS: dict[str, Any] = {"accept": accept_offer, "decline": decline_offer, "ask_again": ask_again}


def _told(door: Door, offer: Offer) -> dict[str, Any]:
    return told.offer(offer, found_in_offer(offer, applicant=door.applicant))
