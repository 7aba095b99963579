"""The steps of a program's access (RFC 8628): it asks, a person allows or refuses, it collects its token, somebody ends it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.accounts import doors
from exchange.accounts.acting import works_for
from exchange.accounts.errors import CodeOver, Missing, NotAllowed
from exchange.accounts.limits import take
from exchange.accounts.models import AskingState, PeopleEvent, Person, Program, ProgramAsking
from exchange.accounts.programs import errors
from exchange.accounts.programs.tokens import (
    CODE_LASTS,
    IDLE,
    LONGEST,
    account_hash,
    address_hash,
    fresh_secret,
    fresh_user_code,
    secret_hash,
    user_code_hash,
)
from exchange.accounts.recording import record_change

INTERVAL_S = 5
SLOWER_S = 5
_WINDOW = timedelta(minutes=10)
_ASKED_BY_AN_ADDRESS, _ASKED_OF_THE_HUB, _LOOKED_UP, _COLLECTED = 10, 600, 20, 600
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Asked:
    """What a program gets when it asks: two codes, told this once."""

    device_code: str
    user_code: str
    expires_in_s: int
    interval_s: int


def ask(machine: str, *, scopes: tuple[str, ...], address: str) -> Asked:
    """A program asks for access. Rate-limited by address and for the whole hub: raises TooManyTries."""
    take("program.asked", address, limit=_ASKED_BY_AN_ADDRESS, window=_WINDOW)
    take("program.asked.hub", "", limit=_ASKED_OF_THE_HUB, window=_WINDOW)
    now = timezone.now()
    asked = Asked(fresh_secret(), fresh_user_code(), int(CODE_LASTS.total_seconds()), INTERVAL_S)
    with transaction.atomic():
        ProgramAsking.objects.filter(expires_at__lt=now).delete()
        ProgramAsking.objects.create(
            device_hash=secret_hash(asked.device_code),
            user_code_hash=user_code_hash(asked.user_code),
            address_hash=address_hash(address),
            machine=machine,
            scopes=list(scopes),
            asked_at=now,
            expires_at=now + CODE_LASTS,
            interval_s=INTERVAL_S,
        )
    return asked


def look_up(user_code: str, *, acting_user: Person) -> ProgramAsking:
    """The program that shows this code and waits. Guessing is slowed down; raises TooManyTries, CodeOver."""
    take("program.looked_up", str(acting_user.pk), limit=_LOOKED_UP, window=_WINDOW)
    rows = ProgramAsking.objects.filter(user_code_hash=user_code_hash(user_code))
    found = rows.filter(state=AskingState.WAITING, expires_at__gt=timezone.now()).first()
    if found is None:
        doors.missed("program_code", str(acting_user.pk))
        raise CodeOver(_("No program waits with this code. Look at it again, or start “hub login” once more: a code lasts 15 minutes."))
    return found


@transaction.atomic
def allow(asking: ProgramAsking, *, scopes: tuple[str, ...], acting_user: Person) -> None:
    """Let the program act for `acting_user` within `scopes`, which are some of those it asked for. Raises NotAllowed, CodeOver."""
    if not works_for(acting_user):
        raise NotAllowed(_("Programs act for people who have a role in a department."))
    if not scopes or not set(scopes) <= set(asking.scopes):
        raise NotAllowed(_("Choose at least one of the things that the program asked for."))
    _answer(asking, AskingState.ALLOWED, person=acting_user, scopes=sorted(scopes), account_hash=account_hash(acting_user))


@transaction.atomic
def refuse(asking: ProgramAsking, *, acting_user: Person) -> None:
    """Say no. Raises CodeOver where somebody answered before."""
    _answer(asking, AskingState.REFUSED, person=acting_user)


def collect(device_code: str, *, address: str) -> tuple[Program, str]:
    """Give the program its token, once. Raises StillWaiting, TooFast, Refused, Expired, and TooManyTries."""
    take("program.collected", address, limit=_COLLECTED, window=_WINDOW)
    now = timezone.now()
    asking = ProgramAsking.objects.filter(device_hash=secret_hash(device_code), expires_at__gt=now).first()
    if asking is None or asking.state == AskingState.COLLECTED:
        raise errors.Expired(_("This code is too old, or was used. Start “hub login” once more."))
    if asking.state == AskingState.REFUSED:
        raise errors.Refused(_("The person refused this program."))
    if asking.state == AskingState.WAITING:
        _wait(asking)
    return _collect(asking)


@transaction.atomic
def end(program: Program, *, acting_user: Person) -> None:
    """End the access now. Raises Missing where it is over."""
    if not Program.objects.filter(pk=program.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        raise Missing(_("This program's access is over already."))
    record_change(PeopleEvent.PROGRAM_ENDED, acting_user, department=None, acting_user=acting_user, about=str(program.pk))


def end_by_token(token: str) -> None:
    """The program itself gives its access back (RFC 7009); a token that opens nothing is no error."""
    program = Program.objects.select_related("person").filter(token_hash=secret_hash(token), ended_at__isnull=True).first()
    if program is not None:
        end(program, acting_user=program.person)


def find(token: str) -> Program | None:
    """The access that this token opens now, or None: unknown, ended, idle, too old, or the account has changed since."""
    now = timezone.now()
    found = Program.objects.in_force(now, idle_since=now - IDLE).select_related("person").filter(token_hash=secret_hash(token)).first()
    if found is None or not hmac.compare_digest(bytes(found.account_hash), account_hash(found.person)):
        return None
    if found.used_at < now - _NOTED_EVERY:
        Program.objects.filter(pk=found.pk).update(used_at=now)
    return found


def programs_of(person: Person) -> list[Program]:
    """What acts for the person now, the newest first."""
    now = timezone.now()
    return list(Program.objects.in_force(now, idle_since=now - IDLE).filter(person=person, account_hash=account_hash(person)))


def _answer(asking: ProgramAsking, state: AskingState, **what: object) -> None:
    rows = ProgramAsking.objects.filter(pk=asking.pk, state=AskingState.WAITING, expires_at__gt=timezone.now())
    if not rows.update(state=state, **what):
        raise CodeOver(_("This code is over: it was answered before, or is too old. Start “hub login” once more."))


def _wait(asking: ProgramAsking) -> NoReturn:
    """Note this poll; whoever polls before the interval is over waits five seconds longer from now on (RFC 8628, section 3.5)."""
    now = timezone.now()
    rows, early = ProgramAsking.objects.filter(pk=asking.pk), now - timedelta(seconds=asking.interval_s)
    if rows.filter(polled_at__gt=early).update(polled_at=now, interval_s=F("interval_s") + SLOWER_S):
        raise errors.TooFast(_("Ask again only after the interval, which is now five seconds longer."))
    rows.update(polled_at=now)
    raise errors.StillWaiting(_("Nobody has answered yet. Ask again after the interval."))


@transaction.atomic
def _collect(asking: ProgramAsking) -> tuple[Program, str]:
    """The token is made now and told once; the row remembers that it was."""
    if not ProgramAsking.objects.filter(pk=asking.pk, state=AskingState.ALLOWED).update(state=AskingState.COLLECTED):
        raise errors.Expired(_("This code is too old, or was used. Start “hub login” once more."))
    person, now, token = Person.objects.get(pk=asking.person_id), timezone.now(), fresh_secret()
    if not person.is_active or bytes(asking.account_hash or b"") != account_hash(person):
        raise errors.Expired(_("The account has changed since. Start “hub login” once more."))
    program = Program.objects.create(
        person=person,
        token_hash=secret_hash(token),
        account_hash=account_hash(person),
        machine=asking.machine,
        scopes=asking.scopes,
        allowed_at=now,
        used_at=now,
        ends_at=now + LONGEST,
    )
    record_change(
        PeopleEvent.PROGRAM_ALLOWED, person, department=None, acting_user=person, about=str(program.pk), scopes=len(asking.scopes)
    )
    return program, token
