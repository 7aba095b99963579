"""A part of a request made readable: titles instead of names, what was decided, who did what, and who may do what now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from audit.proof.acts.masks import MASKABLE
from exchange.portal.department import words
from exchange.portal.department.desk import Desk
from exchange.portal.templatetags.look_parts import Step
from exchange.sharing import jurisdiction
from exchange.sharing.errors import FourEyes
from exchange.sharing.least import Because
from exchange.sharing.lifecycle import HOLDER, PartEvent, PartState, Side, part_events
from exchange.sharing.models import PartMessage, RequestPart, SharingRequest
from exchange.sharing.sides import part_sides, part_steps, reads_thread, require_part_four_eyes


@dataclass(frozen=True)
class Wish:
    """One asked item or fact in words, with what was decided about it."""

    name: str
    title: str
    decision: str
    reason: str
    sensitivity: int | None = None
    terms: tuple[str, ...] = ()
    is_fact: bool = False
    is_maskable: bool = False
    row: Any = None
    is_proposed: bool = False

    @property
    def place(self) -> str:
        """As decisions name it: `items.grade`."""
        return str(self.row.wish)

    @property
    def ground(self) -> str:
        """The ground of a refusal in words."""
        found = jurisdiction.refusal_grounds().get(self.row.ground)
        return f"{found.title} · {found.article}" if found else ""

    @property
    def mask(self) -> str:
        """What a mask leaves readable, in words."""
        return words.mask_lines({"keep_first": self.row.keep_first, "keep_last": self.row.keep_last})[0]


@dataclass(frozen=True)
class ShownPart:
    """A part for the page: the row, its wishes, its steps, what this person may do and why not more."""

    part: RequestPart
    items: list[Wish]
    facts: list[Wish]
    steps: list[Step]
    allowed: frozenset[str]
    blocked: list[str] = field(default_factory=list)
    ground: jurisdiction.Ground | None = None
    row_filter: tuple[str, ...] = ()
    messages: list[PartMessage] = field(default_factory=list)
    may_say: bool = False
    because: tuple[str, ...] = ()

    @property
    def holder(self) -> str:
        """In whose hands it lies; nobody's once it is decided."""
        parties = {
            Side.REQUESTER: self.part.request.requester.name,
            Side.PROVIDER: self.part.dataset.provider.name,
            Side.AUTHORITY: _("the sharing authority"),
        }
        side = HOLDER.get(PartState(self.part.state))
        return parties[side] if side else ""

    @property
    def next_step(self) -> str:
        """What comes next, in words."""
        return next((step.title for step in self.steps if step.state == "current"), "")

    @property
    def is_partly_granted(self) -> bool:
        """Whether some of it is granted, and some refused or masked."""
        decisions = {wish.decision for wish in (*self.items, *self.facts)}
        return self.part.state == PartState.APPROVED and bool(decisions & {"REFUSED", "MASKED"})

    @property
    def methods(self) -> list[str]:
        """The ways of asking, in words."""
        return [words.method_word(method) for method in self.part.methods]

    @property
    def agreement_id(self) -> str:
        """The agreement that came of it, if any."""
        found = getattr(self.part, "agreement", None)
        return found.agreement_id if found else ""


def part_rows(desk: Desk) -> Any:
    """Parts that the person may see, with what their page shows."""
    rows = RequestPart.objects.visible_to(desk.person).select_related(
        "request__requester", "request__purpose", "request__created_by", "dataset__provider", "dataset__current_version", "agreement"
    )
    return rows.prefetch_related(
        "items", "facts", "moves__person", "moves__department", "messages__person", "messages__department"
    ).distinct()


def parts_of(desk: Desk, request: SharingRequest) -> list[ShownPart]:
    """The parts of a request that the person may see."""
    return [shown_part(desk, part) for part in part_rows(desk).filter(request=request).order_by("pk")]


