"""What waits for one person: the steps that nobody else at this moment has to take before, most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Load
from exchange.accounts.acting import stewarded
from exchange.accounts.hands import Hands, hands_of
from exchange.accounts.models import Role
from exchange.portal.department.desk import Desk
from exchange.portal.department.key_requests import waiting_keys
from exchange.portal.department.objections import objections_of
from exchange.portal.department.offers_waiting import offers_waiting
from exchange.portal.department.questions import questions_of
from exchange.portal.department.queue import questions_of as questions_to_answer
from exchange.portal.department.queue import titles_of
from exchange.portal.department.watched_waiting import watched_waiting
from exchange.portal.department.webhooks import webhooks_waiting
from exchange.sharing.clocks.reminders import open_reminders
from exchange.sharing.models import Agreement, Reminder, ReminderKind, RequestPart

MOST_OF_A_KIND = 50
# What is merely due soon stands in the list by itself, with its date.
_OWN_LINE = tuple(kind for kind in ReminderKind if not kind.endswith("_DUE"))


@dataclass(frozen=True)
class Waiting:
    """One thing to do: which step, about what, for whom, until when, and where."""

    step: str
    about: str
    party: str
    url: str
    due_on: date | None = None
    is_verified: bool = True
    is_provisional: bool = False

    def days_left(self, today: date) -> int | None:
        """Calendar days until it is due; negative when it is late."""
        return (self.due_on - today).days if self.due_on else None


def waiting_for(desk: Desk) -> list[Waiting]:
    """Everything that this person may do now at this desk, what is due first on top."""
    of_departments = [*_checks(desk), *_decisions(desk), *_of_officers(desk), *_loads(desk), *_keys(desk), *offers_waiting(desk, Waiting)]
    found = [
        *of_departments,
        *_of_citizens(desk),
        *_of_queue(desk),
        *watched_waiting(desk, Waiting),
        *webhooks_waiting(desk, Waiting),
        *_reminders(desk),
    ]
    return sorted(found, key=lambda item: (item.due_on is None, item.due_on or date.max))


def _asked_by(hands: Hands) -> Q:
    return hands.done("request__created_by", "request__created_at") | hands.done("submitted_by", "submitted_at")


def _parts(desk: Desk) -> Any:
    return RequestPart.objects.visible_to(desk.person).select_related("request__requester", "dataset__provider")


def _checks(desk: Desk) -> Iterator[Waiting]:
    if Role.REVIEWER not in desk.roles or desk.department.code != settings.AUTHORITY_DEPARTMENT:
        return
    mine = _asked_by(hands_of(desk.person))
    for part in _parts(desk).waiting_for_check().exclude(mine)[:MOST_OF_A_KIND]:
        yield _of_part(part, _("Check"), part.request.requester.name)


def _decisions(desk: Desk) -> Iterator[Waiting]:
    rows = _parts(desk).waiting_for_decision(frozenset({desk.department.code}))
    if Role.OFFICER not in desk.roles:
        rows = rows.filter(dataset__in=stewarded(desk.person))
    hands = hands_of(desk.person)
    mine = _asked_by(hands) | hands.done("checked_by", "checked_at")
    for part in rows.exclude(mine)[:MOST_OF_A_KIND]:
        yield _of_part(part, _("Decide"), part.request.requester.name)
    second = _parts(desk).waiting_for_second(frozenset({desk.department.code}))
    if Role.OFFICER not in desk.roles:
        second = second.filter(dataset__in=stewarded(desk.person))
    for part in second.exclude(mine | hands.done("first_approved_by", "first_approved_at"))[:MOST_OF_A_KIND]:
        yield _of_part(part, _("Confirm as second officer"), part.request.requester.name)


def _of_officers(desk: Desk) -> Iterator[Waiting]:
    if Role.OFFICER not in desk.roles:
        return
    own = _parts(desk).filter(request__requester=desk.department)
    for part in own.filter(state="RETURNED").order_by("id")[:MOST_OF_A_KIND]:
        yield _of_part(part, _("Complete"), part.dataset.provider.name, has_clock=False)
    for part in own.filter(state="DRAFT").order_by("id")[:MOST_OF_A_KIND]:
        yield _of_part(part, _("Finish the draft"), part.dataset.provider.name, has_clock=False)
    yield from _signatures(desk)


def _signatures(desk: Desk) -> Iterator[Waiting]:
    proposed = Agreement.objects.visible_to(desk.person).filter(state="PROPOSED").select_related("dataset", "provider", "requester")
    signed = Q(provider_signature__isnull=False) | ~Q(offer_hash="")
    hands = hands_of(desk.person)
    mine = hands.done("approved_by", "created_at") | hands.done("part__checked_by", "part__checked_at")
    mine |= hands.done("part__first_approved_by", "part__first_approved_at")
    for row in proposed.filter(signed, requester=desk.department).exclude(mine).order_by("id")[:MOST_OF_A_KIND]:
        yield _of_agreement(row, _("Sign"), row.provider.name)
    for row in proposed.filter(provider=desk.department, provider_signature=None, offer_hash="").order_by("id")[:MOST_OF_A_KIND]:
        yield _of_agreement(row, _("Hand in your signature"), row.requester.name)


def _keys(desk: Desk) -> Iterator[Waiting]:
    if Role.ADMINISTRATOR in desk.roles:
        for row in waiting_keys(desk)[:MOST_OF_A_KIND]:
            asked = row["asked"]
            yield Waiting(asked.get_wish_display(), asked.keyid, asked.asked_by.display_name, reverse("console_keys"))


def _loads(desk: Desk) -> Iterator[Waiting]:
    if Role.PUBLISHER not in desk.roles:
        return
    rows = Load.objects.visible_to(desk.person).filter(state="READY", dataset__provider=desk.department).select_related("dataset")
    for load in rows.order_by("created_at")[:MOST_OF_A_KIND]:
        about = f"{load.dataset.code} {load.dataset.title}"
        yield Waiting(_("Publish"), about, load.filename, reverse("load", args=[load.pk]))


def _of_citizens(desk: Desk) -> Iterator[Waiting]:
    """Questions and objections of citizens; who asks stands nowhere."""
    for question in questions_of(desk).waiting()[:MOST_OF_A_KIND]:
        url = reverse("console_question", args=[question.pk])
        clock = (question.due_on, question.due_is_verified, question.due_is_provisional)
        yield Waiting(_("Answer"), _("Why was somebody looked up?"), _("a citizen"), url, *clock)
    for objection in objections_of(desk).filter(state="OPEN").order_by("due_on")[:MOST_OF_A_KIND]:
        url = reverse("console_objection", args=[objection.pk])
        about = _("{dataset}: something is wrong").format(dataset=objection.dataset)
        yield Waiting(_("Look and answer"), about, _("a citizen"), url, objection.due_on, is_provisional=objection.due_is_provisional)


def _of_queue(desk: Desk) -> Iterator[Waiting]:
    """Questions to registers that a person answers for: free ones and one's own for officers, late ones for administrators."""
    rows = questions_to_answer(desk).open().by_due()
    if Role.OFFICER in desk.roles:
        rows = rows.filter(Q(claimed_by=None) | Q(claimed_by=desk.person.pk))
    else:
        rows = rows.filter(escalated_at__isnull=False)
    shown = list(rows[:MOST_OF_A_KIND])
    titles = titles_of(shown)
    for question in shown:
        url = reverse("console_queue_question", args=[question.pk])
        clock = {"due_on": question.due_on, "is_provisional": question.due_is_provisional}
        yield Waiting(_("Answer"), titles.get(question.dataset, question.dataset), question.requester.name, url, **clock)


