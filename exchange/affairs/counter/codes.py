"""A code that a clerk prints for a citizen seen with a card: it binds the citizen's account with the highest assurance.

Twelve characters of chance, good for a week, used once. Only a visit that the citizen has confirmed gives one, so a clerk
cannot print one for somebody who is not there without a false yes on the log.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from exchange.accounts import outbox
from exchange.accounts.actions import bind
from exchange.accounts.columns import keyed_hash
from exchange.accounts.limits import take
from exchange.accounts.models import Binding, Method, Person
from exchange.accounts.subject import Assurance, opened, sealed_for
from exchange.affairs.counter.lifecycle import VisitState
from exchange.affairs.counter.visits import subject_at
from exchange.affairs.errors import AnswerIncomplete, CaseMoved
from exchange.affairs.models import AccountCode, CounterVisit

GOOD_FOR = timedelta(days=7)
TRIES_AN_HOUR = 10
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH, _GROUP = 12, 4
_AN_HOUR = timedelta(hours=1)


def give_code(visit: CounterVisit) -> str:
    """A fresh code for the citizen of a confirmed visit, as `ABCD-EFGH-JKLM`. Raises CaseMoved."""
    if visit.state != VisitState.CONFIRMED:
        raise CaseMoved(_("The citizen has not confirmed yet."))
    subject, now = subject_at(visit), timezone.now()
    letters = "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))
    with transaction.atomic():
        AccountCode.objects.filter(expires_at__lt=now).delete()
        AccountCode.objects.create(
            code_hash=_hash(letters),
            subject_kind=subject.kind,
            subject_sealed=sealed_for(_place(_hash(letters)), subject),
            clerk=visit.clerk,
            given_at=now,
            expires_at=now + GOOD_FOR,
        )
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def use_code(person: Person, *, code: str, address: str) -> Binding:
    """Bind the account by a code from a counter. Every try counts. Raises AnswerIncomplete, TooManyTries, and what bind raises."""
    for what, who in (("account", str(person.pk)), ("address", address)):
        take(f"counter_code.{what}", who, limit=TRIES_AN_HOUR, window=_AN_HOUR)
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    rows = AccountCode.objects.filter(code_hash=_hash(letters), used_at=None, expires_at__gt=timezone.now())
    found = rows.select_related("clerk").first()
    if found is None:
        wrong = Fault("code", "wrong", _("This is not a code that counts. It is good for a week, and once."))
        raise AnswerIncomplete(_("Look at the slip again."), faults=[wrong])
    subject = opened(found.subject_kind, found.subject_sealed, account=_place(found.code_hash))
    with transaction.atomic():
        if not rows.update(used_at=timezone.now()):
            raise CaseMoved(_("This code was just used."))
        bound = bind(person, subject=subject, method=Method.COUNTER, assurance=Assurance.HIGH, acting_user=found.clerk)
        outbox.send(person, "bound")
    return bound


def _place(code_hash: bytes | memoryview) -> uuid.UUID:
    """To what the sealed subject is bound: this one code, so that a copy beside another code opens nothing."""
    return uuid.UUID(bytes=bytes(code_hash)[:16])


def _hash(letters: str) -> bytes:
    return keyed_hash("affairs.counter_code", letters)
