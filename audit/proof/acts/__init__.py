"""The source of all authority: signed orders, counted and chained by the hub (protocol section 3).

An attacker may hold the whole database. What these modules accept was signed by the parties named in it, for this
hub, with keys that were valid at that place of the chain; anything else raises AuthorityError.
"""

from audit.proof.acts.chain import ACT_KIND, StoredAct, check_order, extend, next_act, read_certificates, seal_act
from audit.proof.acts.shape import METHODS, ORDER_TYPES, RELEASE_LEVELS, require_order
from audit.proof.acts.signers import Signer, required_signers
from audit.proof.acts.standing import (
    AgreementStanding,
    AgreementState,
    AuthorityError,
    CertificateStanding,
    Ground,
    Head,
    OfferStanding,
    OrderFault,
    RevisionStanding,
    Standing,
    VersionStanding,
    agreement_id,
    empty,
)
from audit.proof.canonical import document_hash as version_hash

__all__ = [
    "ACT_KIND",
    "METHODS",
    "ORDER_TYPES",
    "RELEASE_LEVELS",
    "AgreementStanding",
    "AgreementState",
    "AuthorityError",
    "CertificateStanding",
    "Ground",
    "Head",
    "OfferStanding",
    "OrderFault",
    "RevisionStanding",
    "Signer",
    "Standing",
    "StoredAct",
    "VersionStanding",
    "agreement_id",
    "check_order",
    "empty",
    "extend",
    "next_act",
    "read_certificates",
    "require_order",
    "required_signers",
    "seal_act",
    "version_hash",
]
