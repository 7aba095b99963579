"""What a licence says: openly to whoever reads it, and behind digests what only its holder may show. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from audit.proof.canonical import Document
from exchange.affairs.rules.matter import Benefit, MatterPlan

HIDDEN = ("identifier_kind", "identifier_last_four", "identifier", "amounts", "holder_name")
_LAST = 4


@dataclass(frozen=True)
class LicenceTerms:
    """What one licence is made of. `until` None: it has no end; both days count."""

    plan: MatterPlan
    benefits: Sequence[Benefit]
    licence_id: str
    issuer_name: Mapping[str, str]
    hub: str  # its public address
    status_uri: str
    status_index: int
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    zone: tzinfo


def open_claims(terms: LicenceTerms) -> Document:
    """What everybody reads: which licence of which matter, what it grants, from when to when, where its status stands.

    It is kept short, so that it fits into a QR code.
    `exp` is the end of the last day in the hub's time zone (RFC 7519 section 4.1.4: from then on it is not accepted).
    """
    named = terms.plan.licence or {}
    claims: Document = {
        "iss": terms.hub,
        "vct": f"{terms.hub}/licence-types/{named.get('type', terms.plan.code)}",
        "iat": int(terms.issued_at.timestamp()),
        "licence": terms.licence_id,
        "title": _both(named.get("title") or terms.plan.title),
        "matter": terms.plan.code,
        "benefits": [{"code": benefit.code, **_both(benefit.title)} for benefit in terms.benefits],
        "issuer": {"code": terms.plan.lead, **_both(terms.issuer_name)},
        "from": terms.valid_from.isoformat(),
        "status": {"status_list": {"uri": terms.status_uri, "idx": terms.status_index}},
    }
    if terms.valid_until:
        end = datetime.combine(terms.valid_until + timedelta(days=1), time(), terms.zone)
        claims |= {"until": terms.valid_until.isoformat(), "exp": int(end.timestamp())}
    return claims


def hidden_claims(kind: str, identifier: str, benefits: Sequence[Benefit], name: str = "") -> Document:
    """What only the holder shows: who they are, in steps from four characters to all, and what is paid."""
    hidden: Document = {"identifier_kind": kind, "identifier_last_four": identifier[-_LAST:], "identifier": identifier}
    paid: Document = {
        benefit.code: {"amount": benefit.grant.amount, "currency": benefit.grant.currency, "per": benefit.grant.per}
        for benefit in benefits
        if benefit.grant.kind == "money"
    }
    if paid:
        hidden["amounts"] = paid
    if name:
        hidden["holder_name"] = name
    return hidden


def _both(text: Mapping[str, str]) -> Document:
    return {"en": text["en"], "zh": text["zh"]}
