"""What each order does to the standing. The order's shape and signatures have been checked before it comes here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from audit.proof.acts.emergencies import require_emergency, require_joining
from audit.proof.acts.ledger import Ledger, with_member
from audit.proof.acts.revocation import suspend_since
from audit.proof.acts.scope import require_agreement, require_scope, require_within
from audit.proof.acts.shape import scope_of
from audit.proof.acts.signers import Signed
from audit.proof.acts.standing import (
    AgreementStanding,
    AgreementState,
    CertificateStanding,
    Deed,
    OfferStanding,
    OrderFault,
    RevisionStanding,
    VersionStanding,
    agreement_id,
)
from audit.proof.canonical import Document, document_hash
from audit.proof.keys import HUB_OWNER, ROOT_KEYID, Certificate, Use

AFFAIRS = "-affairs"
RESERVED_OWNER = ROOT_KEYID.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Placed:
    """An order at its place in the chain, with who signed it."""

    order: Document
    seq: int
    at: str
    act_hash: str
    signed: tuple[Signed, ...]

    def text(self, name: str) -> str:
        """A member of the order that is text."""
        return cast("str", self.order[name])

    @property
    def signer(self) -> Signed:
        """The only signer of an order that one side signs."""
        return self.signed[0]


def fold(ledger: Ledger, placed: Placed) -> None:
    """Let one order act upon the ledger; raise OrderFault if it means something that is not allowed."""
    _require_this_hub(ledger, placed.order)
    nonce = placed.text("nonce")
    if nonce in ledger.nonces:
        raise OrderFault("REPLAYED", "an order with this nonce stands in the chain already")
    ledger.nonces.add(nonce)
    _FOLDS[placed.text("type")](ledger, placed)


def _require_this_hub(ledger: Ledger, document: Document) -> None:
    if document["hub"] != ledger.ground.hub:
        raise OrderFault("OTHER_HUB", "this was signed for another hub")


def _remember(ledger: Ledger, placed: Placed, target: str) -> None:
    """Note what each key signed, for the day when it is revoked since an earlier act."""
    for role, keyid in placed.signed:
        if keyid != ROOT_KEYID:
            deed = Deed(placed.seq, placed.text("type"), role, target)
            ledger.deeds[keyid] = (*ledger.deeds.get(keyid, ()), deed)


def _key(ledger: Ledger, placed: Placed) -> None:
    certificate = Certificate.from_order(placed.order)
    if certificate.keyid in ledger.certificates:
        raise OrderFault("KEY_EXISTS", f"the key {certificate.keyid} is certified already; give the new one another name")
    if certificate.public_key in ledger.public_keys or certificate.public_key == ledger.ground.root:
        raise OrderFault("KEY_REUSED", "this public key is certified already under another name")
    department = _department_of(ledger, placed, certificate)
    ledger.public_keys.add(certificate.public_key)
    ledger.certificates[certificate.keyid] = CertificateStanding(certificate, placed.seq, placed.signer.keyid, department)
    _remember(ledger, placed, certificate.keyid)


def _department_of(ledger: Ledger, placed: Placed, certificate: Certificate) -> str:
    """Who answers for a new key; a system's code belongs to the first department that certifies it, for ever."""
    owner = certificate.owner
    if certificate.use.is_hub != (owner == HUB_OWNER) or owner == RESERVED_OWNER:
        raise OrderFault("OWNER", f"a key of {owner} cannot have the use {certificate.use.value}")
    if certificate.use.is_hub:
        return HUB_OWNER
    if certificate.use is Use.DOCUMENT:
        if owner in ledger.systems:
            raise OrderFault("CODE_TAKEN", f"the code {owner} belongs to a system")
        ledger.departments.add(owner)
        return owner
    return _department_of_system(ledger, certificate, ledger.certificates[placed.signer.keyid].department)


def _department_of_system(ledger: Ledger, certificate: Certificate, department: str) -> str:
    owner = certificate.owner
    if owner in ledger.departments:
        if certificate.use is Use.SYSTEM or owner != department:
            raise OrderFault("CODE_TAKEN", f"the code {owner} belongs to a department, not to a system")
        return department
    if owner.endswith(AFFAIRS) and owner != department + AFFAIRS:
        raise OrderFault("CODE_TAKEN", f"codes that end in {AFFAIRS} belong to the department that they begin with")
    ledger.systems.setdefault(owner, department)  # an owner of old has signed this: see required_signers
    return department


