"""What acts about datasets mean: who publishes, restricts and loads, and that nobody else does."""

import pytest

from audit.proof.acts import version_hash
from audit.proof.canonical import JSON, Document
from audit.proof.keys import PemSigner
from tests.audit.proof.charter import (
    AT,
    CAB,
    PSB,
    Charter,
    founded,
    key,
    offer,
    order,
    refusal,
    signer,
    version,
)


def test_a_dataset_belongs_to_its_first_publisher() -> None:
    taken = order("publish", dataset="R01", version=version(provider="CAB"))
    assert refusal(founded(), taken, ("provider", CAB)) == "SIGNERS"
    assert refusal(founded(), taken, ("provider", PSB)) == "NOT_OWNER"
    assert refusal(founded(), order("publish", dataset="R02", version=version()), ("provider", PSB)) == "NOT_OWNER"
    foreign = order("publish", dataset="R02", version=version(code="R02"))
    assert refusal(founded(), foreign, ("provider", CAB)) == "SIGNERS"


def test_a_new_version_replaces_the_current_one_and_both_stay_known() -> None:
    charter = founded()
    new = version(major=2)
    charter.add(order("publish", dataset="R01", version=new), ("provider", PSB))
    assert charter.standing.versions["R01"].hash == version_hash(new)
    assert len(charter.standing.all_versions) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"items": []},
        {"items": [{"name": "A", "sensitivity": 1, "sharing_attribute": "CONDITIONAL"}]},
        {"items": [{"name": "a", "sensitivity": 5, "sharing_attribute": "CONDITIONAL"}]},
        {"items": [{"name": "a", "sensitivity": True, "sharing_attribute": "CONDITIONAL"}]},
        {"items": [{"name": "a", "sensitivity": 1, "sharing_attribute": "OPEN"}]},
        {"items": [{"name": "a", "sensitivity": 1, "sharing_attribute": "CONDITIONAL"}] * 2},
        {"facts": [{"name": "a"}]},
        {"major": 0},
        {"nonce": "short"},
    ],
)
def test_a_malformed_version_is_refused(changes: Document) -> None:
    document = order("publish", dataset="R01", version=version(**changes))
    assert refusal(founded(), document, ("provider", PSB)) == "SHAPE"


def test_a_version_names_an_answer_key_of_its_provider() -> None:
    charter = founded()
    document = order("publish", dataset="R01", version=version(provider_answer_key="PSB/document-1"))
    assert refusal(charter, document, ("provider", PSB)) == "ANSWER_KEY"
    charter.add(key(signer("PSB/answer-1"), "provider-answer"), ("issuer", PSB))
    charter.add(order("publish", dataset="R01", version=version(provider_answer_key="PSB/answer-1")), ("provider", PSB))
    charter.add(key(signer("CAB/answer-1"), "provider-answer"), ("issuer", CAB))
    foreign = order("publish", dataset="R01", version=version(provider_answer_key="CAB/answer-1"))
    assert refusal(charter, foreign, ("provider", PSB)) == "ANSWER_KEY"


@pytest.mark.parametrize("kind", ["publish", "offer"])
def test_a_version_or_an_offer_written_for_another_hub_does_not_serve_here(kind: str) -> None:
    if kind == "publish":
        document = order("publish", dataset="R01", version=version(hub="other.example/log"))
    else:
        document = order("offer", offer=offer(hub="other.example/log"))
    assert refusal(founded(), document, ("provider", PSB)) == "OTHER_HUB"


def revision(charter: Charter, **changes: JSON) -> Document:
    members: Document = {
        "dataset": "R01",
        "version": charter.standing.versions["R01"].hash,
        "rows": "sha256:" + "1" * 64,
        "lookup": "sha256:" + "2" * 64,
        "row_count": 3,
        "as_of": AT,
    }
    return order("revision", **{**members, **changes})


@pytest.mark.parametrize(("role", "by"), [("provider", PSB), ("system", signer("psb-registry/load-1"))])
def test_a_revision_comes_from_the_provider_or_a_named_system(role: str, by: PemSigner) -> None:
    charter = founded()
    charter.add(revision(charter), (role, by))
    assert charter.standing.revisions["R01"].order["row_count"] == 3


def test_an_answer_key_of_a_named_system_loads_no_revision() -> None:
    charter = founded()
    answering = signer("psb-registry/answer-1")
    charter.add(key(answering, "provider-answer"), ("issuer", PSB))
    assert refusal(charter, revision(charter), ("system", answering)) == "SIGNERS"


@pytest.mark.parametrize(
    ("role", "by"),
    [
        ("system", signer("CAB-affairs/request-1")),
        ("provider", signer("psb-registry/load-1")),
        ("provider", CAB),
        ("system", PSB),
    ],
)
def test_a_revision_comes_from_nobody_else(role: str, by: PemSigner) -> None:
    charter = founded()
    assert refusal(charter, revision(charter), (role, by)) == "SIGNERS"


def test_a_revision_is_of_the_current_version() -> None:
    charter = founded()
    assert refusal(charter, revision(charter, version="sha256:" + "0" * 64), ("provider", PSB)) == "VERSION"
    unknown = revision(charter, dataset="R99")
    assert refusal(charter, unknown, ("provider", PSB)) == "DATASET_UNKNOWN"