def _reminders(desk: Desk) -> Iterator[Waiting]:
    """What this person is reminded of, each thing once: the newest reminder of it."""
    rows = open_reminders(desk.department, desk.roles).filter(kind__in=_OWN_LINE)
    newest = {(row.kind, row.target): row for row in reversed(rows[:MOST_OF_A_KIND])}
    for row in newest.values():
        yield Waiting(_("Look into it"), str(ReminderKind(row.kind).label), row.target, _place(row), row.on)


def _place(reminder: Reminder) -> str:
    """Where the thing is that a reminder speaks of."""
    thing = reminder.kind.partition("_")[0]
    if thing == "ALARM":
        return reverse("audit_alarm", args=[reminder.target])
    if thing == "REQUEST":
        return reverse("console_request", args=[reminder.target.partition("/")[0]])
    if thing == "AGREEMENT":
        return reverse("console_agreement", args=[reminder.target])
    return reverse("console_people") if thing == "ROLES" else reverse(f"console_{thing.lower()}", args=[reminder.target])


def _of_part(part: RequestPart, step: str, party: str, *, has_clock: bool = True) -> Waiting:
    url = reverse("console_request", args=[part.request.number])
    about = f"{part.dataset.code} {part.dataset.title}"
    clock = {"due_on": part.due_on, "is_verified": part.due_verified, "is_provisional": part.due_provisional} if has_clock else {}
    return Waiting(step, about, party, url, **clock)  # type: ignore[arg-type]


def _of_agreement(agreement: Agreement, step: str, party: str) -> Waiting:
    about = f"{agreement.dataset.code} {agreement.dataset.title}"
    return Waiting(step, about, party, reverse("console_agreement", args=[agreement.agreement_id]))
