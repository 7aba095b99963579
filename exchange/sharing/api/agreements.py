"""`/api/v1/agreements`: read, sign, suspend, resume, revoke."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.proof.canonical import document_hash
from exchange.sharing import actions, losses, odrl
from exchange.sharing.api import offer_shapes, shapes
from exchange.sharing.api.doors import ACTING, CURSOR, PROBLEMS, Door
from exchange.sharing.models import Agreement, RequestPart
from exchange.sharing.signing import HandedIn

REVOKE = OpenApiExample(
    "The purpose has ended", request_only=True, value={"reason": "The allowance was abolished.", "ground": "PURPOSE_ENDED"}
)
IN_FORCE = OpenApiParameter("in_force", bool, description="Only those in force now.")


class Agreements(Door):
    """All agreements that the caller may see."""

    @extend_schema(
        operation_id="listAgreements",
        tags=["agreements"],
        parameters=[ACTING, IN_FORCE, CURSOR],
        responses={200: shapes.AgreementPage, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List agreements to which your departments are parties, the newest first."""
        rows = Agreement.objects.visible_to(self.person).select_related("dataset")
        if request.query_params.get("in_force") == "true":
            rows = rows.in_force(timezone.now())
        return self.page(shapes.AgreementSummary, rows)


class OneAgreement(Door):
    """One agreement."""

    @extend_schema(operation_id="getAgreement", tags=["agreements"], parameters=[ACTING], responses={200: shapes.AgreementOut, **PROBLEMS})
    def get(self, request: Request, agreement_id: str) -> Response:
        """Read an agreement: its text, the order that is signed, the signatures, its steps so far."""
        return _answer(self, self.agreement(agreement_id))


class ProvideSignature(Door):
    """The provider's own signature."""

    @extend_schema(
        operation_id="provideSignature",
        tags=["agreements"],
        parameters=[ACTING],
        request=shapes.SignIn,
        responses={200: shapes.AgreementOut, **PROBLEMS},
    )
    def post(self, request: Request, agreement_id: str) -> Response:
        """Hand in the provider's signature over `order`, where the provider keeps its key itself."""
        found, signature = self.agreement(agreement_id), self.parsed(shapes.SignIn).get("signature", {})
        actions.provide_signature(found, signature=signature, acting_user=self.person, department=self.department)
        return _answer(self, found)


class SignAgreement(Door):
    """The requester's signature."""

    @extend_schema(
        operation_id="signAgreement",
        tags=["agreements"],
        parameters=[ACTING],
        request=shapes.SignIn,
        responses={200: shapes.AgreementOut, **PROBLEMS},
    )
    def post(self, request: Request, agreement_id: str) -> Response:
        """Sign for the requester: the agreement is in force from the act that this appends."""
        found, signature = self.agreement(agreement_id), self.parsed(shapes.SignIn).get("signature")
        actions.sign_agreement(found, signature=signature, acting_user=self.person, department=self.department)
        return _answer(self, found)


class SuspendAgreement(Door):
    """Stopping for a while."""

    @extend_schema(
        operation_id="suspendAgreement",
        tags=["agreements"],
        parameters=[ACTING],
        request=shapes.EndIn,
        responses={200: shapes.AgreementOut, **PROBLEMS},
    )
    def post(self, request: Request, agreement_id: str) -> Response:
        """Suspend: the next call is refused, until your side resumes."""
        found, data = self.agreement(agreement_id), self.parsed(shapes.EndIn)
        words = {"reason": data["reason"], "ground": data["ground"], "handed": handed_of(data)}
        actions.suspend(found, **words, acting_user=self.person, department=self.department)
        return _answer(self, found)


class ResumeAgreement(Door):
    """Going on."""

    @extend_schema(
        operation_id="resumeAgreement",
        tags=["agreements"],
        parameters=[ACTING],
        request=shapes.ResumeIn,
        responses={200: shapes.AgreementOut, **PROBLEMS},
    )
    def post(self, request: Request, agreement_id: str) -> Response:
        """Lift your own side's suspension."""
        found, data = self.agreement(agreement_id), self.parsed(shapes.ResumeIn)
        actions.resume(found, reason=data["reason"], handed=handed_of(data), acting_user=self.person, department=self.department)
        return _answer(self, found)


class RevokeAgreement(Door):
    """Ending for ever."""

    @extend_schema(
        operation_id="revokeAgreement",
        tags=["agreements"],
        parameters=[ACTING],
        request=shapes.EndIn,
        responses={200: shapes.AgreementOut, **PROBLEMS},
        examples=[REVOKE],
    )
    def post(self, request: Request, agreement_id: str) -> Response:
        """Revoke: the next call is refused, and nothing brings this agreement back."""
        found, data = self.agreement(agreement_id), self.parsed(shapes.EndIn)
        words = {"reason": data["reason"], "ground": data["ground"], "handed": handed_of(data)}
        actions.revoke(found, **words, acting_user=self.person, department=self.department)
        return _answer(self, found)


class AgreementLosses(Door):
    """What its end would cost."""

    @extend_schema(operation_id="getLosses", tags=["agreements"], parameters=[ACTING], responses={200: offer_shapes.LossesOut, **PROBLEMS})
    def get(self, request: Request, agreement_id: str) -> Response:
        """Who loses what when it is suspended or revoked: systems, calls of the last 30 days, matters, open cases."""
        return Response(offer_shapes.LossesOut(losses.losses_of(self.agreement(agreement_id), timezone.now())).data)


class AgreementOdrl(Door):
    """The agreement for tools that read policies."""

    @extend_schema(operation_id="getOdrl", tags=["agreements"], parameters=[ACTING], responses={200: OpenApiTypes.OBJECT, **PROBLEMS})
    def get(self, request: Request, agreement_id: str) -> Response:
        """Read the agreement as an ODRL 2.2 Agreement (JSON-LD, docs/odrl_profile.md); the signed text stays the agreement."""
        found = self.agreement(agreement_id)
        return Response(odrl.as_odrl(found.agreement_id, found.document, text_hash=document_hash(found.document)))


class AmendAgreement(Door):
    """Changing it."""

    @extend_schema(
        operation_id="amendAgreement",
        tags=["agreements"],
        parameters=[ACTING],
        request=None,
        responses={201: offer_shapes.BegunOut, **PROBLEMS},
    )
    def post(self, request: Request, agreement_id: str) -> Response:
        """Begin a request that would replace it, filled with its terms; the old one works until the new one is in force."""
        return _begun(actions.amend(self.agreement(agreement_id), acting_user=self.person, department=self.department))


class RenewAgreement(Door):
    """Renewing it."""

    @extend_schema(
        operation_id="renewAgreement",
        tags=["agreements"],
        parameters=[ACTING],
        request=None,
        responses={201: offer_shapes.BegunOut, **PROBLEMS},
    )
    def post(self, request: Request, agreement_id: str) -> Response:
        """The same with a new period."""
        return _begun(actions.renew(self.agreement(agreement_id), acting_user=self.person, department=self.department))


def _begun(part: RequestPart) -> Response:
    begun = {"request": part.request.number, "dataset": part.dataset.code, "supersedes": part.supersedes}
    return Response(offer_shapes.BegunOut(begun).data, status=201)


def _answer(door: Door, found: Agreement) -> Response:
    return Response(door.shown(shapes.AgreementOut, found))


def handed_of(data: dict[str, Any]) -> HandedIn | None:
    """The order and signature in a body, if it holds both."""
    return HandedIn(data["order"], data["signature"]) if data.get("order") and data.get("signature") else None
