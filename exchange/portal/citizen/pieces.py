"""What was found for each requirement, in the citizen's words: state, what the office said, since when, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from exchange.affairs.lifecycle import CaseState, EvidenceState, ObjectionState
from exchange.affairs.models import Case, Evidence, Objection
from exchange.affairs.reading import found_in, objection_words, plan_of
from exchange.affairs.rules import Answer, Found, MatterPlan, Requirement
from exchange.affairs.rules.matter import RequirementKind
from exchange.portal.citizen import words
from exchange.portal.citizen.asked import offices_by_dataset
from exchange.portal.citizen.words import WAYS, Way
from exchange.portal.code_words import CodeBook, code_book
from exchange.portal.templatetags.look_text import bilingual
from exchange.portal.tones import Face, Tone

_STUCK = frozenset({EvidenceState.NO_RECORD, EvidenceState.PROVIDER_DOWN, EvidenceState.REFUSED, EvidenceState.DECLINED})
_PAPER_HELPS = _STUCK | {EvidenceState.DISPUTED, EvidenceState.WAITING_FOR_OFFICER}
_LOOKED_AT = frozenset({EvidenceState.FETCHED, EvidenceState.NO_RECORD})
_CHANGED_MIND = frozenset({EvidenceState.DISPUTED, EvidenceState.DECLINED})
_TELLS = frozenset({CaseState.STARTED, CaseState.GATHERING, CaseState.PREVIEW})
_SAYS = frozenset({EvidenceState.FETCHED, EvidenceState.COMMITTED})
_WAITED_FOR = frozenset({EvidenceState.PROVIDER_DOWN})
_GIVEN = frozenset({EvidenceState.FETCHED, EvidenceState.COMMITTED, EvidenceState.UPLOADED})


@dataclass(frozen=True)
class Wrong:
    """What the person said is wrong, and what the office made of it. `answer` is empty while it is open."""

    face: Face
    words: str
    due_on: date
    answer: str
    is_open: bool


@dataclass(frozen=True)
class Piece:
    """One requirement of one application as the person sees it. `values`: rows of (label, text) that an office told."""

    code: str
    title: str
    why: str
    article: str
    office: str
    dataset: str
    provider: str
    state: str
    face: Face
    said: str
    then: Any
    values: tuple[tuple[tuple[str, str], ...], ...]
    as_of: str
    next_try_at: datetime | None
    preview: str
    is_known: bool
    is_told: bool
    is_needed: bool
    evidence: Evidence | None = field(repr=False, default=None)
    ways: tuple[Way, ...] = ()
    doubts: tuple[Way, ...] = ()
    can_change_mind: bool = False
    wrong: Wrong | None = None

    @property
    def is_given(self) -> bool:
        """Whether it was met by an answer that says something, a promise or a paper."""
        return self.state in _GIVEN and self.is_known

    @property
    def is_waiting(self) -> bool:
        """Whether the office has still to answer."""
        return self.state in (EvidenceState.ASKED, EvidenceState.PROVIDER_DOWN)

    @property
    def is_unanswered(self) -> bool:
        """Whether the person may still say what they think of it, and has not."""
        return self.state in _LOOKED_AT and not self.preview

    @property
    def edge(self) -> str:
        """The tone of its card's edge."""
        return words.edge_of(self.face)


def pieces_of(case: Case, *, asks_for_more: bool = False) -> list[Piece]:
    """One piece for each requirement, in the order of the matter; also those that nobody was asked about yet.

    `asks_for_more`: an officer's list of what is missing is open, so that papers can be handed in again.
    """
    plan = plan_of(case)
    rows = list(case.evidence_set.evidence.prefetch_related("objections"))
    found = found_in(case, rows)
    reader = _Reader(case, plan, found, {row.requirement: row for row in rows}, offices_by_dataset(plan), _book(plan), asks_for_more)
    return [reader.piece(requirement) for requirement in plan.requirements.values()]


def piece_of(case: Case, requirement: str) -> Piece | None:
    """One of them; None where the matter has no such requirement."""
    return next((piece for piece in pieces_of(case) if piece.code == requirement), None)


