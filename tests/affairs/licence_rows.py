"""Granted cases with rows made by hand: a matter from its file, a person, evidence, a decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from audit.proof.canonical import document_hash
from catalog import actions as catalog_actions
from catalog.models import Department
from exchange.accounts.subject import Subject
from exchange.affairs import sealing
from exchange.affairs.lifecycle import CaseState
from exchange.affairs.matters import load_matter_file
from exchange.affairs.models import Case, Decision, Evidence, EvidenceSet, Matter, MatterVersion
from exchange.affairs.reading import decision_context, evidence_context
from exchange.affairs.rules import BenefitJudgement, Judgement

CITIZEN = Subject("person", "510000195001018882")
AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
APPLIED = datetime(2026, 10, 30, 3, 0, tzinfo=UTC)
LIVING, CARE = "living_allowance", "care_allowance"


def department(code: str = "CAB") -> Department:
    """A department; without keys."""
    found = Department.objects.filter(pk=code).first()
    name = {"en": "Civil Affairs", "zh": "民政局"}
    return found or catalog_actions.register_department(code, name=name, acting_system="tests")


def matter_version(**changes: Any) -> MatterVersion:
    """The matter of two allowances as its file says it, with `changes` of its members."""
    document = {**load_matter_file(Path(settings.JURISDICTION_DIR) / "matters" / "M04.yaml"), **changes}
    matter, _ = Matter.objects.get_or_create(code="M04", defaults={"slug": "disability-allowances", "lead": department()})
    text = orjson.dumps(document).decode()
    return MatterVersion.objects.create(matter=matter, hash=document_hash(document), document=text)


def granted_case(number: str = "M04-261030-ABCDEFGH", *, subject: Subject = CITIZEN, version: Any = None, person: Any = None) -> Case:
    """A decided case without evidence."""
    sealed, blind = subject.sealed()
    return Case.objects.create(
        number=number,
        version=version or matter_version(),
        evidence_set=EvidenceSet.objects.create(),
        person=person,
        subject_kind=subject.kind,
        subject_sealed=sealed,
        subject_blind=blind,
        channel="ONLINE",
        assurance="SUBSTANTIAL",
        state=CaseState.DECIDED,
        outcome="GRANTED",
        how="AT_ONCE",
        submitted_at=APPLIED,
        decided_at=AT,
    )


def give_account(case: Case, *, requirement: str = "payout_account", subject: Subject = CITIZEN, **value: str) -> Evidence:
    """Evidence that names an account."""
    evidence = Evidence(evidence_set=case.evidence_set, requirement=requirement, state="FETCHED", dataset="R22", asked_at=AT)
    found = {"answer": "YES", "values": [value], "as_of": "2026-11-20T22:46:00Z"}
    evidence.found = sealing.seal(subject, found, context=evidence_context(evidence))
    evidence.save()
    return evidence


def judgement(*granted: str, **others: str) -> Judgement:
    """A judgement that grants `granted`; `others` have the outcome that is given."""
    outcomes = dict.fromkeys(granted, "GRANT") | others
    text = {"en": "", "zh": ""}
    return Judgement("GRANT", tuple(BenefitJudgement(code, text, outcome, (), ()) for code, outcome in outcomes.items()))


def decided(case: Case, judged: Judgement, *, kind: str = "FIRST", how: str = "AT_ONCE", subject: Subject = CITIZEN) -> Decision:
    """The decision's row."""
    trace = sealing.seal(subject, judged.to_json(), context=decision_context(case, kind))
    return Decision.objects.create(case=case, kind=kind, outcome="GRANTED", how=how, trace=trace, decided_at=AT, leaf=b"\0" * 32)


def someone_else() -> Subject:
    """Another person."""
    return replace(CITIZEN, identifier="510000196001018884")
