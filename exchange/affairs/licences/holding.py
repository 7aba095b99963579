"""A licence as its holder has it: the whole document, and the parts of it that they choose to show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit.proof import sd_jwt
from audit.proof.canonical import Document
from exchange.affairs import sealing
from exchange.affairs.applicants import Applicant
from exchange.affairs.errors import NoSuchCase
from exchange.affairs.licences.issuing import licence_context
from exchange.affairs.licences.signing import licence_keys
from exchange.affairs.models import Licence
from exchange.affairs.recorded import subject_of_case


@dataclass(frozen=True)
class Held:
    """An opened licence. `claims` are all of them, `hidden` the names of those that nobody sees unless shown."""

    text: str
    claims: Document
    hidden: tuple[str, ...]


def licence_for(licence_id: str, *, applicant: Applicant) -> Licence:
    """The applicant's own licence. Raises NoSuchCase, for somebody else's too."""
    found = Licence.objects.of(applicant.subject).select_related("case__version__matter").filter(pk=licence_id).first()
    if found is None:
        raise NoSuchCase(_("You hold no such licence."))
    return found


def opened(licence: Licence) -> Held:
    """The whole document, verified as anybody would verify it. Raises EnvelopeError or SdJwtError where it was altered."""
    text = str(sealing.unseal(subject_of_case(licence.case), licence.jwt, context=licence_context(licence)))
    verified = sd_jwt.verify(text, keys=licence_keys(), now=0)  # an ended licence is still its holder's
    return Held(text, verified.claims, verified.shown)


def shown(held: Held, names: Collection[str]) -> str:
    """The licence with only these of its hidden claims; names that it does not have are left out."""
    return sd_jwt.present(held.text, [name for name in held.hidden if name in names])
