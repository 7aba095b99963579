"""The fake hub of users' tests with the keys of our own small city, and the answers that our tests expect."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hub_client import testing
from hub_client.configuration import Configuration, KnownAgreement
from hub_client.session import Session
from hub_client.testing import AGREEMENT, FakeKeys
from hub_client.testing.answering import Answer
from hub_client.testing.hub import ADDRESS

from audit.proof.canonical import b64url
from audit.proof.keys import PemSigner, generate_private_key, write_private_key
from tests.audit.proof.charter import CAB, GROUND, HUB, ROOT, Charter, founded, key, signer

NOW = 1_795_300_000.0  # 21 November 2026
VALID: dict[str, Any] = {"not_before": "2020-01-01T00:00:00Z", "not_after": "2100-01-01T00:00:00Z"}
SYSTEM_KEYID = "CAB-affairs/request-2"
SYSTEM_PEM = generate_private_key()
SYSTEM = PemSigner(SYSTEM_KEYID, SYSTEM_PEM)
ANSWER = signer("hub/answer-1")
LOG = signer("hub/log-1")

__all__ = ["AGREEMENT", "ANSWER", "NOW", "SYSTEM", "SYSTEM_KEYID", "VALID", "FakeHub", "configuration", "keys_document", "session"]


def _chartered() -> Charter:
    charter = founded()
    charter.add(key(ANSWER, "hub-answer", custody="hub", **VALID), ("root", ROOT))
    charter.add(key(LOG, "hub-log", custody="hub", **VALID), ("root", ROOT))
    charter.add(key(SYSTEM, "system", **VALID), ("issuer", CAB))
    return charter


def _keys(charter: Charter) -> FakeKeys:
    return FakeKeys(HUB, GROUND.root, ANSWER, LOG, SYSTEM, SYSTEM_PEM, charter.acts)


def keys_document(charter: Charter) -> dict[str, Any]:
    """What GET /api/v1/keys answers."""
    return _keys(charter).document()


def _answer(method: str, wire: dict[str, Any]) -> dict[str, Any]:
    as_of = "2026-11-20T08:00:00Z"
    facts = [{**fact, "answer": "YES", "as_of": as_of} for fact in wire.get("facts", [])]
    if method == "verify":
        return {"answers": facts}
    if method == "query":
        return {"answer": {"state": "FOUND", "records": [{"grade": 2}], "as_of": as_of, "withheld": []}}
    found = {"facts": facts} if facts else {"state": "FOUND", "records": [{"grade": 2}]}
    subjects = [item["subject"] if isinstance(item, dict) and "subject" in item else item for item in wire["subjects"]]
    return {"answers": [{"subject": subject, **found} for subject in subjects]}


@dataclass
class FakeHub(testing.FakeHub):
    """Everybody is found; the time stands still; `charter` may be added to."""

    charter: Charter = field(default_factory=_chartered)
    answer: Answer | None = lambda method, wire: _answer(method, wire)
    clock: Callable[[], float] = lambda: NOW

    def __post_init__(self) -> None:
        """The keys are the charter's."""
        self.keys = _keys(self.charter)


def configuration(folder: Path, **changes: Any) -> Configuration:
    """A configuration that fits the fake hub; the key file is written on first use."""
    path = folder / "request.pem"
    if not path.exists():
        write_private_key(path, SYSTEM_PEM)
    plain = Configuration(
        base_url=ADDRESS,
        keyid=SYSTEM_KEYID,
        private_key_file=str(path),
        authority_root=b64url(GROUND.root),
        log_origin=HUB,
        receipts="receipts",
        agreements=(KnownAgreement(AGREEMENT, "R01", "old_age_allowance", ("VERIFY", "QUERY", "BATCH")),),
        folder=folder,
        source="test",
    )
    return replace(plain, **changes)


def session(hub: FakeHub, folder: Path) -> Session:
    """A session with a fake hub, at the fake hub's time."""
    return Session(configuration(folder), SYSTEM, hub, hub.clock)
