"""Whose signatures an order needs, and whether those it has are good at its place in the chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from audit.proof.acts.shape import scope_of
from audit.proof.acts.standing import AgreementStanding, OfferStanding, OrderFault, Standing
from audit.proof.canonical import Document, dumps
from audit.proof.keys import (
    ROOT_KEYID,
    Certificate,
    SignatureError,
    Use,
    require_signature_shape,
    verify_canonical,
)

KEY_SIDE = "-key"


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature that is needed: a department's document key, a named system's key, one certain key, or the root."""

    role: str
    department: str = ""
    systems: tuple[str, ...] = ()
    keyid: str = ""


class Signed(NamedTuple):
    """Who has signed, in which role; the signature is verified."""

    role: str
    keyid: str


Group = tuple[Signer, ...]
ROOT = Signer("root", keyid=ROOT_KEYID)


def required_signers(order: Document, standing: Standing) -> tuple[Group, ...]:
    """The groups of signers of which one must have signed, whole and alone. Raises OrderFault for an unknown target.

    The order's shape must have been checked (`require_order`).
    """
    return _REQUIRED[cast("str", order["type"])](order, standing)


def check_signatures(standing: Standing, order: Document, signatures: object, at: str) -> tuple[Signed, ...]:
    """Verify all signatures over an order that would stand at `at`; give role and keyid of each.

    Raises OrderFault: SIGNATURE, KEY_UNKNOWN, KEY_REVOKED, KEY_EXPIRED or SIGNERS. Every signature is verified and
    every one must be needed: a signature that nobody checks must not stand in the chain.
    """
    if not isinstance(signatures, list) or not signatures:
        raise OrderFault("SIGNERS", "the order is not signed")
    kind, raw = cast("str", order["type"]), dumps(order)
    signed = [_verified(standing, kind, raw, signature, at) for signature in signatures]
    if len(set(signed)) != len(signed):
        raise OrderFault("SIGNERS", "the same key signed twice in one role")
    for group in required_signers(order, standing):
        if _meets(standing, group, signed):
            return tuple(signed)
    raise OrderFault("SIGNERS", "the order is not signed by those who must sign it, and by nobody else")


def _verified(standing: Standing, kind: str, raw: bytes, signature: Document, at: str) -> Signed:
    try:
        require_signature_shape(signature)
        keyid = cast("str", signature["keyid"])
        public_key = standing.ground.root if keyid == ROOT_KEYID else usable_certificate(standing, keyid, at).public_key
        verify_canonical(signature, kind=kind, raw=raw, public_key=public_key)
    except SignatureError as error:
        raise OrderFault("SIGNATURE", str(error)) from None
    return Signed(cast("str", signature["role"]), keyid)


def usable_certificate(standing: Standing, keyid: str, at: str) -> Certificate:
    """The certificate of a key that may sign at `at` as the chain stands; OrderFault says why not."""
    found = standing.certificates.get(keyid)
    if found is None:
        raise OrderFault("KEY_UNKNOWN", f"no certificate for the key {keyid}")
    if found.revoked_seq is not None:
        raise OrderFault("KEY_REVOKED", f"the key {keyid} was revoked by act {found.revoked_seq}")
    if not found.certificate.valid_at(at):
        raise OrderFault("KEY_EXPIRED", f"the key {keyid} is not valid at {at}")
    return found.certificate


