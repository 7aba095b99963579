"""What a clerk does with a citizen at the counter. Nothing is asked of anybody before the citizen has confirmed.

A visit that nobody has touched for QUIET is over: reading it ends it. Nothing of a visit can be read after its end,
and a clerk who types a number learns nothing from it, not even whether there is such a person.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog import identifiers
from catalog.identifiers import IdentifierError
from catalog.models import Department
from exchange.accounts.acting import acting_as
from exchange.accounts.models import Person, Role
from exchange.accounts.subject import Assurance, Subject, opened, sealed_for
from exchange.affairs.actions.four_eyes import is_bound
from exchange.affairs.applicants import Applicant
from exchange.affairs.counter.lifecycle import VISIT, VisitEvent
from exchange.affairs.errors import AnswerIncomplete, CaseMoved, NotThisOfficer
from exchange.affairs.models import Case, Channel, CounterDesk, CounterVisit, Matter

QUIET = timedelta(minutes=15)
_SLIP_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def desk_of(clerk: Person) -> CounterDesk:
    """The clerk's desk, made when first needed."""
    made: CounterDesk = CounterDesk.objects.get_or_create(clerk=clerk, defaults={"screen": secrets.token_urlsafe(18)})[0]
    return made


def open_visit(matter: Matter, *, kind: str, identifier: str, acting_user: Person, department: Department) -> CounterVisit:
    """Begin with the citizen's number, typed or read from the card. Raises AnswerIncomplete, CaseMoved, NotThisOfficer."""
    _require_clerk(acting_user, department, matter)
    subject = _subject(kind, identifier)
    _require_another(acting_user, subject)
    current_visit(acting_user)  # ends one that was forgotten
    now, slip = timezone.now(), "".join(secrets.choice(_SLIP_LETTERS) for _place in range(10))
    try:
        with transaction.atomic():
            visit = CounterVisit(
                clerk=acting_user,
                department=department,
                matter=matter,
                slip=slip,
                subject_kind=subject.kind,
                began_at=now,
                last_used_at=now,
            )
            visit.subject_sealed = sealed_for(visit.pk, subject)
            visit.save(force_insert=True)
    except IntegrityError:
        raise CaseMoved(_("Another citizen is still at this desk. Press “Next person” first.")) from None
    return visit


def current_visit(clerk: Person) -> CounterVisit | None:
    """The visit at a clerk's desk; one that was quiet too long is ended here and not returned."""
    visit = CounterVisit.objects.exclude(state=VISIT[VisitEvent.END][1]).filter(clerk=clerk).select_related("matter", "case").first()
    if visit is not None and timezone.now() - visit.last_used_at > QUIET:
        end_visit(visit)
        return None
    return visit


def confirm_visit(visit: CounterVisit, *, how: str) -> CounterVisit:
    """The citizen has said yes to what will be asked: SCREEN by the citizen's own press, SLIP by a signed slip. Raises CaseMoved."""
    sources, target = VISIT[VisitEvent.CONFIRM]
    rows = CounterVisit.objects.filter(pk=visit.pk, state__in=sources, last_used_at__gt=timezone.now() - QUIET)
    if not rows.update(state=target, confirmed_how=how, last_used_at=timezone.now()):
        raise CaseMoved(_("This visit is over. Begin again with the citizen's card."))
    visit.refresh_from_db()
    return visit


def begin_case(visit: CounterVisit, *, language: str) -> Case:
    """Start the application of a confirmed visit and ask the offices, once, however often it is pressed. Raises CaseMoved."""
    from exchange.affairs import actions

    if visit.state != VISIT[VisitEvent.CONFIRM][1]:
        raise CaseMoved(_("The citizen has not confirmed yet."))
    if visit.case is not None:
        return visit.case
    applicant = applicant_at(visit)
    case: Case = actions.start_case(visit.matter, applicant=applicant, language=language)
    if not CounterVisit.objects.filter(pk=visit.pk, case__isnull=True).update(case=case, last_used_at=timezone.now()):
        actions.withdraw(case, applicant=applicant)  # pressed twice: the first one counts
        visit.refresh_from_db()
        return visit.case  # type: ignore[return-value]  # the first press has set it
    visit.case = case
    actions.ask_offices(case, applicant=applicant)
    return case


def end_visit(visit: CounterVisit) -> None:
    """Next person: nothing of this one stays at the desk. Ending twice changes nothing."""
    sources, target = VISIT[VisitEvent.END]
    CounterVisit.objects.filter(pk=visit.pk, state__in=sources).update(
        state=target, subject_kind="", subject_sealed=None, ended_at=timezone.now()
    )


def touch(visit: CounterVisit) -> None:
    """Somebody is working on it."""
    CounterVisit.objects.filter(pk=visit.pk).update(last_used_at=timezone.now())


def applicant_at(visit: CounterVisit) -> Applicant:
    """The citizen at the counter, seen in person with a card. Raises CaseMoved after the end."""
    return Applicant(subject_at(visit), Assurance.HIGH, Channel.COUNTER, clerk=visit.clerk_id)


def subject_at(visit: CounterVisit) -> Subject:
    """Whom the visit is about. Raises CaseMoved after its end."""
    if not visit.subject_sealed:
        raise CaseMoved(_("This visit is over. Begin again with the citizen's card."))
    return opened(visit.subject_kind, visit.subject_sealed, account=visit.pk)


def visit_on_screen(screen: str) -> CounterVisit | None:
    """The visit that a second screen shows. Raises CounterDesk.DoesNotExist for an unknown screen."""
    desk = CounterDesk.objects.select_related("clerk").get(screen=screen)
    return current_visit(desk.clerk)


def renew_screen(clerk: Person) -> CounterDesk:
    """Give the second screen a new address; the old one shows nothing from now on."""
    desk = desk_of(clerk)
    desk.screen = secrets.token_urlsafe(18)
    desk.save(update_fields=["screen", "made_at"])
    return desk


def matters_at(department: Department) -> Any:
    """Open matters that a counter of this department may begin: those that it leads or joins; all at the authority's own counter."""
    from exchange.affairs.matters import open_matters

    found = list(open_matters())
    return [matter for matter in found if _serves(department, matter)]


def _serves(department: Department, matter: Matter) -> bool:
    content = matter.current.content if matter.current else {}
    return department.code in {matter.lead_id, settings.AUTHORITY_DEPARTMENT, *content.get("joint", ())}


def _require_clerk(person: Person, department: Department, matter: Matter) -> None:
    acting_as(person, department, Role.CLERK)
    if not _serves(department, matter):
        raise NotThisOfficer(_("Your counter does not serve this matter."))


def _subject(kind: str, identifier: str) -> Subject:
    """The number as the registers write it, its check character included: a slip of the finger is found before anybody is asked."""
    kinds = identifiers.kinds()
    try:
        normalised = kinds.normalise(kind, identifier)
        kinds.check(kind, normalised)
        if not kinds.is_personal(kind):
            raise IdentifierError("this kind names no person")
        return Subject(kind, normalised)
    except IdentifierError:
        wrong = Fault("identifier", "format", _("This number is not well formed. Read the card again."))
        raise AnswerIncomplete(_("The number cannot be right."), faults=[wrong]) from None


def _require_another(clerk: Person, subject: Subject) -> None:
    """An account that was ever bound to the subject counts: who ends a binding does not become a stranger by it."""
    if is_bound(clerk, subject.blind):
        raise NotThisOfficer(_("Nobody serves themselves: ask a colleague at another desk."))
