"""What people do with a part's clock: the owner asks for more days, the authority answers; the authority stops it and lets it go on."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from audit.proof.canonical import document_hash
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing.clocks.parts import RUNNING, clock_of, limit_of, read_clock, recompute, route_of, target_of
from exchange.sharing.clocks.pauses import close_pause, open_pause
from exchange.sharing.errors import FourEyes, NotAskable, NotThatSide, StateChanged
from exchange.sharing.lifecycle import PartState, Side
from exchange.sharing.lifecycle.clocks import EXTENSION, ExtensionEvent, ExtensionState
from exchange.sharing.models import Extension, PauseReason, RequestPart
from exchange.sharing.sides import part_sides

# The others follow from steps of the part or of a dispute.
BY_HAND = (PauseReason.PROVIDER_OUTAGE, PauseReason.PUBLIC_NOTICE, PauseReason.SITE_VISIT)


@transaction.atomic
def ask_extension(part: RequestPart, *, reason: str, acting_user: Person, department: Department, days: int | None = None) -> Extension:
    """The owner asks for more days, at most those of its limit (None: all of them), once, before the day has passed.

    Raises NotThatSide, StateChanged (not with the owner, asked before, or too late) and NotAskable.
    """
    _require_side(part, Side.PROVIDER, acting_user, department)
    most = _most_days(part)
    faults = _faults(reason) + _days_faults(days, most)
    if faults:
        raise NotAskable(_("An extension has a reason and a number of days."), faults=faults)
    clock = clock_of(part)
    if Extension.objects.filter(**clock.columns).exists():
        raise StateChanged(_("An extension has been asked for before; there is one at most."))
    asked = {"reason": reason, "asked_by": acting_user, "asked_at": timezone.now(), "department": department}
    made = Extension.objects.create(**clock.columns, days=days or most, **asked)
    _record(part, "extension_asked", reason, acting_user, department)
    return made


@transaction.atomic
def answer_extension(part: RequestPart, *, is_granted: bool, answer: str, acting_user: Person, department: Department) -> Extension:
    """The authority consents or refuses, with a sentence; the date moves at once. Raises NotThatSide, FourEyes, StateChanged."""
    _require_side(part, Side.AUTHORITY, acting_user, department)
    found = Extension.objects.filter(**clock_of(part).columns).first()
    if found is None or part.state not in RUNNING:
        raise StateChanged(_("No extension waits for an answer here."))
    if acting_user.pk in {found.asked_by_id, part.request.created_by_id, part.submitted_by_id}:
        raise FourEyes(_("You are a party to this: another reviewer must answer."))
    if faults := _faults(answer):
        raise NotAskable(_("The answer has a reason."), faults=faults)
    event = ExtensionEvent.GRANT_EXTENSION if is_granted else ExtensionEvent.REFUSE_EXTENSION
    sources, target = EXTENSION[event]
    rows = Extension.objects.filter(pk=found.pk, state__in=sources)
    if not rows.update(state=target, answer=answer, decided_by=acting_user, decided_at=timezone.now()):
        raise StateChanged(_("The extension has been answered meanwhile."))
    found.refresh_from_db()
    _record(part, "extension_granted" if found.state == ExtensionState.GRANTED else "extension_refused", answer, acting_user, department)
    recompute(part)
    return found


@transaction.atomic
def pause_part(part: RequestPart, *, reason: str, note: str, acting_user: Person, department: Department) -> None:
    """The authority stops the clock for a coded reason (BY_HAND) and says why. No party stops its own clock."""
    _require_side(part, Side.AUTHORITY, acting_user, department)
    if part.state not in RUNNING:
        raise StateChanged(_("No clock runs here now."))
    faults = _faults(note)
    if reason not in BY_HAND:
        codes = ", ".join(BY_HAND)
        faults.append(Fault("reason", "unknown", _("Choose a reason among: %(codes)s.") % {"codes": codes}))
    if faults:
        raise NotAskable(_("A pause has a coded reason and a sentence."), faults=faults)
    if not open_pause(clock_of(part), PauseReason(reason), acting_user=acting_user):
        raise StateChanged(_("The clock stands for this reason already."))
    _record(part, "pause", note, acting_user, department, reason=reason)
    recompute(part)


@transaction.atomic
def resume_part(part: RequestPart, *, reason: str, acting_user: Person, department: Department) -> None:
    """The authority lets the clock go on. Raises NotThatSide, StateChanged when it does not stand for that reason."""
    _require_side(part, Side.AUTHORITY, acting_user, department)
    if reason not in BY_HAND or not close_pause(clock_of(part), PauseReason(reason)):
        raise StateChanged(_("The clock does not stand for this reason."))
    _record(part, "resume", "", acting_user, department, reason=reason)
    recompute(part)


def clock_steps(person: Any, department: Department, part: RequestPart) -> list[str]:
    """What this person may do with the clock now: ask_extension, answer_extension, pause, resume. For pages and API."""
    sides, clock, found = part_sides(person, department, part), read_clock(part), []
    if part.state not in RUNNING:
        return []
    if Side.PROVIDER in sides and part.state != PartState.SUBMITTED and clock.extension is None and _may_still_ask(part):
        found.append("ask_extension")
    if Side.AUTHORITY in sides:
        if clock.extension is not None and clock.extension.state == ExtensionState.ASKED:
            found.append("answer_extension")
        found.append("pause")
        if any(pause.until is None and pause.reason in BY_HAND for pause in clock.pauses):
            found.append("resume")
    return found


def _may_still_ask(part: RequestPart) -> bool:
    return limit_of(part).of_step("answer").extension_days > 0 and not read_clock(part).days_over


def _require_side(part: RequestPart, side: Side, person: Person, department: Department) -> None:
    if side not in part_sides(person, department, part):
        raise NotThatSide(_("Your role in this department does not take this step."))


def _most_days(part: RequestPart) -> int:
    """The days that the limit allows. Raises StateChanged when it is not with the owner, or the day has passed."""
    if part.state not in RUNNING or part.state == PartState.SUBMITTED:
        raise StateChanged(_("It does not lie with the owner now."), state=part.state)
    most = limit_of(part).of_step("answer").extension_days
    if not most:
        raise NotAskable(_("The rule for this answer knows no extension."), code="NO_EXTENSION")
    if read_clock(part).days_over:
        raise StateChanged(_("The day has passed: an extension is asked for before."))
    return most


def _faults(text: str) -> list[Fault]:
    return [] if text.strip() else [Fault("reason", "required", _("Write why, so that the other side can act on it."))]


def _days_faults(days: int | None, most: int) -> list[Fault]:
    if days is None or 1 <= days <= most:
        return []
    return [Fault("days", "range", _("Between 1 and %(most)d working days.") % {"most": most})]


def _record(part: RequestPart, event: str, text: str, person: Person, department: Department, **more: str) -> None:
    """One entry: who did what to which clock; what was written reaches the log as a digest only."""
    said: dict[str, Any] = {"of": target_of(part), "event": event, "text": text}
    route = route_of(part, event, side=department.code, acting=str(person.pk), **more)
    trail.record(route, message={"said": document_hash(said)})
