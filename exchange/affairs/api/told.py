"""How matters, cases, evidence, decisions and offers are told to a program: plain JSON in the shapes of `shapes.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from exchange.affairs.actions import may_appeal_until
from exchange.affairs.errors import NoSuchMatter
from exchange.affairs.lifecycle import CaseEvent, CaseState, EvidenceState, case_events
from exchange.affairs.matters import plan_of as plan_of_version
from exchange.affairs.models import Appeal, Case, Decision, Evidence, Licence, Matter, Offer
from exchange.affairs.reading import appeal_words, clock_of, found_in, judgement_of, missing_of, plan_of, reasons_of, steps
from exchange.affairs.rules import Found, MatterPlan, Requirement
from exchange.affairs.rules.matter import Benefit

Json = dict[str, Any]
# what a citizen may do, of all that may happen to a case
_STEPS = {
    CaseEvent.ASK_OFFICES: "request",
    CaseEvent.SUBMIT: "submit",
    CaseEvent.OBJECT: "appeal",
    CaseEvent.WITHDRAW: "withdrawal",
}
_ANSWERED = frozenset({EvidenceState.FETCHED})


def matter_summary(matter: Matter) -> Json:
    """A service in a list."""
    plan = _plan(matter)
    return {
        "code": plan.code,
        "slug": plan.slug,
        "title": plan.title,
        "summary": plan.summary,
        "lead": plan.lead,
        "life_events": plan.content["life_events"],
        "is_offered": plan.proactive is not None,
    }


def matter(matter: Matter) -> Json:
    """A service in full."""
    plan = _plan(matter)
    return {
        **matter_summary(matter),
        "joint": list(plan.joint),
        "legal_basis": plan.content["legal_basis"],
        "days": plan.content["days"],
        "former_materials": [vars(material) | {"spared_by": list(material.spared_by)} for material in plan.materials],
        "requirements": [_requirement(requirement) for requirement in plan.requirements.values()],
        "benefits": [_benefit(benefit) for benefit in plan.benefits],
    }


def _plan(matter: Matter) -> MatterPlan:
    if matter.current is None:
        raise NoSuchMatter(_("This service is not offered here, or not any more. Choose one from the list of services."))
    return plan_of_version(matter.current)


def _requirement(requirement: Requirement) -> Json:
    return {
        "code": requirement.code,
        "kind": requirement.kind.value,
        "title": requirement.title,
        "why": requirement.why,
        "article": requirement.article,
        "needed": requirement.needed,
        "sources": [
            {"dataset": source.dataset, "fact": source.fact, "items": list(source.items), "purpose": source.purpose}
            for source in requirement.sources
        ],
        "fallbacks": list(requirement.fallbacks),
        "commitment": requirement.commitment,
        "form": [
            {"name": name, "title": form["title"], "longest": form["longest"], "pattern": form.get("pattern", "")}
            for name, form in requirement.answer_form.items()
        ],
    }


def _benefit(benefit: Benefit) -> Json:
    grant = benefit.grant
    given = {"kind": grant.kind, "amount": grant.amount, "currency": grant.currency, "per": grant.per}
    return {"code": benefit.code, "title": benefit.title, "refuses_at_once": benefit.refuses, "grant": given}


def case_summary(case: Case) -> Json:
    """An application in a list."""
    plan = plan_of(case)
    return {
        "number": case.number,
        "matter": plan.slug,
        "title": plan.title,
        "state": case.state,
        "outcome": case.outcome,
        "how": case.how,
        "officer_needed": case.officer_needed,
        "started_at": case.started_at,
        "decided_at": case.decided_at,
    }


def case(case: Case) -> Json:
    """An application in full."""
    clock = clock_of(case)
    return {
        **case_summary(case),
        "channel": case.channel,
        "assurance": case.assurance,
        "language": case.language,
        "requested_at": case.requested_at,
        "submitted_at": case.submitted_at,
        "ended_at": case.ended_at,
        "allowed": _allowed(case),
        "clock": {
            "due_on": clock.due_on,
            "days_left": clock.days_left,
            "is_paused": clock.is_paused,
            "is_provisional": clock.is_provisional,
            "pauses": [
                {"reason": pause.reason, "requirement": pause.requirement, "since": pause.since, "until": pause.until}
                for pause in clock.pauses
            ],
        },
        "steps": [{"event": step.event, "by": step.by, "at": step.at} for step in steps(case)],
        "missing": missing_of(case),
        "appeal": _appeal(case),
    }


def _allowed(case: Case) -> list[str]:
    state = CaseState(case.state)
    allowed = {_STEPS[event] for event in case_events(state) if event in _STEPS}
    if state is CaseState.PREVIEW:
        allowed |= {"preview", "items"}
    return sorted(allowed)


def _appeal(case: Case) -> Json | None:
    appeal = Appeal.objects.filter(case=case).select_related("case").first()
    if appeal is None:
        return None
    words, answer = appeal_words(appeal)
    return {"state": appeal.state, "words": words, "answer": answer, "made_at": appeal.made_at, "due_on": appeal.due_on}


def evidence(case: Case) -> Json:
    """All pieces of an application, also those that nobody was asked about yet."""
    plan = plan_of(case)
    rows = list(Evidence.objects.filter(evidence_set=case.evidence_set_id))
    found, by_code = found_in(case, rows), {row.requirement: row for row in rows}
    pieces = [_piece(need, found.get(need.code), by_code.get(need.code)) for need in plan.requirements.values()]
    return {"state": case.state, "evidence": pieces}


def _piece(requirement: Requirement, found: Found | None, row: Evidence | None) -> Json:
    first = next((source.dataset for source in requirement.sources), "")
    answer = found.answer if found is not None and found.state in _ANSWERED else None
    return {
        "requirement": requirement.code,
        "title": requirement.title,
        "why": requirement.why,
        "kind": requirement.kind.value,
        "needed": requirement.needed,
        "state": found.state if found else None,
        "answer": answer,
        "says": requirement.says.get(answer) if answer else None,
        "values": [dict(record) for record in found.values] if found else [],
        "dataset": (found.source if found else "") or first,
        "provider": found.provider if found else "",
        "as_of": found.as_of if found else "",
        "reason": row.reason if row else "",
        "preview": found.preview if found else "",
        "next_try_at": row.next_try_at if row else None,
        "fallbacks": list(requirement.fallbacks),
    }


def decision(case: Case, decision: Decision) -> Json:
    """The decision that counts, with its trace, its licence and its payments."""
    plan, reasons = plan_of(case), reasons_of(decision)
    licence = Licence.objects.filter(case=case).order_by("-issued_at", "-pk").first()
    return {
        "kind": decision.kind,
        "outcome": decision.outcome,
        "how": decision.how,
        "decided_at": decision.decided_at,
        "benefits": judgement_of(decision).to_json()["benefits"],
        "reason": reasons.get("reason", ""),
        "article": reasons.get("article", ""),
        "appeal": _appeal_text(plan),
        "appeal_until": may_appeal_until(case),
        "licence": _licence(licence) if licence else None,
        "payments": [
            {"month": order.month, "state": order.state, "pay_by": order.pay_by} for order in case.payments.order_by("month", "attempt")
        ],
    }


def _appeal_text(plan: MatterPlan) -> Mapping[str, str]:
    text: Mapping[str, str] = plan.content["appeal"]["text"]
    return text


def _licence(licence: Licence) -> Json:
    return {
        "id": licence.pk,
        "status": licence.status,
        "valid_from": licence.valid_from,
        "valid_until": licence.valid_until,
        "address": f"{settings.PUBLIC_URLS[0]}/v/{licence.pk}",
    }


def offer(offer: Offer, found: Mapping[str, Mapping[str, Any]]) -> Json:
    """An offer, and what it rests on: requirement → {answer, as_of}."""
    plan = plan_of_version(offer.version)
    return {
        "id": offer.pk,
        "matter": plan.slug,
        "title": plan.title,
        "state": offer.state,
        "made_at": offer.made_at,
        "until_on": offer.until_on,
        "until_is_provisional": offer.until_is_provisional,
        "case": offer.case.number if offer.case else "",
        "found": {code: dict(piece) for code, piece in found.items()},
    }
