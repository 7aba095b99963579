"""Which account a proof opens: the one it was linked to, the one that asks to be linked, or a new one. And binds it."""

from __future__ import annotations

import secrets

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from exchange.accounts.acting import works_for
from exchange.accounts.actions import bind, open_account
from exchange.accounts.errors import Conflict, NotAllowed
from exchange.accounts.models import Method, Person
from exchange.accounts.oidc.proof import Proof

OIDC = "oidc"
_LETTERS = "abcdefghijkmnpqrstuvwxyz"


def account_of(provider_id: str, proof: Proof, *, signed_in: Person | None) -> Person:
    """The account that `proof` opens from now on, bound to its subject; `signed_in` is who asked to be linked.

    Raises Conflict (linked to another account), BoundToAnother, BoundElsewhere, NotAllowed.
    """
    if signed_in is not None and works_for(signed_in):
        raise NotAllowed(_("This is your account at work. Use an account of your own for your own matters."))
    try:
        with transaction.atomic():
            return _linked(provider_id, proof, signed_in)
    except IntegrityError as error:
        raise Conflict(_("This was done twice at the same moment. Sign in again.")) from error


def _linked(provider_id: str, proof: Proof, signed_in: Person | None) -> Person:
    link = SocialAccount.objects.select_related("user").filter(provider=provider_id, uid=proof.link).first()
    if link is not None and signed_in is not None and link.user_id != signed_in.pk:
        raise Conflict(_("This sign-in already opens another account. Sign out, then sign in with it."))
    person: Person = link.user if link is not None else signed_in or _new_account(proof)
    bind(person, subject=proof.subject, method=Method.OIDC, assurance=proof.assurance, acting_system=OIDC)
    if link is None:
        SocialAccount.objects.create(user=person, provider=provider_id, uid=proof.link, extra_data={})  # nothing of the token is kept
    return person


def _new_account(proof: Proof) -> Person:
    username = f"{OIDC}-" + "".join(secrets.choice(_LETTERS) for _place in range(12))
    return open_account(username, password=None, names={"en": proof.name, "zh": proof.name}, acting_system=OIDC)
