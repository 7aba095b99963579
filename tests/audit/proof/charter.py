"""A small city's chain of acts for tests: departments, systems, a dataset, and the means to sign whatever a test wants."""

from collections.abc import Iterable
from functools import cache

from audit.proof.acts import AgreementState, Ground, Standing, StoredAct, empty, extend, seal_act
from audit.proof.canonical import JSON, Document, b64url, dumps, fresh_nonce
from audit.proof.keys import ROOT_KEYID, PemSigner, generate_private_key, sign_document

HUB = "hub.example/log"
AT = "2026-11-20T08:00:00Z"
LATER = "2026-11-21T08:00:00Z"
AGREEMENT_UNTIL = "2027-06-30"

Pair = tuple[str, PemSigner]


@cache
def signer(keyid: str) -> PemSigner:
    """The same key for the same name all through a test run; every key is invented here."""
    return PemSigner(keyid, generate_private_key())


ROOT = signer(ROOT_KEYID)
COUNTER = signer("hub/counter-1")
PSB = signer("PSB/document-1")
CAB = signer("CAB/document-1")
DATA = signer("DATA/document-1")
GROUND = Ground(hub=HUB, root=ROOT.public_key, authority="DATA")


def order(type_: str, **members: JSON) -> Document:
    """An order for this hub, with a fresh nonce, unless `hub` or `nonce` say otherwise."""
    return {"type": type_, "hub": HUB, "nonce": fresh_nonce(), **members}


def key(holder: PemSigner, use: str, **changes: JSON) -> Document:
    """A `key` order for a signer's key."""
    owner, _, name = holder.keyid.partition("/")
    members: Document = {
        "owner": owner,
        "name": name,
        "alg": "ed25519",
        "public_key": b64url(holder.public_key),
        "use": use,
        "custody": "department",
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2028-01-01T00:00:00Z",
    }
    return order("key", **{**members, **changes})


def signed(document: Document, *pairs: Pair) -> list[Document]:
    """Signature objects over an order."""
    return [sign_document(by, kind=str(document["type"]), document=document, role=role, signed_at=AT) for role, by in pairs]


class Charter:
    """Builds a chain act by act; `acts` are what a database would hold."""

    def __init__(self, ground: Ground = GROUND) -> None:
        """Begin before act 1."""
        self.standing = empty(ground)
        self.acts: list[StoredAct] = []

    def seal(self, document: Document, signatures: Iterable[Document], *, at: str = AT, **changes: JSON) -> StoredAct:
        """The next act, sealed by the counter key and not yet taken; `changes` falsify members of the act."""
        act: Document = {
            "v": 1,
            "seq": self.standing.head.seq + 1,
            "prev": self.standing.head.hash or None,
            "at": max(at, self.standing.at),
            "order": document,
            "signatures": list(signatures),
        }
        return seal_act(COUNTER, {**act, **changes})

    def add(self, document: Document, *pairs: Pair, at: str = AT) -> str:
        """Sign, seal and take an order; give the act's hash. Raises AuthorityError if the chain refuses it."""
        stored = self.seal(document, signed(document, *pairs), at=at)
        self.standing = extend(self.standing, [stored])
        self.acts.append(stored)
        return self.standing.head.hash


def version(**changes: JSON) -> Document:
    """A dataset version: residents, with a birth date that is not shared and a fact about age."""
    item: Document = {"type": "text", "sensitivity": 3, "sharing_attribute": "CONDITIONAL"}
    return {
        "code": "R01",
        "provider": "PSB",
        "major": 1,
        "sharing_attribute": "CONDITIONAL",
        "items": [
            {**item, "name": "person"},
            {**item, "name": "district"},
            {**item, "name": "grade"},
            {**item, "name": "born_on", "sharing_attribute": "NOT_SHARED"},
        ],
        "facts": [
            {"name": "age_at_least", "parameters": [{"name": "n", "type": "integer"}], "when_absent": "UNKNOWN"},
            {"name": "alive", "parameters": [], "when_absent": "UNKNOWN"},
        ],
        "provider_answer_key": None,
        "revision_systems": ["psb-registry"],
        "hub": HUB,
        "nonce": fresh_nonce(),
        **changes,
    }


