"""What a verified token proves about its holder: which subject, how surely, and under which link it is found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalog.identifiers import IdentifierError, kinds
from exchange.accounts.columns import keyed_hash
from exchange.accounts.errors import NotProved
from exchange.accounts.oidc.configuration import SignInProvider
from exchange.accounts.subject import Assurance, Subject


@dataclass(frozen=True)
class Proof:
    """`link` is a keyed hash of issuer and `sub`: it finds the account again and names nobody."""

    subject: Subject
    assurance: Assurance
    name: str
    link: str


def proof_of(claims: Mapping[str, Any], provider: SignInProvider) -> Proof:
    """Read verified claims. Raises NotProved where the provider does not say who its user is to the registers."""
    written = claims.get(provider.identifier_claim)
    try:
        kind = kinds()[provider.kind]
        identifier = kind.normalise(written) if isinstance(written, str) else ""
        is_right = kind.is_personal and kind.is_well_formed(identifier)
    except IdentifierError:
        is_right = False
    if not is_right:
        raise NotProved(_("The sign-in provider did not say who you are to the registers. Use a code to your phone, or come to a counter."))
    level = provider.levels.get(str(claims.get("acr", "")), provider.default_level)
    name = claims.get(provider.name_claim)
    link = keyed_hash("hub.oidc", f"{provider.issuer} {claims['sub']}").hex()
    return Proof(Subject(provider.kind, identifier), level, name.strip()[:100] if isinstance(name, str) else "", link)
