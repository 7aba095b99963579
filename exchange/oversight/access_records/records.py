"""One line of "who looked me up": what the log says about one entry, ready to be told in either language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from exchange.oversight.access_records.kinds import SUBJECT, AccessKind, kind_of
from exchange.oversight.access_records.log_lines import LogLine
from exchange.oversight.access_records.names import Names

ANSWERS = ("YES", "NO", "UNKNOWN")
LISTED = "list"
_WORDS: Mapping[str, Any] = {"YES": _("yes"), "NO": _("no"), "UNKNOWN": _("not known")}


@dataclass(frozen=True)
class Asked:
    """One thing that was asked: a question with its answer, or a detail. `answer` is empty where nothing was answered."""

    name: str
    title: str
    answer: str = ""

    @property
    def answer_word(self) -> str:
        """The answer in the active language."""
        return str(_WORDS.get(self.answer, ""))


@dataclass(frozen=True)
class AccessRecord:
    """One line. Codes stay codes; titles and sentences follow the language that is active when they are read.

    `entry` is the number of the entry, `at_ms` the time in ms since 1970. `requester` asked, `provider` was asked.
    """

    entry: int
    at_ms: int
    kind: AccessKind
    route: Mapping[str, Any] = field(repr=False)
    names: Names = field(repr=False)
    case: str = ""
    officer: str = ""
    state: Any = field(default=None, repr=False)
    asked_names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def requester(self) -> str:
        """Code of the department that asked."""
        return str(self.route.get("requester") or "")

    @property
    def provider(self) -> str:
        """Code of the department that was asked; the one that acted where nobody else was."""
        return str(self.route.get("provider") or "")

    @property
    def purpose(self) -> str:
        """Code of the purpose."""
        return str(self.route.get("purpose") or "")

    @property
    def dataset(self) -> str:
        """Code of the dataset."""
        return str(self.route.get("dataset") or "")

    @property
    def outcome(self) -> str:
        """ANSWERED, REFUSED, FAILED …; empty for a step of a case."""
        return str(self.route.get("outcome") or "")

    @property
    def is_about_data(self) -> bool:
        """Whether some office asked another one; else it is a step of a case or a look at it."""
        return self.kind not in (AccessKind.STEP, AccessKind.VIEW, AccessKind.OTHER, AccessKind.DAMAGED)

    @property
    def is_answerable(self) -> bool:
        """Whether an office stands behind it that can say why."""
        return bool(self.requester) and (self.is_about_data or self.kind is AccessKind.VIEW)

    @property
    def is_automatic(self) -> bool:
        """Whether no officer stood behind it."""
        return self.officer in ("", "automatic")

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What was asked, with the answers to questions. Empty where it lay outside the agreement: the log names it not."""
        facts = [fact for fact in self.route.get("facts") or () if isinstance(fact, dict)]
        if not facts:
            return tuple(Asked(name, self.names.item(self.route, name)) for name in self.asked_names)
        return tuple(self._question(facts, place) for place in range(len(facts)) if facts[place].get("fact") in self.asked_names)

    @property
    def shows_answers(self) -> bool:
        """Whether the sentence speaks of several questions, so that they are listed below it."""
        return self.kind in (AccessKind.QUESTIONS, AccessKind.GROUP_QUESTIONS)

    @property
    def requester_name(self) -> str:
        """Who asked, in the active language."""
        return self.names.party(self.requester)

    @property
    def provider_name(self) -> str:
        """Who was asked, in the active language."""
        return self.names.party(self.provider)

    @property
    def dataset_name(self) -> str:
        """Which register was asked, in the active language."""
        return self.names.dataset(self.dataset)

    @property
    def purpose_name(self) -> str:
        """For what, in the active language."""
        return self.names.purpose(self.purpose)

    @property
    def sentence(self) -> str:
        """The line in the active language, whole sentences."""
        from exchange.oversight.access_records.sentences import sentence

        return sentence(self)

    def _question(self, facts: Sequence[Mapping[str, Any]], place: int) -> Asked:
        """One question of the call. Where the same fact was asked more than once, its answers are told apart by `#2`, `#3` …"""
        name = str(facts[place]["fact"])
        before = sum(fact.get("fact") == name for fact in facts[:place])
        often = sum(fact.get("fact") == name for fact in facts)
        told = self.state if isinstance(self.state, dict) else {}
        is_told_apart = often == 1 or f"{name}#{often}" in told
        answer = told.get(f"{name}#{before + 1}" if before else name) if is_told_apart else ""
        return Asked(name, self.names.question(self.route, facts[place]), str(answer) if answer in ANSWERS else "")


def record_of(line: LogLine, names: Names, *, stood: bool | None = False) -> AccessRecord:
    """The line of an entry; where it names the person more than once, what was asked about the person speaks.

    `stood`: whether the entry gave a list on which the person stood; None where nobody can tell any more. An entry that
    neither names the person nor gave such a list says nothing here but when.
    """
    if stood is not False:
        kind = AccessKind.LIST if stood else AccessKind.LIST_UNKNOWN
        return AccessRecord(line.entry, line.at_ms, kind, line.route, names, roles=(LISTED,))
    if line.is_damaged or not line.mentions:
        return AccessRecord(line.entry, line.at_ms, AccessKind.DAMAGED, {}, names)
    roles = tuple(dict.fromkeys(mention.role for mention in line.mentions))
    main = next((mention for mention in line.mentions if mention.role == SUBJECT), line.mentions[0])
    return AccessRecord(
        entry=line.entry,
        at_ms=line.at_ms,
        kind=kind_of(line.route, roles),
        route=line.route,
        names=names,
        case=main.case,
        officer=main.officer,
        state=main.state,
        asked_names=tuple(str(name) for name in main.asked),
        roles=roles,
    )
