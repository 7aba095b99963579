"""What is known of a case, opened for whoever may see it: what was found, what was decided, and when it must be."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from exchange.accounts.subject import Subject, opened
from exchange.affairs import matters, sealing
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import Clock as Clock
from exchange.affairs.clock import clock_of as clock_of
from exchange.affairs.errors import Altered, NoSuchCase
from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.matters import Plan
from exchange.affairs.models import Appeal, Case, CaseStep, Decision, Evidence, Objection, Outcome, SupplementNotice
from exchange.affairs.recorded import subject_of_case
from exchange.affairs.rules import Found, Judgement

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


def plan_of(case: Case) -> Plan:
    """The matter's content as it was when the case was begun, typed."""
    return matters.plan_of(case.version)


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
    """The decision that counts: the review, where there was one. Raises Altered where the case's row says otherwise."""
    found = case.decisions.annotate(said=F("case__outcome")).order_by("-pk").first()
    if found is not None and found.said != found.outcome:
        raise Altered
    return found


def decision_context(case: Case, kind: str) -> str:
    """To which place a sealed trace or reason is bound."""
    return f"decision:{case.pk}:{kind}"


def appeal_context(case: Case) -> str:
    """To which place an appeal's words are bound; its answer to the same with `:answer`."""
    return f"appeal:{case.pk}"


def notice_context(case: Case) -> str:
    """To which place the list of a supplement notice is bound."""
    return f"notice:{case.pk}"


def objection_context(objection: Objection) -> str:
    """To which place an objection's words are bound; its answer to the same with `:answer`."""
    return f"objection:{objection.pk}"


def judgement_of(decision: Decision) -> Judgement:
    """The trace of a decision, opened. Raises Altered where it does not end in what the decision's row says."""
    case = decision.case
    content = sealing.unseal(subject_of_case(case), decision.trace, context=decision_context(case, decision.kind))
    judgement = Judgement.from_json(content)
    if decision.outcome != (Outcome.GRANTED if judgement.granted else Outcome.REFUSED):
        raise Altered
    return judgement


def reasons_of(decision: Decision) -> dict[str, str]:
    """`{reason, article}` that an officer wrote; empty for a decision at once."""
    if not decision.reasons:
        return {}
    case = decision.case
    place = f"{decision_context(case, decision.kind)}:reasons"
    written: dict[str, str] = sealing.unseal(subject_of_case(case), decision.reasons, context=place)
    return written


def missing_of(case: Case) -> list[str]:
    """What the supplement notice of the case lists; empty without one."""
    notice = SupplementNotice.objects.filter(case=case).first()
    return [] if notice is None else list(sealing.unseal(subject_of_case(case), notice.missing, context=notice_context(case)))


def appeal_words(appeal: Appeal) -> tuple[str, str]:
    """(what the citizen wrote, what was answered); the answer is empty while it is open."""
    return _words_and_answer(subject_of_case(appeal.case), appeal.words, appeal.answer, appeal_context(appeal.case))


def objection_words(objection: Objection, *, key: bytes = b"") -> tuple[str, str]:
    """The same of an objection; `key` is the person's, where several are opened at once."""
    subject = opened(objection.subject_kind, objection.subject_sealed, blind=objection.subject_blind)
    return _words_and_answer(subject, objection.words, objection.answer, objection_context(objection), key)


def _words_and_answer(
    subject: Subject, words: bytes | memoryview, answer: bytes | memoryview | None, place: str, key: bytes = b""
) -> tuple[str, str]:
    key = key or sealing.key_of(subject)
    written = sealing.unseal(subject, words, context=place, key=key)
    return str(written), str(sealing.unseal(subject, answer, context=f"{place}:answer", key=key)) if answer else ""
