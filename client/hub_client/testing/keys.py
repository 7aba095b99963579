"""An authority's root, a hub's keys and a system's key, made on the spot and certified as real ones are: only the root is invented."""

import time
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from audit.proof.acts import Ground, Standing, StoredAct, empty, extend, next_act, seal_act
from audit.proof.canonical import b64url, fresh_nonce, loads
from audit.proof.keys import ROOT_KEYID, PemSigner, Signer, generate_private_key, sign_document
from hub_client.trust import utc_text

_YEAR_S = 365 * 86_400


@dataclass(slots=True)
class FakeKeys:
    """Who signs in a fake hub; `acts` may grow while it runs, and the next `GET /api/v1/keys` shows it."""

    hub: str
    root: bytes
    answer: Signer
    log: Signer
    system: PemSigner
    system_pem: bytes
    acts: list[StoredAct]
    chain: "Chain | None" = None

    def certify(self, holder: PemSigner, use: str) -> None:
        """Certify a further key of the department, for its service that answers for instance."""
        if self.chain is not None:
            self.chain.certify(holder, use, role="issuer", by=self.chain.office)

    def document(self) -> dict[str, Any]:
        """What `GET /api/v1/keys` answers."""
        about_keys = [stored for stored in self.acts if loads(stored.raw)["order"]["type"] in {"key", "revoke_key"}]
        acts = [{"act": b64encode(stored.raw).decode(), "hub_signature": stored.hub_signature} for stored in about_keys]
        return {"log": self.hub, "authority_root": b64url(self.root), "acts": acts}


def made_keys(*, hub: str = "fake.hub.example/log", department: str = "DEPT", system: str = "DEPT-system") -> FakeKeys:
    """Keys of a new city: its root, its hub, one department and one system of it. Valid from a day ago for two years."""
    pem = generate_private_key()
    root, own = _signer(ROOT_KEYID), PemSigner(f"{system}/request-1", pem)
    counter, answer, log, office = (_signer(keyid) for keyid in ("hub/counter-1", "hub/answer-1", "hub/log-1", f"{department}/document-1"))
    chain = Chain(Ground(hub, root.public_key, "AUTHORITY"), counter, office)
    for holder, use in ((counter, "hub-counter"), (answer, "hub-answer"), (log, "hub-log"), (office, "document")):
        chain.certify(holder, use, role="root", by=root)
    chain.certify(own, "system", role="issuer", by=office)
    return FakeKeys(hub, root.public_key, answer, log, own, pem, chain.acts, chain)


def _signer(keyid: str) -> PemSigner:
    return PemSigner(keyid, generate_private_key())


class Chain:
    """Acts, one after the other, each sealed by the hub's counter key."""

    def __init__(self, ground: Ground, counter: PemSigner, office: PemSigner) -> None:
        """Begin before act 1; `office` is the document key of the one department."""
        self.office = office
        self.acts: list[StoredAct] = []
        self._counter, self._hub = counter, ground.hub
        self._standing: Standing = empty(ground)
        self._from, self._until = (utc_text(time.time() + shift) for shift in (-86_400, 2 * _YEAR_S))

    def certify(self, holder: PemSigner, use: str, *, role: str, by: PemSigner) -> None:
        """Take a key's certificate into the chain."""
        owner, _, name = holder.keyid.partition("/")
        order: dict[str, Any] = {
            "type": "key",
            "owner": owner,
            "name": name,
            "alg": "ed25519",
            "public_key": b64url(holder.public_key),
            "use": use,
            "custody": "hub" if use.startswith("hub-") else "department",
            "not_before": self._from,
            "not_after": self._until,
            "hub": self._hub,
            "nonce": fresh_nonce(),
        }
        signature = sign_document(by, kind="key", document=order, role=role, signed_at=self._from)
        act = next_act(self._standing, order=order, signatures=[signature], at=self._from)
        self.acts.append(seal_act(self._counter, act))
        self._standing = extend(self._standing, self.acts[-1:])
