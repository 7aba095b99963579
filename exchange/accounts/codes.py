"""Proving who one is with a one-time code to the registered phone: the part that knows accounts, and no register.

Whatever is typed, the person reads the same words after the same work: a wrong name, an unknown identifier, no phone and a
code on its way look alike. The registers are asked in the background (exchange/affairs/binding.py), so time tells nothing
either. A code is good for ten minutes, five tries, once, and in the session that asked for it.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
import uuid
from dataclasses import asdict, dataclass
from datetime import timedelta

import orjson
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog import work
from catalog.identifiers import IdentifierError, kinds
from exchange.accounts import doors, outbox
from exchange.accounts.actions import bind
from exchange.accounts.columns import keyed_hash, open_column, seal_column
from exchange.accounts.errors import CodeOver, Invalid, WrongCode
from exchange.accounts.limits import take
from exchange.accounts.models import Binding, Channel, CodeRequest, CodeState, Method, Person
from exchange.accounts.subject import Assurance, Subject

WORK = "affairs.ask_registered_phone"
"""Name of the work that asks the registers; a room above registers its handler."""
GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
CODES_AN_HOUR = 3
CODE_DIGITS = 6
LONGEST_NAME = 100
_OPEN = (CodeState.WAITING, CodeState.SENT, CodeState.SILENT)
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Claim:
    """Who somebody says to be: kind, normalised identifier, and name. Nothing is believed of it before the code comes back."""

    kind: str
    identifier: str
    name: str

    def __repr__(self) -> str:
        return f"Claim({self.kind!r}, …)"

    @property
    def subject(self) -> Subject:
        """The subject that is claimed."""
        return Subject(self.kind, self.identifier)


def read_claim(kind: str, identifier: str, name: str) -> Claim:
    """What was typed, in the form of the registers. Raises Invalid with every fault; whether anybody is so called is not looked up."""
    written, faults = unicodedata.normalize("NFC", " ".join(name.split())), []
    if not 0 < len(written) <= LONGEST_NAME or not written.isprintable():
        faults.append(Fault("name", "format", _("Write your name as it stands on your card.")))
    try:
        known = kinds()[kind]
        normalised = known.normalise(identifier)
        is_right = known.is_personal and known.is_well_formed(normalised)
    except IdentifierError:
        normalised, is_right = "", False
    if not is_right:
        faults.append(Fault("identifier", "format", _("Check the number: it is not written as on your card.")))
    if faults:
        raise Invalid(_("Something is not written as on your card."), faults=faults)
    return Claim(kind, normalised, written)


def ask_code(person: Person, *, claim: Claim, address: str, language: str) -> CodeRequest:
    """Begin a proof: at most three an hour for an identifier, an address and an account. Raises TooManyTries.

    The answer is the same whether or not anything in the claim is true. The caller keeps the request's id in its session.
    """
    for what, who in (("account", str(person.pk)), ("address", address), ("identifier", f"{claim.kind}:{claim.identifier}")):
        take(f"code.{what}", who, limit=CODES_AN_HOUR, window=AN_HOUR)
    now = timezone.now()
    request = CodeRequest(person=person, kind=claim.kind, language=language, asked_at=now, expires_at=now + GOOD_FOR)
    request.claim_sealed = seal_column(orjson.dumps(asdict(claim)).decode(), _place(request.pk))
    with transaction.atomic():
        CodeRequest.objects.filter(expires_at__lt=now - AN_HOUR).delete()
        request.save(force_insert=True)
        work.enqueue(WORK, request.pk)
    return request


def waiting_claim(request_id: str) -> Claim | None:
    """What the registers are to be asked about; None when that is done, or too late."""
    request = CodeRequest.objects.filter(pk=request_id, state=CodeState.WAITING, expires_at__gt=timezone.now()).first()
    return None if request is None else _claim_of(request)


@transaction.atomic
def settle(request_id: str, *, phone: str | None) -> None:
    """The registers have answered: send a code to `phone`, or nothing where there is none. Done once."""
    waiting = CodeRequest.objects.filter(pk=request_id, state=CodeState.WAITING)
    if phone is None:
        waiting.update(state=CodeState.SILENT)
        return
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    if waiting.update(state=CodeState.SENT, code_hash=_hash(request_id, code)):
        language = CodeRequest.objects.values_list("language", flat=True).get(pk=request_id)
        outbox.send(outbox.Address(Channel.SMS, phone), "code", context={"code": code}, language=language)


def confirm(person: Person, *, request_id: str, code: str) -> Binding:
    """Bind the account when `code` is the one that was sent. Every attempt counts, also where nothing was sent.

    Raises WrongCode, CodeOver (too old, used, too many tries, another account's), TooManyTries, and what bind raises.
    """
    doors.enter("sign_in_code", str(person.pk))
    request = _counted_try(person, request_id)
    sent = bytes(request.code_hash) if request.code_hash else secrets.token_bytes(32)
    if not hmac.compare_digest(_hash(request_id, _digits(code)), sent):
        left = MOST_TRIES - request.tries
        doors.missed("sign_in_code", str(person.pk))
        raise WrongCode(
            _("Look at the message again. Nothing arrived? Then the details may not match: check them, or come to a counter."),
            faults=[Fault("code", "wrong", _("This is not the code. Tries left: %(count)d.") % {"count": left})],
        )
    subject = _claim_of(request).subject
    with transaction.atomic():
        if not CodeRequest.objects.filter(pk=request.pk, state=CodeState.SENT).update(state=CodeState.USED, code_hash=None):
            raise _over()
        bound = bind(person, subject=subject, method=Method.CODE, assurance=Assurance.SUBSTANTIAL, acting_system="code")
        outbox.send(person, "bound")
    return bound


def _counted_try(person: Person, request_id: str) -> CodeRequest:
    """The request, after this attempt was counted: kept also when the attempt fails."""
    mine = CodeRequest.objects.filter(pk=request_id, person=person, state__in=_OPEN)
    if not mine.filter(tries__lt=MOST_TRIES, expires_at__gt=timezone.now()).update(tries=F("tries") + 1):
        raise _over()
    return CodeRequest.objects.get(pk=request_id)


def _over() -> CodeOver:
    return CodeOver(_("It is too old, was used, or was tried too often. Ask for another one."))


def _digits(code: str) -> str:
    return "".join(code.split())


def _hash(request_id: str | uuid.UUID, code: str) -> bytes:
    return keyed_hash("hub.code", f"{request_id}:{code}")


def _claim_of(request: CodeRequest) -> Claim:
    return Claim(**orjson.loads(open_column(request.claim_sealed, _place(request.pk))))


def _place(request_id: uuid.UUID) -> str:
    return f"code:{request_id}"
