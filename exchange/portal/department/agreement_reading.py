"""An agreement made readable: the signed text in words, who signed with which key, its acts, its use, how to call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from audit import acts
from audit.models import EntryIndex
from audit.proof.canonical import document_hash, dumps
from catalog.models import DatasetVersion, Purpose
from exchange.portal.auditor.permission import may_audit
from exchange.portal.department import calling, words
from exchange.portal.department.desk import Desk
from exchange.portal.templatetags.look_parts import Step
from exchange.sharing import jurisdiction
from exchange.sharing.errors import FourEyes
from exchange.sharing.lifecycle import AgreementEvent, agreement_events
from exchange.sharing.models import Agreement
from exchange.sharing.sides import agreement_sides, agreement_steps, require_other_signer


@dataclass(frozen=True)
class Signature:
    """Who signed, with which key, kept by whom, when."""

    side: str
    keyid: str
    custody: str
    signed_at: str


@dataclass(frozen=True)
class Line:
    """One agreed item or fact."""

    name: str
    title: str
    sensitivity: int | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShownAgreement:
    """Everything that the page of an agreement says."""

    agreement: Agreement
    state: str
    text: Mapping[str, Any]
    items: list[Line]
    facts: list[Line]
    purposes: list[str]
    methods: list[str]
    rows: list[str]
    signatures: list[Signature]
    allowed: frozenset[str]
    blocked: list[str]

    @property
    def hash(self) -> str:
        """The hash of the signed text."""
        return document_hash(dict(self.text))

    @property
    def canonical(self) -> str:
        """The bytes that were signed, as text."""
        return dumps(dict(self.text)).decode()

    @property
    def ending(self) -> dict[str, Any]:
        """Why it was last suspended, resumed or revoked: text and ground."""
        reason = self.agreement.state_reason or {}
        ground = jurisdiction.ending_grounds().get(str(reason.get("ground", "")))
        return {"text": reason.get("text", ""), "ground": ground}

    @property
    def suspended_by(self) -> list[str]:
        """The sides that have suspended it, in words."""
        return [words.side_word(side) for side in self.agreement.suspended_by]


def agreement_rows(desk: Desk) -> Any:
    """Agreements that the person may see, with what their page shows."""
    rows = Agreement.objects.visible_to(desk.person)
    return rows.select_related("dataset__current_version", "provider", "requester", "part__request", "part__dataset")


def shown_agreement(desk: Desk, agreement: Agreement) -> ShownAgreement:
    """One agreement, readable."""
    text, described = agreement.document, _description(agreement)
    titles = {purpose.code: purpose.title for purpose in Purpose.objects.filter(code__in=text["purposes"])}
    return ShownAgreement(
        agreement=agreement,
        state=agreement.state_at(timezone.now()).value,
        text=text,
        items=item_lines(text, described),
        facts=fact_lines(text, described),
        purposes=[f"{titles.get(code, code)} ({code})" for code in text["purposes"]],
        methods=[words.method_word(method) for method in text["methods"]],
        rows=list(words.filter_lines(text["row_filter"] or {}, described)),
        signatures=_signatures(agreement),
        allowed=frozenset(event.value for event in agreement_steps(desk.person, desk.department, agreement)),
        blocked=_blocked(desk, agreement),
    )


def history(agreement: Agreement) -> list[Step]:
    """What happened to it, the oldest first."""
    moves = agreement.moves.select_related("person", "department")
    return [
        Step(
            words.event_word(move.event),
            "stopped" if move.to_state in {"SUSPENDED", "REVOKED"} else "done",
            f"{move.person.display_name} · {move.department.name}" if move.person else move.department.name,
            move.at,
            move.note,
        )
        for move in moves
    ]


def deeds(desk: Desk, agreement: Agreement) -> dict[str, Any]:
    """The acts about it with their entries in the log, and whether this reader may open those."""
    rows = EntryIndex.objects.filter(agreement=agreement.agreement_id, type="act").order_by("entry")
    return {"deeds": list(rows[:50]), "may_open_entries": may_audit(desk.person)}


def use_so_far(agreement: Agreement) -> list[dict[str, Any]]:
    """Calls by outcome and reason, and the subjects in them, from the log's index."""
    found = EntryIndex.objects.filter(agreement=agreement.agreement_id, type__in=("exchange", "refusal", "outcome")).order_by()
    counted: Any = found.values("outcome", "reason").annotate(calls=Count("entry"), subjects=Sum("count"))
    return list(counted.order_by("outcome", "reason"))


def examples(agreement: Agreement) -> list[calling.Example]:
    """How its systems call it."""
    return calling.examples(agreement.agreement_id, agreement.document)


def _description(agreement: Agreement) -> Mapping[str, Any]:
    """The description under which it was asked, else the current one: only for titles."""
    asked = agreement.part.version_hash if agreement.part else ""
    version = DatasetVersion.objects.filter(hash=asked).first() or agreement.dataset.current_version
    return version.content if version else {}


def item_lines(text: Mapping[str, Any], described: Mapping[str, Any]) -> list[Line]:
    """Agreed or offered items with what the description calls them."""
    declared = {item["name"]: item for item in described.get("items", ())}
    masks = text.get("masks") or {}
    return [
        Line(name, words.title_of(declared.get(name), name), words.class_of(declared.get(name)), words.mask_lines(masks.get(name)))
        for name in text["items"]
    ]


def fact_lines(text: Mapping[str, Any], described: Mapping[str, Any]) -> list[Line]:
    """Agreed or offered facts with the values that each parameter may take."""
    declared = {fact["name"]: fact for fact in described.get("facts", ())}
    return [
        Line(
            row["fact"],
            words.title_of(declared.get(row["fact"]), row["fact"]),
            terms=tuple(words.parameter_lines(declared.get(row["fact"]), row["with"], described)),
        )
        for row in text["facts"]
    ]


def _signatures(agreement: Agreement) -> list[Signature]:
    made = [signature for signature in (agreement.provider_signature, agreement.requester_signature) if signature]
    certified = acts.standing().certificates
    return [Signature(words.side_word(row["role"]), row["keyid"], _custody(certified.get(row["keyid"])), row["signed_at"]) for row in made]


def _custody(found: Any) -> str:
    """Who keeps the private key, by the certificate itself; empty for a key of which no act speaks."""
    return str(found.certificate.custody.value) if found is not None else ""


def _blocked(desk: Desk, agreement: Agreement) -> list[str]:
    sides = agreement_sides(desk.person, desk.department, agreement)
    if AgreementEvent.SIGN not in agreement_events(agreement.state_at(timezone.now()), sides):
        return []
    try:
        require_other_signer(desk.person, agreement)
    except FourEyes as refused:
        return [str(refused.detail)]
    return []