def scope(**changes: JSON) -> Document:
    """What an agreement and an offer have in common."""
    return {
        "provider": "PSB",
        "dataset": "R01",
        "major": 1,
        "methods": ["VERIFY", "QUERY"],
        "items": ["grade"],
        "facts": [{"fact": "age_at_least", "with": {"n": {"in": [60, 80]}}}],
        "row_filter": None,
        "quota": {"per_day": 1000, "burst_per_minute": 60, "fact_answers": {"q": 3, "days": 30}},
        "legal_basis": [{"text": {"en": "A law", "zh": "某法"}, "article": "Article 1"}],
        "hub": HUB,
        "nonce": fresh_nonce(),
        **changes,
    }


def agreement(**changes: JSON) -> Document:
    """An agreement between CAB, who asks, and PSB, who answers."""
    own: Document = {
        "requester": "CAB",
        "systems": ["CAB-affairs"],
        "purposes": ["old_age_allowance"],
        "period": {"from": "2026-11-01", "until": AGREEMENT_UNTIL},
        "retention": {"days": 30},
        "release": "durable",
        "supersedes": None,
    }
    return scope(**{**own, **changes})


def offer(**changes: JSON) -> Document:
    """A standing offer of PSB to everybody."""
    own: Document = {"requesters": ["*"], "purposes": ["*"], "not_after": "2027-12-31"}
    return scope(**{**own, **changes})


def reason(text: str = "it must be") -> Document:
    """A reason as `suspend`, `revoke` and `resume` carry it."""
    return {"text": text, "ground": "misuse"}


@cache
def _founding() -> tuple[StoredAct, ...]:
    charter = Charter()
    charter.add(key(COUNTER, "hub-counter", custody="hub"), ("root", ROOT))
    for document_key in (PSB, CAB, DATA):
        charter.add(key(document_key, "document"), ("root", ROOT))
    charter.add(key(signer("CAB-affairs/request-1"), "system"), ("issuer", CAB))
    charter.add(key(signer("psb-registry/load-1"), "system"), ("issuer", PSB))
    charter.add(order("publish", dataset="R01", version=version()), ("provider", PSB))
    return tuple(charter.acts)


def founded() -> Charter:
    """Seven acts: the counter, three departments, a system of each party, and the dataset R01."""
    charter = Charter()
    charter.acts = list(_founding())
    charter.standing = extend(charter.standing, charter.acts)
    return charter


def agree(charter: Charter, **changes: JSON) -> str:
    """Put an agreement of both parties into force; give its id."""
    from audit.proof.acts import agreement_id

    document = agreement(**changes)
    charter.add(order("agree", agreement=document), ("provider", PSB), ("requester", CAB))
    return agreement_id(document)


def resealed(stored: StoredAct, document: Document) -> StoredAct:
    """An act whose bytes were replaced in the database, under the signature that it had."""
    return StoredAct(dumps(document), stored.hub_signature)


def code_of(standing: Standing, acts: Iterable[StoredAct]) -> str:
    """The code with which a chain is refused."""
    import pytest

    from audit.proof.acts import AuthorityError

    with pytest.raises(AuthorityError) as caught:
        extend(standing, acts)
    return caught.value.code


BOTH: tuple[Pair, Pair] = (("provider", PSB), ("requester", CAB))


def refusal(charter: Charter, document: Document, *pairs: Pair, at: str = AT) -> str:
    """The code with which an order, signed by these, is refused as the next act."""
    return code_of(charter.standing, [charter.seal(document, signed(document, *pairs), at=at)])


def state(charter: Charter, target: str) -> AgreementState:
    """Where an agreement stands."""
    return charter.standing.agreements[target].state
