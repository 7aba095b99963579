"""Issues a licence in the transaction of the decision that grants it, and orders the first payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Invalid
from audit.proof import sd_jwt
from catalog.models import Department
from exchange.affairs import sealing
from exchange.affairs.licences import paying, places, standing
from exchange.affairs.licences.claims import LicenceTerms, hidden_claims, open_claims
from exchange.affairs.licences.lifecycle import LicenceStatus
from exchange.affairs.licences.months import add_months
from exchange.affairs.licences.signing import licence_signer
from exchange.affairs.models import Case, Decision, Licence
from exchange.affairs.models.cases import How
from exchange.affairs.models.licences import fresh_licence_id
from exchange.affairs.reading import found_of, plan_of
from exchange.affairs.recorded import subject_of_case
from exchange.affairs.rules import Found, Judgement
from exchange.affairs.rules.judgement import GRANT, OFFICER
from exchange.affairs.rules.matter import Benefit, MatterPlan

_NAME_ITEMS = ("name", "full_name")


class NothingGranted(Invalid):
    """A licence was asked for a decision that grants no benefit."""

    code = "NOTHING_GRANTED"


def issue(case: Case, decision: Decision, judgement: Judgement, *, at: datetime) -> Licence:
    """See exchange.affairs.licences.issue."""
    before = Licence.objects.filter(decision=decision).first()
    if before is not None:
        return before
    plan = plan_of(case)
    benefits = granted_benefits(plan, decision, judgement)
    standing.replace_earlier(case)
    licence, found = _made(case, decision, plan, at), found_of(case)
    licence.jwt = _sealed(licence, plan, benefits, found)
    licence.save(force_insert=True)
    paying.order_first(licence, benefits=benefits, found=found, at=at)
    return licence


def granted_benefits(plan: MatterPlan, decision: Decision, judgement: Judgement) -> list[Benefit]:
    """The benefits that the rule grants; where an officer decided, also those that waited for the officer.

    An officer who grants against the rule's own NO (a review) grants every benefit that the matter has.
    """
    outcomes = {benefit.code: benefit.outcome for benefit in judgement.benefits}
    by_officer = decision.how == How.BY_OFFICER
    accepted = {GRANT, OFFICER} if by_officer else {GRANT}
    granted = [benefit for benefit in plan.benefits if outcomes.get(benefit.code) in accepted]
    if not granted and not by_officer:
        raise NothingGranted(_("This decision grants nothing, so there is no licence."))
    return granted or list(plan.benefits)


def _made(case: Case, decision: Decision, plan: MatterPlan, at: datetime) -> Licence:
    number, index = places.free_place()
    first = timezone.localdate(at)
    months = (plan.licence or {}).get("valid_months")
    return Licence(
        id=fresh_licence_id(),
        case=case,
        decision=decision,
        status=LicenceStatus.VALID,
        status_list=number,
        status_index=index,
        issued_at=at,
        valid_from=first,
        valid_until=add_months(first, int(months)) if months else None,
    )


def _sealed(licence: Licence, plan: MatterPlan, benefits: Sequence[Benefit], found: Mapping[str, Found]) -> bytes:
    subject = subject_of_case(licence.case)
    text = sd_jwt.issue(
        licence_signer(),
        claims=open_claims(_terms(licence, plan, benefits)),
        hidden=hidden_claims(subject.kind, subject.identifier, benefits, _holder_name(plan, found)),
    )
    return sealing.seal(subject, text, context=licence_context(licence))


def _terms(licence: Licence, plan: MatterPlan, benefits: Sequence[Benefit]) -> LicenceTerms:
    lead = Department.objects.get(pk=plan.lead)
    return LicenceTerms(
        plan=plan,
        benefits=benefits,
        licence_id=licence.id,
        issuer_name={"en": lead.name_en, "zh": lead.name_zh},
        hub=places.hub_address(),
        status_uri=places.list_address(licence.status_list),
        status_index=licence.status_index,
        issued_at=licence.issued_at,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        zone=timezone.get_current_timezone(),
    )


def licence_context(licence: Licence) -> str:
    """To which place the sealed document is bound."""
    return f"licence:{licence.id}"


def _holder_name(plan: MatterPlan, found: Mapping[str, Found]) -> str:
    """The holder's name, only where a register was asked for it about the applicant: the hub itself keeps none."""
    about_applicant = {code for code, need in plan.requirements.items() if need.about is None}
    for code, piece in found.items():
        if code in about_applicant and not piece.is_contested and len(piece.values) == 1:
            names = [piece.values[0][item] for item in _NAME_ITEMS if piece.values[0].get(item)]
            if names:
                return str(names[0])
    return ""