def shown_part(desk: Desk, part: RequestPart) -> ShownPart:
    """One part, readable."""
    version = part.dataset.current_version
    document = version.content if version else {}
    return ShownPart(
        part=part,
        items=_items(part, document),
        facts=_facts(part, document),
        messages=_messages(desk, part),
        may_say=bool(part_sides(desk.person, desk.department, part)) and part.state != PartState.DRAFT,
        because=tuple(_because(part)),
        steps=_steps(part),
        allowed=frozenset(event.value for event in part_steps(desk.person, desk.department, part)),
        blocked=_blocked(desk, part),
        ground=jurisdiction.refusal_grounds().get(part.ground),
        row_filter=tuple(words.filter_lines(part.row_filter or {}, document)),
    )


def request_steps(shown: list[ShownPart]) -> dict[str, Any]:
    """Steps of the whole request: handing in, where any part waits for it."""
    return {
        "may_submit": any("submit" in part.allowed for part in shown),
        "notices": [
            (part.part.dataset.code, fault["message"]) for part in shown if part.part.state == "RETURNED" for fault in part.part.notice
        ],
        "may_edit": bool(shown) and all("edit" in p.allowed for p in shown),
    }


def _items(part: RequestPart, document: Mapping[str, Any]) -> list[Wish]:
    declared = {item["name"]: item for item in document.get("items", ())}
    return [
        Wish(
            row.name,
            words.title_of(declared.get(row.name), row.name),
            row.decision,
            row.reason,
            words.class_of(declared.get(row.name)),
            is_maskable=declared.get(row.name, {}).get("type") in MASKABLE,
            row=row,
            is_proposed=row.name in part.proposal.get("items", ()),
        )
        for row in part.items.all()
    ]


def _facts(part: RequestPart, document: Mapping[str, Any]) -> list[Wish]:
    declared = {fact["name"]: fact for fact in document.get("facts", ())}
    return [
        Wish(
            row.name,
            words.title_of(declared.get(row.name), row.name),
            row.decision,
            row.reason,
            terms=tuple(words.parameter_lines(declared.get(row.name), row.parameters, document)),
            is_fact=True,
            row=row,
            is_proposed=row.name in part.proposal.get("facts", ()),
        )
        for row in part.facts.all()
    ]


def _messages(desk: Desk, part: RequestPart) -> list[PartMessage]:
    """The thread, for those who may read it."""
    return list(part.messages.all()) if reads_thread(desk.person, part) else []


def _because(part: RequestPart) -> Iterator[str]:
    """What the least rested on when the part was sent."""
    for row in part.proposal.get("because", ()):
        yield Because(row["kind"], row["name"], row["titles"]).sentence


def _steps(part: RequestPart) -> list[Step]:
    """What has happened, then what is still to come."""
    taken = [
        Step(words.event_word(move.event), _face(move.to_state), _who(move), move.at, move.note)
        for move in part.moves.all()
        if move.event != PartEvent.EDIT
    ]
    started = Step(_("Draft begun"), "done", part.request.created_by.display_name, part.request.created_at)
    return [started, *taken, *_coming(part)]


def _face(state: str) -> str:
    return "stopped" if state in {PartState.REFUSED, PartState.WITHDRAWN, PartState.RETURNED} else "done"


def _who(move: Any) -> str:
    return f"{move.person.display_name} · {move.department.name}" if move.person else move.department.name


def _coming(part: RequestPart) -> list[Step]:
    ahead = {
        PartState.DRAFT: (_("Handing in"), _("Check by the authority"), _("Decision of the owner"), _("Signature of the requester")),
        PartState.RETURNED: (_("Completion by the requester"), _("Check by the authority"), _("Decision of the owner")),
        PartState.SUBMITTED: (_("Check by the authority"), _("Decision of the owner"), _("Signature of the requester")),
        PartState.CHECKED: (_("Decision of the owner"), _("Signature of the requester")),
        PartState.APPROVED_ONCE: (_("Second officer of the owner"), _("Signature of the requester")),
    }
    titles = ahead.get(PartState(part.state), ())
    return [Step(title, "current" if place == 0 else "coming") for place, title in enumerate(titles)]


def _blocked(desk: Desk, part: RequestPart) -> list[str]:
    """Why this person may not take steps that the side could take: four eyes, in words."""
    said: list[str] = []
    for event in sorted(part_events(PartState(part.state), part_sides(desk.person, desk.department, part))):
        try:
            require_part_four_eyes(desk.person, part, event)
        except FourEyes as refused:
            said.append(str(refused.detail))
    return list(dict.fromkeys(said))
