"""What is known of a case, opened for whoever may see it: what was found, what was decided, and when it must be."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from django.utils.translation import gettext as _

from exchange.accounts.subject import Subject
from exchange.affairs import sealing
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import Clock, clock_of
from exchange.affairs.errors import NoSuchCase
from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.models import Case, CaseStep, Decision, Evidence
from exchange.affairs.recorded import subject_of_case
from exchange.affairs.rules import Found, Judgement, MatterPlan, read_matter

__all__ = ["Clock", "case_for", "clock_of", "decision_of", "found_in", "found_of", "judgement_of", "opened_evidence", "plan_of", "steps"]

UNKNOWN = "UNKNOWN"
# Until somebody who may has answered, these say nothing: what was found before does not count against the citizen.
_SAYS_NOTHING = frozenset(
    {
        EvidenceState.ASKED,
        EvidenceState.PROVIDER_DOWN,
        EvidenceState.REFUSED,
        EvidenceState.WAITING_FOR_OFFICER,
        EvidenceState.DECLINED,
        EvidenceState.DISPUTED,
        EvidenceState.UPLOADED,
    }
)


def case_for(number: str, *, applicant: Applicant) -> Case:
    """The applicant's own case. Raises NoSuchCase, for somebody else's too."""
    found = Case.objects.of(applicant.subject).select_related("version__matter").filter(number=number).first()
    if found is None:
        raise NoSuchCase(_("You have no application of this number."))
    return found


def plan_of(case: Case) -> MatterPlan:
    """The matter's content as it was when the case was begun, typed."""
    return _plan(case.version.hash, case.version.document)


@lru_cache(maxsize=64)
def _plan(_hash: str, document: str) -> MatterPlan:
    """Versions never change, so that each is read once."""
    return read_matter(orjson.loads(document))


def found_of(case: Case) -> dict[str, Found]:
    """What every requirement of the case is answered by, opened."""
    return found_in(case, list(Evidence.objects.filter(evidence_set=case.evidence_set_id)))


def found_in(case: Case, rows: list[Evidence]) -> dict[str, Found]:
    """The same for given pieces of the case's evidence."""
    subject = subject_of_case(case)
    key = sealing.key_of(subject) if any(row.found for row in rows) else b""
    found = {}
    for row in rows:
        content = _opened(row, subject, key)
        found[row.requirement] = Found(
            requirement=row.requirement,
            state=row.state,
            answer=UNKNOWN if row.state in _SAYS_NOTHING else str(content.get("answer", UNKNOWN)),
            values=content.get("values", []),
            source=row.dataset,
            provider=row.provider,
            as_of=str(content.get("as_of", "")),
            preview=row.preview,
        )
    return found


def opened_evidence(evidence: Evidence, subject: Subject) -> dict[str, Any]:
    """`{answer, values, as_of}` of one piece; empty where nothing was found."""
    return _opened(evidence, subject, sealing.key_of(subject) if evidence.found else b"")


def evidence_context(evidence: Evidence) -> str:
    """To which place a sealed answer is bound."""
    return f"evidence:{evidence.evidence_set_id}:{evidence.requirement}"


def _opened(evidence: Evidence, subject: Subject, key: bytes) -> dict[str, Any]:
    if not evidence.found:
        return {}
    content: dict[str, Any] = sealing.unseal(subject, evidence.found, context=evidence_context(evidence), key=key)
    return content


def steps(case: Case) -> list[CaseStep]:
    """The time line, oldest first."""
    return list(case.steps.all())


def decision_of(case: Case) -> Decision | None:
    """The decision that counts: the review, where there was one."""
    return case.decisions.order_by("-pk").first()


def decision_context(case: Case, kind: str) -> str:
    """To which place a sealed trace or reason is bound."""
    return f"decision:{case.pk}:{kind}"


def judgement_of(decision: Decision) -> Judgement:
    """The trace of a decision, opened."""
    case = decision.case
    content = sealing.unseal(subject_of_case(case), decision.trace, context=decision_context(case, decision.kind))
    return Judgement.from_json(content)
