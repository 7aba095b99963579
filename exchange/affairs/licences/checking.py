"""Whether a licence holds, for anybody who has its address or was shown a part of it. Reads only; leaves no trace of who asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone

from audit.proof import sd_jwt
from audit.proof.canonical import Document
from audit.proof.status_list import Status, issue_list, pack
from exchange.affairs.licences.lifecycle import LicenceStatus
from exchange.affairs.licences.places import list_address
from exchange.affairs.licences.signing import licence_keys, licence_signer
from exchange.affairs.models import Licence

LIST_LIFE = 24 * 3600  # seconds after which a fetched list is refused
LIST_TTL = 300  # seconds for which it may be kept without asking again
_ID_LENGTH = 26
_LISTED = {LicenceStatus.REVOKED: Status.REVOKED, LicenceStatus.CHANGED: Status.CHANGED}


class Standing(StrEnum):
    """What a check says. ALTERED: what was shown is not as the hub signed it; UNKNOWN: the hub has no such licence."""

    VALID = "VALID"
    ENDED = "ENDED"
    CHANGED = "CHANGED"
    REVOKED = "REVOKED"
    UNKNOWN = "UNKNOWN"
    ALTERED = "ALTERED"


@dataclass(frozen=True)
class Checked:
    """What anybody may know of a licence by its address: never whose it is. `title` and `issuer` are {en, zh}."""

    standing: Standing
    title: Mapping[str, str] | None = None
    issuer: Mapping[str, str] | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Shown:
    """A presentation that was checked: where the licence stands, and the claims that are open or were shown."""

    standing: Standing
    claims: Document
    shown: tuple[str, ...] = ()


def check(licence_id: str) -> Checked:
    """Where a licence stands, by its id. One look into the table, whatever the id is; typed in capitals it is the same."""
    wanted = licence_id.strip().lower()[: _ID_LENGTH + 1]
    licence = Licence.objects.filter(pk=wanted).select_related("case__version__matter__lead").first()
    if licence is None:
        return Checked(Standing.UNKNOWN)
    content: Mapping[str, Any] = licence.case.version.content
    lead = licence.case.version.matter.lead
    return Checked(
        standing=_standing(licence, timezone.localdate()),
        title=(content.get("licence") or {}).get("title") or content["title"],
        issuer={"en": lead.name_en, "zh": lead.name_zh},
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        changed_at=licence.changed_at,
    )


def check_shown(text: str) -> Shown:
    """Check a presentation, as text or as the address that holds it behind `#`. In memory; nothing is kept. Never raises for it."""
    presentation = "".join(text.rpartition("#")[2].split())
    try:
        # an ended licence is still a true document: the end is judged below, and said
        verified = sd_jwt.verify(presentation, keys=licence_keys(), now=0)
    except sd_jwt.SdJwtError:
        return Shown(Standing.ALTERED, {})
    licence = Licence.objects.filter(pk=str(verified.claims.get("licence"))).first()
    standing = _standing(licence, timezone.localdate()) if licence else Standing.UNKNOWN
    return Shown(standing, verified.claims, verified.shown)


def signed_list(number: int) -> str:
    """The signed list of statuses that anybody may fetch whole; a list in which nothing stands yet looks like any other."""
    rows = Licence.objects.not_valid().filter(status_list=number).values_list("status_index", "status")
    packed = pack({index: _LISTED[LicenceStatus(status)] for index, status in rows})
    now = int(time.time())
    return issue_list(licence_signer(), uri=list_address(number), packed=packed, at=now, ttl=LIST_TTL, until=now + LIST_LIFE)


def _standing(licence: Licence, today: date) -> Standing:
    if licence.status != LicenceStatus.VALID:
        return Standing(licence.status)
    return Standing.ENDED if licence.valid_until and licence.valid_until < today else Standing.VALID
