"""`/api/v1/requests`: ask, edit, hand in, and every step of a part."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.errors import Fault
from catalog.models import Dataset, Purpose
from exchange.sharing import actions
from exchange.sharing.actions import PartTerms, RequestWords
from exchange.sharing.api import shapes
from exchange.sharing.api.doors import ACTING, CURSOR, EDIT_PROBLEMS, IDEMPOTENCY_KEY, IF_MATCH, PROBLEMS, Door, edition_of
from exchange.sharing.api.reviewing_shapes import ApproveIn, CheckIn, verdicts_of
from exchange.sharing.errors import NotAskable
from exchange.sharing.models import SharingRequest

DECIDED = {
    "items.valid_until": {"decision": "REFUSED", "ground": "BEYOND_PURPOSE", "reason": "The fact answers it."},
    "items.name": {"decision": "MASKED", "keep_first": 1, "keep_last": 0},
}
EXAMPLE = OpenApiExample(
    "Ask for disability certificates",
    request_only=True,
    value={
        "purpose": "disability_allowance",
        "title": "Allowances without papers",
        "reason": "Allowances are decided without papers.",
        "recipients": "Officers who decide allowances.",
        "contact_office": "Relief office",
        "contact_telephone": "028-5550 0100",
        "parts": [
            {
                "dataset": "R14",
                "items": ["grade", "valid_until"],
                "facts": {"valid": {}, "grade_in": {"grades": {"in": [1, 2]}}},
                "methods": ["VERIFY", "QUERY"],
                "systems": ["CAB-relief"],
                "monthly_subjects": 600,
                "justifications": {"items.valid_until": "The allowance ends with the certificate."},
            }
        ],
    },
)


class Requests(Door):
    """All requests that the caller may see; beginning a new one."""

    @extend_schema(
        operation_id="listRequests", tags=["requests"], parameters=[ACTING, CURSOR], responses={200: shapes.RequestPage, **PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List requests of your departments, and those that reach your datasets, the newest first."""
        return self.page(shapes.RequestSummary, SharingRequest.objects.visible_to(self.person).prefetch_related("parts"))

    @extend_schema(
        operation_id="draftRequest",
        tags=["requests"],
        parameters=[ACTING, IDEMPOTENCY_KEY],
        request=shapes.RequestIn,
        responses={201: shapes.RequestOut, **PROBLEMS},
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Draft a request. Nobody else sees it before it is handed in."""
        data = self.parsed(shapes.RequestIn)
        parts = {_dataset(part["dataset"]): _terms(part) for part in data["parts"]}
        who: dict[str, Any] = {"acting_user": self.person, "department": self.department}
        made = actions.draft_request(_words(data), parts=parts, **who, idempotency_key=request.headers.get("Idempotency-Key", ""))
        return answered(self, made, status=201)


class OneRequest(Door):
    """One request."""

    @extend_schema(operation_id="getRequest", tags=["requests"], parameters=[ACTING], responses={200: shapes.RequestOut, **PROBLEMS})
    def get(self, request: Request, number: str) -> Response:
        """Read a request with the parts that you may see. The header ETag holds its edition."""
        return answered(self, self.sharing_request(number))

    @extend_schema(
        operation_id="editRequest",
        tags=["requests"],
        parameters=[ACTING, IF_MATCH],
        request=shapes.RequestWordsIn,
        responses={200: shapes.RequestOut, **EDIT_PROBLEMS},
    )
    def put(self, request: Request, number: str) -> Response:
        """Change purpose, reason and legal basis, while every part may be edited. Needs If-Match."""
        found, words = self.sharing_request(number), _words(self.parsed(shapes.RequestWordsIn))
        actions.edit_request(found, words=words, edition=edition_of(request), acting_user=self.person, department=self.department)
        return answered(self, found)


class SubmitRequest(Door):
    """Handing in."""

    @extend_schema(
        operation_id="submitRequest", tags=["requests"], parameters=[ACTING], request=None, responses={200: shapes.RequestOut, **PROBLEMS}
    )
    def post(self, request: Request, number: str) -> Response:
        """Hand in every part that is a draft or was returned. 422 lists every fault at once."""
        found = self.sharing_request(number)
        actions.submit(found, acting_user=self.person, department=self.department)
        return answered(self, found)


class OnePart(Door):
    """The part of a request about one dataset."""

    @extend_schema(
        operation_id="editPart",
        tags=["requests"],
        parameters=[ACTING, IF_MATCH],
        request=shapes.PartIn,
        responses={200: shapes.RequestOut, **EDIT_PROBLEMS},
    )
    def put(self, request: Request, number: str, dataset: str) -> Response:
        """Replace what a part asks for, while it is a draft or was returned. Needs If-Match."""
        part = self.part(number, dataset)
        terms = _terms(self.parsed(shapes.PartIn))
        actions.edit_part(part, terms=terms, edition=edition_of(request), acting_user=self.person, department=self.department)
        return answered(self, self.sharing_request(number))


class CheckPart(Door):
    """The authority's formal check."""

    @extend_schema(
        operation_id="checkPart",
        tags=["requests"],
        parameters=[ACTING],
        request=CheckIn,
        responses={200: shapes.RequestOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """Pass a part on to its owner, with remarks item by item; inside a standing offer the agreement is proposed at once."""
        part, data = self.part(number, dataset), self.parsed(CheckIn)
        actions.check(part, acting_user=self.person, department=self.department, **data)
        return answered(self, self.sharing_request(number))


class ReturnPart(Door):
    """Sending back."""

    @extend_schema(
        operation_id="returnPart",
        tags=["requests"],
        parameters=[ACTING],
        request=shapes.ReturnIn,
        responses={200: shapes.RequestOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """Send a part back with one complete list of what is missing."""
        part = self.part(number, dataset)
        missing = [Fault(**fault) for fault in self.parsed(shapes.ReturnIn)["missing"]]
        actions.return_part(part, missing=missing, acting_user=self.person, department=self.department)
        return answered(self, self.sharing_request(number))


class ApprovePart(Door):
    """The owner's yes."""

    @extend_schema(
        operation_id="approvePart",
        tags=["requests"],
        parameters=[ACTING],
        request=ApproveIn,
        responses={200: shapes.RequestOut, **PROBLEMS},
        examples=[
            OpenApiExample("All but one item, and one of them masked", request_only=True, value={"verdicts": DECIDED}),
        ],
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """Approve a part item by item: fixes and signs the text, or, where class 4 is given, waits for a second officer."""
        part, data = self.part(number, dataset), self.parsed(ApproveIn)
        verdicts = verdicts_of(data["verdicts"])
        actions.approve(part, acting_user=self.person, department=self.department, verdicts=verdicts, note=data["note"])
        return answered(self, self.sharing_request(number))


class RefusePart(Door):
    """The owner's no."""

    @extend_schema(
        operation_id="refusePart",
        tags=["requests"],
        parameters=[ACTING],
        request=shapes.RefuseIn,
        responses={200: shapes.RequestOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """Refuse a part, with a written reason and a coded legal ground."""
        part, data = self.part(number, dataset), self.parsed(shapes.RefuseIn)
        actions.refuse(part, **data, acting_user=self.person, department=self.department)
        return answered(self, self.sharing_request(number))


class WithdrawPart(Door):
    """Taking back."""

    @extend_schema(
        operation_id="withdrawPart",
        tags=["requests"],
        parameters=[ACTING],
        request=shapes.NoteIn,
        responses={200: shapes.RequestOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """Take a part back before it is decided."""
        part, note = self.part(number, dataset), self.parsed(shapes.NoteIn)["note"]
        actions.withdraw(part, acting_user=self.person, department=self.department, reason=note)
        return answered(self, self.sharing_request(number))


def answered(door: Door, found: SharingRequest, *, status: int = 200) -> Response:
    """The request as it stands now, with its edition."""
    found.refresh_from_db()
    return Response(door.shown(shapes.RequestOut, found), status=status, headers={"ETag": f'"{found.edition}"'})


def _dataset(code: str) -> Dataset:
    found = Dataset.objects.published().filter(code=code).first()
    if found is None:
        raise NotAskable(_("There is no such dataset."), faults=[Fault(code, "unknown", _("Look it up in the catalogue."))])
    return found


def _words(data: dict[str, Any]) -> RequestWords:
    purpose = Purpose.objects.filter(code=data["purpose"]).first()
    if purpose is None:
        raise NotAskable(_("There is no such purpose."), faults=[Fault("purpose", "unknown", _("Choose one of the listed purposes."))])
    said = {name: data[name] for name in ("title", "reason", "recipients", "contact_office", "contact_telephone")}
    return RequestWords(purpose=purpose, legal_basis=data.get("legal_basis"), **said)


def _terms(data: dict[str, Any]) -> PartTerms:
    return PartTerms(**{name: value for name, value in data.items() if name != "dataset"})
