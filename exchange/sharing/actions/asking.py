"""What the requester does: draft, edit, submit, withdraw."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts, trail
from audit.errors import Fault
from audit.proof.acts import Standing
from audit.proof.canonical import document_hash
from catalog.models import Dataset, Department, Purpose
from exchange.accounts.acting import acting_as
from exchange.accounts.models import Person, Role
from exchange.sharing.askable import Wanted, askable_faults
from exchange.sharing.due import answer_due
from exchange.sharing.errors import EditionChanged, NotAskable
from exchange.sharing.least import Proposal, beyond_faults, the_least
from exchange.sharing.lifecycle import PartEvent
from exchange.sharing.models import RequestedFact, RequestedItem, RequestPart, SharingRequest
from exchange.sharing.moves import move_part
from exchange.sharing.sides import require_part_step

DEFAULT_PERIOD = timedelta(days=365)


@dataclass(frozen=True)
class PartTerms:
    """What one part asks of one dataset. Facts map names to allowed parameter values; None: the default.

    `justifications`: `items.grade` or `facts.valid` → why, for what goes beyond the least that the purpose needs.
    """

    items: Sequence[str] = ()
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    methods: Sequence[str] = ()
    systems: Sequence[str] = ()
    row_filter: Mapping[str, Any] | None = None
    per_day: int = 10_000
    per_minute: int = 600
    fact_answers: int = 3
    fact_days: int = 30
    per_officer_day: int | None = None
    per_subject: int | None = None
    per_subject_days: int | None = None
    period_from: datetime | None = None
    period_until: datetime | None = None
    retention_days: int = 30
    supersedes: str = ""
    monthly_subjects: int | None = None
    justifications: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RequestWords:
    """What the whole request says: for which purpose, on which law (None: the purpose's own), and why in own words.

    `legal_basis` is a list of `{"text": {"en": …, "zh": …}, "article": …}`. `recipients`: who inside the requester will see the
    data. The contact is an office with its telephone, never a person.
    """

    purpose: Purpose
    reason: str = ""
    legal_basis: Sequence[Mapping[str, Any]] | None = None
    title: str = ""
    recipients: str = ""
    contact_office: str = ""
    contact_telephone: str = ""


@transaction.atomic
def draft_request(
    words: RequestWords,
    *,
    parts: Mapping[Dataset, PartTerms],
    acting_user: Person,
    department: Department,
    idempotency_key: str = "",
) -> SharingRequest:
    """Begin a request of `department` with a part per dataset. Raises RoleNeeded.

    With a key that this person has used for this department before, the request made then comes back unchanged.
    """
    acting_as(acting_user, department, Role.OFFICER)
    sent_as = _sent_as(idempotency_key, acting_user, department)
    found = SharingRequest.objects.filter(sent_as=sent_as).first() if sent_as else None
    if found is not None:
        return found
    request = SharingRequest.objects.create(
        number=uuid.uuid4().hex,
        requester=department,
        created_by=acting_user,
        purpose=words.purpose,
        sent_as=sent_as,
        **_said(words),
    )
    request.number = f"{timezone.localdate():%Y}-{request.pk:06d}"
    request.save(update_fields=["number"])
    for dataset, terms in parts.items():
        _make_part(request, dataset, terms)
    route: dict[str, Any] = {
        "type": "request",
        "event": "draft",
        "requester": department.code,
        "purpose": words.purpose.code,
        "count": len(parts),
    }
    trail.record({**route, "acting": str(acting_user.pk)})
    return request


@transaction.atomic
def edit_request(request: SharingRequest, *, words: RequestWords, edition: int, acting_user: Person, department: Department) -> None:
    """Change what the whole request says, while every part may still be edited. Raises EditionChanged, StateChanged."""
    for part in request.parts.select_related("dataset"):
        require_part_step(acting_user, department, part, PartEvent.EDIT)
    acting_as(acting_user, request.requester, Role.OFFICER)
    _next_edition(request, edition)
    SharingRequest.objects.filter(pk=request.pk).update(purpose=words.purpose, **_said(words))
    request.refresh_from_db()
    trail.record(
        {"type": "request", "event": "edit", "requester": department.code, "purpose": words.purpose.code, "acting": str(acting_user.pk)}
    )


@transaction.atomic
def edit_part(part: RequestPart, *, terms: PartTerms, edition: int, acting_user: Person, department: Department) -> None:
    """Replace what a part asks for. `edition` is the request's as it was read. Raises EditionChanged, StateChanged."""
    require_part_step(acting_user, department, part, PartEvent.EDIT)
    _next_edition(part.request, edition)
    move_part(part, PartEvent.EDIT, acting_user=acting_user, department=department, **_columns(terms))
    part.items.all().delete()
    part.facts.all().delete()
    _make_wishes(part, terms)


@transaction.atomic
def submit(request: SharingRequest, *, acting_user: Person, department: Department) -> None:
    """Hand in every part that is still a draft or was returned. Raises NotAskable with the complete list of faults."""
    waiting = [part for part in request.parts.select_related("dataset", "request") if is_unsent(part)]
    if not waiting:
        raise NotAskable(_("Nothing of this request is left to hand in."), code="NOTHING_TO_SUBMIT")
    for part in waiting:
        require_part_step(acting_user, department, part, PartEvent.SUBMIT)
    _copy_legal_text(request)
    standing = acts.standing()
    least = the_least(request.purpose_id, standing)
    faults = [*words_faults(request), *(fault for part in waiting for fault in part_faults(part, standing, least.get(part.dataset.code)))]
    if faults:
        raise NotAskable(_("The request cannot be handed in yet: see the list."), faults=faults)
    for part in waiting:
        part.request = request
        proposal = least.get(part.dataset.code, Proposal(part.dataset.code))
        version = standing.versions[part.dataset.code].hash
        _submit_part(part, version, proposal, acting_user=acting_user, department=department)


@transaction.atomic
def withdraw(part: RequestPart, *, acting_user: Person, department: Department, reason: str = "") -> None:
    """Take a part back before it is decided. Raises NotThatSide, StateChanged."""
    require_part_step(acting_user, department, part, PartEvent.WITHDRAW)
    move_part(part, PartEvent.WITHDRAW, acting_user=acting_user, department=department, note=reason)


def wanted(part: RequestPart) -> Wanted:
    """What a part asks for, as plain values."""
    request = part.request
    return Wanted(
        dataset=part.dataset.code,
        requester=request.requester_id,
        purpose=request.purpose_id,
        systems=tuple(part.systems),
        methods=tuple(part.methods),
        items=tuple(item.name for item in part.items.all()),
        facts={fact.name: fact.parameters for fact in part.facts.all()},
        row_filter=part.row_filter or {},
        legal_basis=tuple(request.legal_basis),
        supersedes=part.supersedes,
        justified={row.wish: row.justification for row in (*part.items.all(), *part.facts.all())},
    )


def words_faults(request: SharingRequest) -> list[Fault]:
    """What the whole request still has to say before it is sent."""
    needed = {
        "title": (request.title, _("Give the project a name.")),
        "reason": (request.reason, _("Say why the data are needed.")),
        "recipients": (request.recipients, _("Say who in your department will see the data.")),
        "contact_office": (request.contact_office, _("Name the office that answers questions.")),
        "contact_telephone": (request.contact_telephone, _("Name the telephone of that office.")),
    }
    return [Fault(f"request.{name}", "required", text) for name, (value, text) in needed.items() if not value.strip()]


def part_faults(part: RequestPart, standing: Standing, least: Proposal | None) -> list[Fault]:
    """Every reason why a part cannot be sent as it stands."""
    asked = wanted(part)
    impossible = askable_faults(asked, standing)
    said = {fault.where for fault in impossible}
    beyond = [fault for fault in beyond_faults(asked.dataset, asked.wishes, asked.justified, least) if fault.where not in said]
    return [*impossible, *beyond, *_volume_faults(part), *_period_faults(part)]


def _sent_as(key: str, person: Person, department: Department) -> str | None:
    return document_hash({"key": key, "person": str(person.pk), "department": department.code}) if key else None


def is_unsent(part: RequestPart) -> bool:
    """Whether a part is a draft, or was returned and waits to be sent again."""
    return part.state in {"DRAFT", "RETURNED"}


def _submit_part(part: RequestPart, version: str, proposal: Proposal, *, acting_user: Person, department: Department) -> None:
    limit, due = answer_due(part.dataset.sharing_attribute, received=timezone.localdate())
    move_part(
        part,
        PartEvent.SUBMIT,
        acting_user=acting_user,
        department=department,
        version_hash=version,
        proposal=proposal.document,
        submitted_by=acting_user,
        submitted_at=timezone.now(),
        checked_by=None,
        checked_at=None,
        notice=[],
        due_on=due.on,
        due_rule=limit.rule,
        due_provisional=due.is_provisional,
        due_verified=due.is_verified,
    )


def _copy_legal_text(request: SharingRequest) -> None:
    """The purpose's own legal text as it stands today, unless the requester named another."""
    if not request.basis_is_own:
        request.legal_basis = _legal_basis(RequestWords(purpose=request.purpose))
        request.save(update_fields=["legal_basis"])


def _volume_faults(part: RequestPart) -> list[Fault]:
    if part.monthly_subjects:
        return []
    text = _("Say about how many subjects will be asked for in a month.")
    return [Fault(f"{part.dataset.code}.monthly_subjects", "required", text)]


def _period_faults(part: RequestPart) -> list[Fault]:
    if part.period_until > timezone.now():
        return []
    return [Fault(f"{part.dataset.code}.period", "past", _("The period is over: choose a later end."))]


def _said(words: RequestWords) -> dict[str, Any]:
    """The columns of the request."""
    return {
        "legal_basis": _legal_basis(words),
        "basis_is_own": words.legal_basis is not None,
        "title": words.title,
        "reason": words.reason,
        "recipients": words.recipients,
        "contact_office": words.contact_office,
        "contact_telephone": words.contact_telephone,
    }


def _legal_basis(words: RequestWords) -> list[dict[str, Any]]:
    """Copied at the time it is relied on: a later change of the purpose changes no request."""
    if words.legal_basis is not None:
        return [dict(basis) for basis in words.legal_basis]
    purpose = words.purpose
    texts = {"en": purpose.legal_basis_en, "zh": purpose.legal_basis_zh}
    return [{"text": {language: text for language, text in texts.items() if text}, "article": purpose.article}]


def _next_edition(request: SharingRequest, edition: int) -> None:
    rows = SharingRequest.objects.filter(pk=request.pk, edition=edition)
    if not rows.update(edition=F("edition") + 1, changed_at=timezone.now()):
        raise EditionChanged(_("Read the request again, then repeat your change."))
    request.refresh_from_db()


def _make_part(request: SharingRequest, dataset: Dataset, terms: PartTerms) -> RequestPart:
    part = RequestPart.objects.create(request=request, dataset=dataset, **_columns(terms))
    _make_wishes(part, terms)
    return part


def _make_wishes(part: RequestPart, terms: PartTerms) -> None:
    why = terms.justifications
    items = [RequestedItem(part=part, name=name, justification=why.get(f"items.{name}", "")) for name in dict.fromkeys(terms.items)]
    RequestedItem.objects.bulk_create(items)
    facts = [
        RequestedFact(part=part, name=name, parameters=dict(values), justification=why.get(f"facts.{name}", ""))
        for name, values in terms.facts.items()
    ]
    RequestedFact.objects.bulk_create(facts)


def _columns(terms: PartTerms) -> dict[str, Any]:
    begin = terms.period_from or timezone.now()
    return {
        "methods": list(dict.fromkeys(terms.methods)),
        "systems": list(dict.fromkeys(terms.systems)),
        "row_filter": dict(terms.row_filter) if terms.row_filter else None,
        "per_day": terms.per_day,
        "per_minute": terms.per_minute,
        "fact_answers": terms.fact_answers,
        "fact_days": terms.fact_days,
        "per_officer_day": terms.per_officer_day,
        "per_subject": terms.per_subject,
        "per_subject_days": terms.per_subject_days,
        "period_from": begin,
        "period_until": terms.period_until or begin + DEFAULT_PERIOD,
        "retention_days": terms.retention_days,
        "supersedes": terms.supersedes,
        "monthly_subjects": terms.monthly_subjects,
    }