def _revoke_key(ledger: Ledger, placed: Placed) -> None:
    keyid, since = placed.text("keyid"), placed.order.get("since")
    found = ledger.certificates[keyid]
    if found.revoked_seq is not None and since is None:
        raise OrderFault("KEY_REVOKED", f"the key {keyid} is revoked already")
    if found.revoked_seq is None:
        ledger.certificates[keyid] = replace(found, revoked_seq=placed.seq)
    if since is None:
        return
    first = ledger.act_seqs.get(cast("str", since))
    if first is None:
        raise OrderFault("SINCE", "there is no act with this hash before")
    suspend_since(ledger, keyid, first, seq=placed.seq, act_hash=placed.act_hash)


def _publish(ledger: Ledger, placed: Placed) -> None:
    dataset, version = placed.text("dataset"), cast("Document", placed.order["version"])
    _require_this_hub(ledger, version)
    provider = ledger.datasets.setdefault(dataset, cast("str", version["provider"]))
    if version["code"] != dataset or version["provider"] != provider:
        raise OrderFault("NOT_OWNER", "code and provider of the version must be those of the dataset")
    _require_answer_key(ledger, version, provider)
    name = document_hash(version)
    standing = VersionStanding(name, version, placed.seq, placed.signer.keyid)
    ledger.versions[dataset] = ledger.all_versions[name] = standing
    _remember(ledger, placed, name)


def _require_answer_key(ledger: Ledger, version: Document, provider: str) -> None:
    if version["provider_answer_key"] is None:
        return
    found = ledger.certificates.get(cast("str", version["provider_answer_key"]))
    if found is None or found.certificate.use is not Use.PROVIDER_ANSWER or found.department != provider:
        raise OrderFault("ANSWER_KEY", "the version names an answer key that the provider has not certified for that use")


def _revision(ledger: Ledger, placed: Placed) -> None:
    dataset = placed.text("dataset")
    current = ledger.versions.get(dataset)
    if current is None or current.hash != placed.order["version"]:
        raise OrderFault("VERSION", "a revision is of the dataset's current version")
    ledger.revisions[dataset] = RevisionStanding(placed.order, placed.seq, placed.act_hash, placed.signer.keyid)
    _remember(ledger, placed, dataset)


def _restrict(ledger: Ledger, placed: Placed) -> None:
    ledger.restricted.add(_item(ledger, placed))


def _unrestrict(ledger: Ledger, placed: Placed) -> None:
    item = _item(ledger, placed)
    if item not in ledger.restricted:
        raise OrderFault("NOT_RESTRICTED", "this item is not restricted")
    ledger.restricted.discard(item)
    _remember(ledger, placed, "/".join(item))


def _item(ledger: Ledger, placed: Placed) -> tuple[str, str]:
    dataset, name = placed.text("dataset"), placed.text("item")
    versions = (item.version for item in ledger.all_versions.values() if item.version["code"] == dataset)
    if not any(item["name"] == name for version in versions for item in cast("list[Document]", version["items"])):
        raise OrderFault("ITEM_UNKNOWN", f"{dataset} never had an item {name}")
    return dataset, name


def _offer(ledger: Ledger, placed: Placed) -> None:
    """A standing offer, or one that the authority declares in an emergency: that one within narrower bounds."""
    offer = scope_of(placed.order)
    emergency = placed.order if placed.text("type") == "emergency" else None
    _require_this_hub(ledger, offer)
    name = document_hash(offer)
    if name in ledger.offers:
        raise OrderFault("EXISTS", "this very offer was made before; make a new one")
    require_scope(ledger.view(), offer)
    if emergency is not None:
        require_emergency(ledger.view(), emergency, placed.at)
    ledger.offers[name] = OfferStanding(offer, placed.seq, placed.act_hash, placed.signer.keyid, emergency=emergency)
    _remember(ledger, placed, name)


