"""Steps 2 and 3: read hosted data, one look-up per dataset for the whole batch, then minimise call by call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from audit.trail import PersonNamed
from catalog.errors import FilesMissing, FilesTampered
from catalog.stores import HOSTED, hosted
from exchange.delivery.calls import AskedFact, Completion, NamedSubject, Work
from exchange.delivery.deciding import compiled_facts
from exchange.delivery.errands.intents import begin_errands
from exchange.delivery.fact_operators import Surroundings
from exchange.delivery.facts import UNKNOWN, CompiledFact
from exchange.delivery.minimise import Record, agreed_items, in_scope, masked_records, withheld
from exchange.delivery.subjects import is_personal
from exchange.sharing.grounds_of_refusal import refusal
from exchange.sharing.policy import Method, Policy


@dataclass
class Found:
    """What one dataset gave for this batch: records by (kind, identifier), and how many share a counted value."""

    records: dict[tuple[str, str], list[Record]] = field(default_factory=dict)
    same: dict[tuple[str, Any], int] = field(default_factory=dict)

    def about(self, subject: NamedSubject) -> list[Record]:
        """The records of one subject, unfiltered."""
        return self.records.get((subject.kind, subject.identifier), [])


def answer_all(works: Iterable[Work], today: date) -> None:
    """Fill in the answer of every work that is not refused; a dataset that cannot be read refuses with PROVIDER_DOWN."""
    works = list(works)
    if not any(work.refusal is None for work in works):
        return
    offline = offline_datasets()
    begin_errands(works, offline)
    by_dataset: dict[str, list[Work]] = {}
    for work in works:
        if work.refusal is None and work.policy is not None and work.outgoing is None:
            by_dataset.setdefault(work.policy.dataset, []).append(work)
    for dataset, group in by_dataset.items():
        _answer_dataset(group, is_offline=dataset in offline, today=today)


def offline_datasets() -> set[str]:
    """Codes of the datasets that are offline: few, so all of them, by one statement without the ORM."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM catalog_dataset WHERE offline = %s", [True])
        return {code for (code,) in cursor.fetchall()}


def _answer_dataset(group: list[Work], *, is_offline: bool, today: date) -> None:
    policy = group[0].policy
    assert policy is not None  # noqa: S101 - grouped by its dataset just now
    if policy.store_kind != HOSTED:
        for work in group:
            answer_from(work, _found_by(work.completion), today)
        return
    try:
        if is_offline or policy.revision is None:
            raise FilesMissing
        found = _read(policy, group)
    except (FilesMissing, FilesTampered):
        for work in group:
            work.refuse(refusal("PROVIDER_DOWN"))
        return
    for work in group:
        answer_from(work, found, today)


def _read(policy: Policy, group: list[Work]) -> Found:
    """One look-up (for each kind of subject) for every subject of the group, of the union of the items that they need."""
    assert policy.revision is not None  # noqa: S101 - checked by the caller
    store = hosted.open_revision(policy.revision["lookup"], policy.revision["rows"], policy.document)
    subjects: dict[str, set[str]] = {}
    items: set[str] = set()
    counted: set[str] = set()
    for work in group:
        for kind, identifier in looked_up(work):
            subjects.setdefault(kind, set()).add(identifier)
        items.update(needed_items(work))
        counted.update(item for fact in _facts_of(work) for item in fact.counted_items)
    found = Found()
    for kind in sorted(subjects.keys() & set(policy.subject_kinds)):
        records = store.lookup(sorted(subjects[kind]), sorted(items), kind=kind)
        found.records.update({(kind, identifier): [*entries] for identifier, entries in records.items()})
    for item in counted:
        for value in {record.get(item) for records in found.records.values() for record in records} - {None, ""}:
            found.same[(item, value)] = store.count_same(item, value)
    return found


def looked_up(work: Work) -> set[tuple[str, str]]:
    """The call's subjects, and the subjects named by parameters whose own records a fact compares with."""
    wanted = {(subject.kind, subject.identifier) for subject in work.subjects}
    for fact, compiled in zip(work.facts, _facts_of(work), strict=True):
        compared = {fact.values[name] for name in compiled.compared_subjects}
        wanted |= {other for other in fact.others if other[1] in compared}
    return wanted


def _facts_of(work: Work) -> list[CompiledFact]:
    assert work.policy is not None  # noqa: S101 - only decided works come here
    compiled = compiled_facts(work.policy)
    return [compiled[fact.name] for fact in work.facts]


def needed_items(work: Work) -> set[str]:
    """The items that must be read to answer: of the facts asked, else those agreed; and those that bound the agreed rows."""
    assert work.policy is not None  # noqa: S101 - only decided works come here
    needed = set(work.policy.row_filter.items)
    for fact in _facts_of(work):
        needed |= fact.items
    if not work.facts:
        needed |= set(work.policy.items)
    return needed


