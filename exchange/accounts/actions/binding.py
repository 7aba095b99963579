"""Binding an account to a subject, and ending it. The one place that writes to whom an account belongs.

One account has one subject and one subject one account: the database holds both. Cases belong to the subject, so they
stay with the person, whichever account is bound.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.proof.canonical import document_hash
from audit.trail import PersonNamed
from exchange.accounts import outbox
from exchange.accounts.acting import departments_as
from exchange.accounts.errors import BoundElsewhere, BoundToAnother, NotAllowed
from exchange.accounts.models import Binding, Method, Person, Role
from exchange.accounts.subject import RANKS, Assurance, Subject, opened, sealed_for


def bind(
    person: Person,
    *,
    subject: Subject,
    method: Method,
    assurance: Assurance,
    acting_user: Person | None = None,
    acting_system: str = "",
) -> Binding:
    """Bind `person`'s account to `subject`, whom `method` has proved; `acting_user` is the clerk of a COUNTER binding.

    The same proof again changes nothing; a stronger one replaces the weaker. An account that another person proved with
    equal or lower assurance loses the binding and is told. Raises BoundToAnother (this account is somebody else's),
    BoundElsewhere (another account has a stronger proof), NotAllowed.
    """
    _may_bind(person, method, acting_user, acting_system)
    trail.subject_keys([subject.who])  # made and kept before the transaction that names the person
    try:
        with transaction.atomic():
            return _bound(person, subject, method, assurance, acting_user)
    except IntegrityError as error:  # somebody else was bound in the same moment; theirs stands
        raise BoundElsewhere(_("Another account was bound to these records at the same moment. Look again.")) from error


@transaction.atomic
def unbind(person: Person, *, acting_user: Person | None = None, acting_system: str = "") -> None:
    """End the binding of `person`'s account: by its holder, by a clerk at a counter, or by the program.

    Applications stay with the subject and come back with the next binding. Raises NotAllowed; nothing happens to an account
    that is bound to nobody.
    """
    if acting_user is not None and acting_user.pk != person.pk and not departments_as(acting_user, Role.CLERK):
        raise NotAllowed(_("Only the account's holder or a clerk at a counter ends this."))
    if acting_user is None and not acting_system:
        raise NotAllowed(_("Say who ends this."))
    held = _open_binding(person)
    if held is not None:
        _end(held, event="unbound", by=_role_of(acting_user, person))


def _may_bind(person: Person, method: Method, acting_user: Person | None, acting_system: str) -> None:
    if not person.is_active:
        raise NotAllowed(_("This account is closed."))
    if method == Method.COUNTER:
        if acting_user is None or not departments_as(acting_user, Role.CLERK):
            raise NotAllowed(_("Only a clerk at a counter binds an account this way."))
        if acting_user.pk == person.pk:
            raise NotAllowed(_("Nobody proves at a counter who they are to themselves: ask another clerk."))
    elif acting_user is not None or not acting_system:
        raise NotAllowed(_("Nobody says by themselves who they are: it takes a proof."))


def _bound(person: Person, subject: Subject, method: Method, assurance: Assurance, acting_user: Person | None) -> Binding:
    own = _open_binding(person)
    if own is not None and bytes(own.blind) != subject.blind:
        raise BoundToAnother(_("This account belongs to another person. End that on the page “My account”, or use another account."))
    if own is not None and RANKS[Assurance(own.assurance)] >= RANKS[assurance]:
        return own
    if own is not None:
        _end(own, event="proved_again", by=_role_of(acting_user, person))
    else:
        _take_over(subject, method, assurance)
    return _begin(person, subject, method, assurance, acting_user)


def _take_over(subject: Subject, method: Method, assurance: Assurance) -> None:
    """End the binding of another account to `subject`, where the new proof is at least as good; it is told."""
    other = Binding.objects.select_for_update().filter(blind=subject.blind, ended_at=None).select_related("person").first()
    if other is None:
        return
    if RANKS[Assurance(other.assurance)] > RANKS[assurance] and method != Method.DEMO:
        raise BoundElsewhere(
            _("Another account has a stronger proof for these records. Sign in with it, or come to a counter with your card.")
        )
    _end(other, event="moved", by="citizen")
    outbox.send(other.person, "binding_moved")


def _begin(person: Person, subject: Subject, method: Method, assurance: Assurance, acting_user: Person | None) -> Binding:
    sealed = sealed_for(person.pk, subject)
    binding = Binding.objects.create(
        person=person,
        kind=subject.kind,
        sealed=sealed,
        blind=subject.blind,
        method=method,
        assurance=assurance,
        bound_at=timezone.now(),
        bound_by=acting_user,
    )
    identity: dict[str, Any] = {
        "identifier_kind": subject.kind,
        "identifier_sealed": sealed,
        "identifier_blind": subject.blind,
        "assurance": str(assurance),
    }
    Person.objects.filter(pk=person.pk).update(**identity)
    for name, value in identity.items():
        setattr(person, name, value)
    _record("bound", binding, subject, by=_role_of(acting_user, person))
    return binding


def _end(binding: Binding, *, event: str, by: str) -> None:
    """End an open binding, and with it what the account may see. The row stays."""
    subject = opened(binding.kind, binding.sealed, account=binding.person_id)
    Binding.objects.filter(pk=binding.pk, ended_at=None).update(ended_at=timezone.now())
    identity: dict[str, Any] = {"identifier_kind": "", "identifier_sealed": None, "identifier_blind": None, "assurance": ""}
    Person.objects.filter(pk=binding.person_id).update(**identity)
    if event != "proved_again":
        outbox.forget(binding.person_id)  # what was told about this subject is no longer the account's to read
    _record(event, binding, subject, by=by)


def _open_binding(person: Person) -> Binding | None:
    return Binding.objects.select_for_update().filter(person=person, ended_at=None).first()


def _role_of(acting_user: Person | None, person: Person) -> str:
    if acting_user is None:
        return "program"
    return "citizen" if acting_user.pk == person.pk else str(acting_user.pk)


def _record(event: str, binding: Binding, subject: Subject, *, by: str) -> None:
    """One entry that names the person to themselves only; the account's id stands in the digest."""
    route: dict[str, Any] = {
        "type": "account",
        "event": event,
        "method": str(binding.method),
        "assurance": str(binding.assurance),
        "acting": by,
        "count": 1,
    }
    named = PersonNamed(subject.kind, subject.identifier, "subject", "", "", [event], str(binding.method))
    change: dict[str, Any] = {"event": event, "person": str(binding.person_id), "binding": binding.pk, "by": by}
    trail.record(route, message={"change": document_hash(change)}, persons=(named,))