def _agree(ledger: Ledger, placed: Placed) -> None:
    agreement = scope_of(placed.order)
    _require_this_hub(ledger, agreement)
    name = agreement_id(agreement)
    if name in ledger.agreements:
        raise OrderFault("EXISTS", "this very agreement was made before; make a new one")
    require_scope(ledger.view(), agreement)
    require_agreement(ledger.view(), agreement)
    offer = _require_offer(ledger, placed, agreement)
    ledger.agreements[name] = AgreementStanding(name, agreement, placed.seq, placed.act_hash, dict(placed.signed), offer=offer)
    old = agreement["supersedes"]
    if isinstance(old, str):
        ledger.agreements[old] = replace(ledger.agreements[old], ended_seq=placed.seq, superseded_by=name)
    _remember(ledger, placed, name)


def _require_offer(ledger: Ledger, placed: Placed, agreement: Document) -> str | None:
    """The hash of the offer that the agreement takes up and stays within; None where there is none."""
    if "offer" not in placed.order:
        return None
    name = placed.text("offer")
    found = ledger.offers.get(name)
    if found is None or not found.in_force:
        raise OrderFault("OFFER", "the standing offer is not in force")
    require_within(found.offer, agreement, placed.at)
    if found.emergency is not None:
        require_joining(found.offer, agreement)
    return name


def _suspend(ledger: Ledger, placed: Placed) -> None:
    found = _still_open(ledger, placed.text("target"))
    side = placed.signer.role
    if side in found.suspended_by:
        raise OrderFault("SUSPENDED", "this side has suspended it already")
    suspended = with_member(found.suspended_by, side, placed.act_hash)
    if isinstance(found, AgreementStanding):
        reason = cast("Document", placed.order["reason"])
        ledger.agreements[found.id] = replace(found, suspended_by=suspended, reason=reason)
    else:
        ledger.offers[placed.text("target")] = replace(found, suspended_by=suspended)


def _revoke(ledger: Ledger, placed: Placed) -> None:
    found = _still_open(ledger, placed.text("target"))
    if isinstance(found, AgreementStanding):
        reason = cast("Document", placed.order["reason"])
        ledger.agreements[found.id] = replace(found, ended_seq=placed.seq, reason=reason)
        return
    ledger.offers[placed.text("target")] = replace(found, ended_seq=placed.seq)
    if found.emergency is not None:
        _end_joined(ledger, placed)


def _end_joined(ledger: Ledger, placed: Placed) -> None:
    """An emergency that ends early takes what was joined under it along; an owner's offer leaves its agreements alone."""
    reason = cast("Document", placed.order["reason"])
    for name, found in ledger.agreements.items():
        if found.offer == placed.order["target"] and found.ended_seq is None:
            ledger.agreements[name] = replace(found, ended_seq=placed.seq, reason=reason)


def _resume(ledger: Ledger, placed: Placed) -> None:
    target = placed.text("target")
    found = _still_open(ledger, target)
    left = {side: act for side, act in found.suspended_by.items() if act != placed.order["suspend"]}
    if isinstance(found, AgreementStanding):
        ledger.agreements[target] = replace(found, suspended_by=with_member(left))
    else:
        ledger.offers[target] = replace(found, suspended_by=with_member(left))
    _remember(ledger, placed, target)


def _still_open(ledger: Ledger, target: str) -> AgreementStanding | OfferStanding:
    """The agreement or offer, unless it has ended: REVOKED and SUPERSEDED are final."""
    found = ledger.agreements.get(target) or ledger.offers[target]
    ended = found.state in (AgreementState.REVOKED, AgreementState.SUPERSEDED) if isinstance(found, AgreementStanding) else False
    if ended or found.ended_seq is not None:
        raise OrderFault("FINAL", "it has ended, and that is final")
    return found


def _nothing(_ledger: Ledger, _placed: Placed) -> None:
    """`shred` and `loss` change no authority."""


_FOLDS: dict[str, Callable[[Ledger, Placed], None]] = {
    "key": _key,
    "revoke_key": _revoke_key,
    "publish": _publish,
    "offer": _offer,
    "emergency": _offer,
    "restrict": _restrict,
    "unrestrict": _unrestrict,
    "revision": _revision,
    "agree": _agree,
    "suspend": _suspend,
    "revoke": _revoke,
    "resume": _resume,
    "shred": _nothing,
    "loss": _nothing,
}