def answer_from(work: Work, found: Found, today: date) -> None:
    """Answer one decided work from records that were read, minimised to what its policy names."""
    assert work.policy is not None  # noqa: S101 - only decided works come here
    policy = work.policy
    as_of = _as_of(work)
    work.withheld = policy.withheld if not work.facts else ()
    if work.call.method is Method.QUERY:
        records = in_scope(policy, found.about(work.subjects[0]), today)
        work.answer = {"answer": {**_records_answer(work, work.subjects[0], records), "as_of": as_of}}
    elif work.call.method is Method.VERIFY:
        work.answer = {"answers": _facts_answer(work, work.subjects[0], found, today, as_of)}
    else:
        work.answer = {"answers": [_line(work, subject, found, today, as_of) for subject in work.subjects]}


def _found_by(completion: Completion | None) -> Found:
    """What a remote store said. Without it there is nothing: a call to one is an intent, and comes here as a completion only."""
    return Found({who: [*records] for who, records in completion.records.items()} if completion else {})


def _as_of(work: Work) -> str:
    if work.completion is not None:
        return work.completion.as_of
    return str(work.policy.revision["as_of"]) if work.policy and work.policy.revision else ""


def _line(work: Work, subject: NamedSubject, found: Found, today: date, as_of: str) -> dict[str, Any]:
    assert work.policy is not None  # noqa: S101 - only decided works come here
    if work.facts:
        # Not FOUND or NO_RECORD: that would tell more than yes, no or unknown (docs/decisions/0005).
        return {"subject": subject.echo, "state": "ANSWERED", "facts": _facts_answer(work, subject, found, today, as_of)}
    records = in_scope(work.policy, found.about(subject), today)
    return {"subject": subject.echo, **_records_answer(work, subject, records), "as_of": as_of}


def _records_answer(work: Work, subject: NamedSubject, records: list[Record]) -> dict[str, Any]:
    assert work.policy is not None  # noqa: S101 - only decided works come here
    given = agreed_items(work.policy, records)
    state = "FOUND" if records else "NO_RECORD"
    _name(work, subject, list(work.policy.items), state)
    _name_in_answer(work, subject, given)
    return {"state": state, "records": masked_records(work.policy, given), "withheld": withheld(work.policy, records)}


def _facts_answer(work: Work, subject: NamedSubject, found: Found, today: date, as_of: str) -> list[dict[str, Any]]:
    """Exactly fact, with, answer and as_of for each fact asked; every fact is evaluated, none is skipped."""
    assert work.policy is not None  # noqa: S101 - only decided works come here
    compiled = compiled_facts(work.policy)
    answers: list[dict[str, Any]] = []
    state: dict[str, str] = {}
    for fact in work.facts:
        answer = _evaluate(work.policy, compiled[fact.name], fact, subject, found, today)
        answers.append({"fact": fact.name, "with": dict(fact.sent), "answer": answer, "as_of": as_of})
        state[_member(fact.name, state)] = answer
    _name(work, subject, sorted({fact.name for fact in work.facts}), state)
    for kind, identifier in sorted({other for fact in work.facts for other in fact.others}):
        _name_other(work, kind, identifier, "parameter", subject.case)
    return answers


def _member(name: str, state: dict[str, str]) -> str:
    """Where an answer stands in a person's `state`: a fact that is asked again with other parameters is `name#2`, `name#3` …

    Without it the last answer would stand for all of them, and the person would read something that was never said.
    """
    if name not in state:
        return name
    return f"{name}#{1 + sum(member.partition('#')[0] == name for member in state)}"


def _evaluate(policy: Policy, compiled: CompiledFact, fact: AskedFact, subject: NamedSubject, found: Found, today: date) -> str:
    records = in_scope(policy, found.about(subject), today)
    if policy.row_filter and (not records or compiled.counted_items or compiled.reads_all_rows):
        # Outside the agreed rows is not "absent", and a count or a sum would be of other rows than the fact's: nothing is said here.
        return UNKNOWN
    others = {other[1]: in_scope(policy, found.records.get(other, []), today) for other in fact.others}
    return compiled.answer(records, Surroundings(fact.values, today, others, found.same, subject.identifier))


def _name(work: Work, subject: NamedSubject, asked: list[str], state: Any) -> None:
    if is_personal(subject.kind):
        assert work.body is not None  # noqa: S101 - only decided works come here
        work.persons.append(
            PersonNamed(subject.kind, subject.identifier, "subject", subject.case or "", work.body.officer or "", asked, state)
        )


def _name_other(work: Work, kind: str, identifier: str, role: str, case: str | None) -> None:
    if is_personal(kind):
        assert work.body is not None  # noqa: S101 - only decided works come here
        work.persons.append(PersonNamed(kind, identifier, role, case or "", work.body.officer or "", None, "FOUND"))


def _name_in_answer(work: Work, subject: NamedSubject, given: list[dict[str, Any]]) -> None:
    """Persons whom the answer names through a subject item, other than the one asked about."""
    assert work.policy is not None  # noqa: S101 - only decided works come here
    asked = (subject.kind, subject.identifier)
    named = {(entry["kind"], record.get(entry["item"]) or "") for entry in work.policy.document["subjects"] for record in given}
    for kind, identifier in sorted(pair for pair in named - {asked} if pair[1]):
        _name_other(work, kind, identifier, "answer", subject.case)
