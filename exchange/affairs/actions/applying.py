"""How an application begins, asks the offices, and is taken back."""

from __future__ import annotations

import base64
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.proof.canonical import document_hash
from exchange.affairs.actions.owning import require_few_cases, require_own
from exchange.affairs.applicants import Applicant
from exchange.affairs.errors import KeyUsed, NoSuchMatter
from exchange.affairs.gathering import enqueue_gathering
from exchange.affairs.lifecycle import CaseEvent
from exchange.affairs.models import Case, Evidence, EvidenceSet, Matter, Pause
from exchange.affairs.moves import move_case
from exchange.affairs.reading import plan_of
from exchange.affairs.recorded import By, record_step
from exchange.affairs.rules.matter import RequirementKind

_NUMBER_BYTES = 5  # 40 random bits are 8 characters of base32


@transaction.atomic
def start_case(matter: Matter, *, applicant: Applicant, language: str, idempotency_key: str = "") -> Case:
    """Begin an application under the matter's current version; nobody is asked anything yet.

    With a key that the applicant has used before, the case begun then comes back unchanged. Raises NoSuchMatter where
    the matter is closed, or not for subjects of this kind; KeyUsed where the key began a case of another matter; TooManyTries.
    """
    sent_as = sent_name(idempotency_key, applicant) if idempotency_key else None
    if sent_as and (begun := _begun_before(sent_as, matter)):
        return begun
    version = matter.current
    if version is None or not matter.is_open or applicant.subject.kind not in version.content["identifier_kinds"]:
        raise NoSuchMatter(_("This service cannot be applied for here."))
    require_few_cases(applicant)
    sealed, blind = applicant.subject.sealed()
    case = Case.objects.create(
        number=_number(matter.code),
        version=version,
        evidence_set=EvidenceSet.objects.create(),
        person_id=applicant.person,
        clerk_id=applicant.clerk,
        subject_kind=applicant.subject.kind,
        subject_sealed=sealed,
        subject_blind=blind,
        channel=applicant.channel,
        assurance=applicant.assurance,
        language=language,
        sent_as=sent_as,
    )
    record_step(case, "start", by=By(applicant.by), rule=version.hash)  # by which rule it is judged, for good
    return case


@transaction.atomic
def ask_offices(case: Case, *, applicant: Applicant) -> Case:
    """The explicit request: every question is written down as asked, together with the work of asking it."""
    by = require_own(case, applicant)
    now = timezone.now()
    move_case(case, CaseEvent.ASK_OFFICES, requested_at=now)
    asked = [need.code for need in plan_of(case).requirements.values() if need.kind is not RequirementKind.SELF_PROVIDED]
    Evidence.objects.bulk_create([Evidence(evidence_set_id=case.evidence_set_id, requirement=code, asked_at=now) for code in asked])
    record_step(case, CaseEvent.ASK_OFFICES, by=by, requirements=asked)
    enqueue_gathering(case)
    return case


@transaction.atomic
def withdraw(case: Case, *, applicant: Applicant) -> Case:
    """Take an application back, as long as it is not decided. What was asked stays in the log; nothing more is asked."""
    by = require_own(case, applicant)
    move_case(case, CaseEvent.WITHDRAW, ended_at=timezone.now())
    Pause.objects.filter(case=case, until__isnull=True).update(until=timezone.localdate())
    record_step(case, CaseEvent.WITHDRAW, by=by)
    return case


def sent_name(key: str, applicant: Applicant) -> str:
    """What a request is known by when it is sent again: nobody can read a key or a person out of it."""
    return document_hash({"key": key, "subject": applicant.subject.blind.hex()})


def _begun_before(sent_as: str, matter: Matter) -> Case | None:
    found = Case.objects.select_related("version__matter").filter(sent_as=sent_as).first()
    if found is not None and found.version.matter_id != matter.code:
        raise KeyUsed(_("This key has begun an application for another service. Send a new key."))
    return found


def _number(code: str) -> str:
    """What people and exchanges call the case; random, so that it tells of nobody and cannot be guessed."""
    random = base64.b32encode(secrets.token_bytes(_NUMBER_BYTES)).decode("ascii")
    return f"{code}-{timezone.localdate():%y%m%d}-{random}"