def _meets(standing: Standing, group: Group, signed: Sequence[Signed]) -> bool:
    if len(group) != len(signed):
        return False
    left = list(signed)
    for signer in group:
        match = next((item for item in left if _fits(standing, signer, *item)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _fits(standing: Standing, signer: Signer, role: str, keyid: str) -> bool:
    if role != signer.role:
        return False
    if signer.keyid:
        return keyid == signer.keyid
    if keyid == ROOT_KEYID:
        return False
    found = standing.certificates[keyid]
    if signer.systems:
        return found.certificate.use is Use.SYSTEM and found.certificate.owner in signer.systems
    return found.certificate.use is Use.DOCUMENT and found.department == signer.department


def _for_key(order: Document, standing: Standing) -> tuple[Group, ...]:
    try:
        certificate = Certificate.from_order(order)
    except SignatureError as error:
        raise OrderFault("SHAPE", str(error)) from None
    if certificate.use is Use.DOCUMENT or certificate.use.is_hub:
        return ((ROOT,),)
    # A system's key: of the department that the code belongs to; a new code may be taken by any department.
    owner = certificate.owner
    department = owner if owner in standing.departments else standing.systems.get(owner)
    departments = [department] if department else sorted(standing.departments)
    return tuple((Signer("issuer", code),) for code in departments)


def _for_revoke_key(order: Document, standing: Standing) -> tuple[Group, ...]:
    keyid = cast("str", order["keyid"])
    found = standing.certificates.get(keyid)
    if found is None:
        raise OrderFault("KEY_UNKNOWN", f"no certificate for the key {keyid}")
    groups: list[Group] = [(ROOT,), (Signer("owner", keyid=keyid),)]
    if found.issuer_keyid == ROOT_KEYID:
        groups.append((Signer("issuer", keyid=ROOT_KEYID),))
    else:
        groups.append((Signer("issuer", found.department),))
    if not found.certificate.use.is_hub:
        groups.append((Signer("owner", found.department),))
    return tuple(groups)


def _for_dataset(order: Document, standing: Standing) -> tuple[Group, ...]:
    """The department that the dataset belongs to; a new code belongs to whom the version names as provider."""
    version = order.get("version")
    claimed = cast("str", version["provider"]) if isinstance(version, dict) else ""
    provider = standing.datasets.get(cast("str", order["dataset"]), claimed)
    if not provider:
        raise OrderFault("DATASET_UNKNOWN", "this dataset was never published")
    return ((Signer("provider", provider),),)


def _for_revision(order: Document, standing: Standing) -> tuple[Group, ...]:
    groups = _for_dataset(order, standing)
    current = standing.versions.get(cast("str", order["dataset"]))
    named = tuple(cast("list[str]", current.version["revision_systems"])) if current else ()
    return (*groups, (Signer("system", systems=named),)) if named else groups


def _for_offer(order: Document, _standing: Standing) -> tuple[Group, ...]:
    return ((Signer("provider", cast("str", scope_of(order)["provider"])),),)


def _for_emergency(_order: Document, standing: Standing) -> tuple[Group, ...]:
    return ((Signer("authority", standing.ground.authority),),)


def _for_agree(order: Document, _standing: Standing) -> tuple[Group, ...]:
    agreement = scope_of(order)
    requester = Signer("requester", cast("str", agreement["requester"]))
    if "offer" in order:
        return ((requester,),)
    return ((Signer("provider", cast("str", agreement["provider"])), requester),)


def sides_of(standing: Standing, target: str) -> dict[str, str]:
    """The department on each side of an agreement or offer; OrderFault if there is no such thing."""
    found: AgreementStanding | OfferStanding | None = standing.agreements.get(target) or standing.offers.get(target)
    if found is None:
        raise OrderFault("TARGET_UNKNOWN", "there is no such agreement or offer")
    document = found.agreement if isinstance(found, AgreementStanding) else found.offer
    sides = {"provider": cast("str", document["provider"]), "authority": standing.ground.authority}
    if "requester" in document:
        sides["requester"] = cast("str", document["requester"])
    return sides


def _for_target(order: Document, standing: Standing) -> tuple[Group, ...]:
    sides = sides_of(standing, cast("str", order["target"]))
    return tuple((Signer(role, department),) for role, department in sides.items())


def _for_resume(order: Document, standing: Standing) -> tuple[Group, ...]:
    target = cast("str", order["target"])
    sides = sides_of(standing, target)
    found: AgreementStanding | OfferStanding = standing.agreements.get(target) or standing.offers[target]
    for side, act_hash in found.suspended_by.items():
        if act_hash == order["suspend"]:
            role = side.removesuffix(KEY_SIDE)
            return ((Signer(role, sides[role]),),)
    raise OrderFault("NOT_SUSPENDED", "it is not suspended by that act")


def _two_officers(_order: Document, standing: Standing) -> tuple[Group, ...]:
    officer = Signer("officer", standing.ground.authority)
    return ((officer, officer),)


_REQUIRED = {
    "key": _for_key,
    "revoke_key": _for_revoke_key,
    "publish": _for_dataset,
    "offer": _for_offer,
    "emergency": _for_emergency,
    "restrict": _for_dataset,
    "unrestrict": _for_dataset,
    "revision": _for_revision,
    "agree": _for_agree,
    "suspend": _for_target,
    "revoke": _for_target,
    "resume": _for_resume,
    "shred": _two_officers,
    "loss": _two_officers,
}