@dataclass(frozen=True)
class _Reader:
    """Everything that a piece is read from."""

    case: Case
    plan: MatterPlan
    found: Mapping[str, Found]
    rows: Mapping[str, Evidence]
    offices: Mapping[str, str]
    book: CodeBook
    asks_for_more: bool

    def piece(self, requirement: Requirement) -> Piece:
        """The piece of one requirement."""
        found, row = self.found.get(requirement.code), self.rows.get(requirement.code)
        state = str(found.state) if found else ""
        dataset = (found.source if found else "") or next((source.dataset for source in requirement.sources), "")
        is_told = requirement.kind is RequirementKind.SELF_PROVIDED
        return Piece(
            code=requirement.code,
            title=bilingual(requirement.title),
            why=bilingual(requirement.why),
            article=bilingual(requirement.article),
            office=self.offices.get(dataset, ""),
            dataset=dataset,
            provider=found.provider if found else "",
            state=state,
            face=_face(state, found, is_told=is_told),
            said=self._said(requirement, found),
            then=_then(state, found, is_told=is_told),
            values=self._values(requirement, found, dataset),
            as_of=found.as_of if found and state == EvidenceState.FETCHED and not is_told else "",
            next_try_at=row.next_try_at if row and state in _WAITED_FOR else None,
            preview=found.preview if found else "",
            is_known=not _is_silent(state, found),
            is_told=is_told,
            is_needed=requirement.needed,
            evidence=row,
            ways=self._ways(requirement, state, is_silent=_is_silent(state, found)),
            doubts=self._doubts(state, is_told=is_told),
            can_change_mind=state in _CHANGED_MIND and self.case.state == CaseState.PREVIEW,
            wrong=_wrong(row) if row else None,
        )

    def _said(self, requirement: Requirement, found: Found | None) -> str:
        if found is None or found.state not in _SAYS:
            return ""
        said = requirement.says.get("YES" if found.values else found.answer)
        return bilingual(said) if said else ""

    def _values(self, requirement: Requirement, found: Found | None, dataset: str) -> tuple[tuple[tuple[str, str], ...], ...]:
        if found is None:
            return ()
        own = {name: bilingual(member["title"]) for name, member in requirement.answer_form.items()}
        return tuple(tuple(self._shown(dataset, own, name, value) for name, value in record.items()) for record in found.values)

    def _shown(self, dataset: str, own: Mapping[str, str], name: str, value: Any) -> tuple[str, str]:
        return own.get(name) or self.book.title(dataset, name), self.book.text(dataset, name, value)

    def _ways(self, requirement: Requirement, state: str, *, is_silent: bool) -> tuple[Way, ...]:
        if requirement.kind is RequirementKind.SELF_PROVIDED:
            return (WAYS["change" if state else "provide"],) if self.case.state in _TELLS else ()
        offered = [name for name in requirement.fallbacks if name in WAYS]
        if self.case.state == CaseState.PREVIEW and state in _STUCK:
            return tuple(WAYS[name] for name in offered if name != "retry" or state == EvidenceState.PROVIDER_DOWN)
        if self.case.state == CaseState.PREVIEW and is_silent:
            return tuple(WAYS[name] for name in offered if name != "retry")
        helps = _PAPER_HELPS | {EvidenceState.FETCHED} if self.asks_for_more else _PAPER_HELPS
        takes_papers = self.case.state == CaseState.PREVIEW or self.asks_for_more
        return (WAYS["upload"],) if takes_papers and state in helps and "upload" in offered else ()

    def _doubts(self, state: str, *, is_told: bool) -> tuple[Way, ...]:
        if is_told or self.case.state != CaseState.PREVIEW or state not in _LOOKED_AT:
            return ()
        return (WAYS["dispute"], WAYS["decline"]) if state == EvidenceState.FETCHED else (WAYS["dispute"],)


def _wrong(row: Evidence) -> Wrong | None:
    """The newest objection to a piece."""
    objections: list[Objection] = sorted(row.objections.all(), key=lambda objection: objection.made_at)
    if not objections:
        return None
    newest = objections[-1]
    spoken, answer = objection_words(newest)
    return Wrong(words.OBJECTIONS[newest.state], spoken, newest.due_on, answer, newest.state == ObjectionState.OPEN)


def _is_silent(state: str, found: Found | None) -> bool:
    """Whether the office answered that it does not know."""
    return found is not None and state == EvidenceState.FETCHED and found.answer == Answer.UNKNOWN and not found.values


def _then(state: str, found: Found | None, *, is_told: bool) -> Any:
    if is_told:
        return ""
    return words.NEXT_SILENT if _is_silent(state, found) else words.NEXT.get(state, "")


def _face(state: str, found: Found | None, *, is_told: bool) -> Face:
    if found is None:
        return words.TO_TELL if is_told else words.NOT_ASKED
    if is_told and state in _GIVEN:
        return words.TOLD
    if _is_silent(state, found):
        return words.SILENT
    if state == EvidenceState.FETCHED and found.answer == Answer.NO:
        return words.CONFIRMED_NO
    return words.EVIDENCE.get(state, Face(Tone.NEUTRAL, "dot", state))


def _book(plan: MatterPlan) -> CodeBook:
    """The words of all registers from which the plan reads values."""
    return code_book(source.dataset for requirement in plan.requirements.values() for source in requirement.sources if source.items)
