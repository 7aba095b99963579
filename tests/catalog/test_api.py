"""The management API of the catalogue, over HTTP, with the people of the hub."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from catalog import actions, permission, work
from catalog.models import Dataset, Load, Work
from tests.catalog.registers import ROWS, Person, description, small_description, table

Publish = Callable[[dict[str, Any]], Dataset]
BASE = "/api/v1/catalog"


@pytest.fixture
def tickets(publish: Publish) -> Dataset:
    return publish(small_description())


@pytest.fixture
def api(publisher: Person) -> APIClient:
    """The publisher's program."""
    client = APIClient()
    client.force_authenticate(user=publisher)
    return client


def test_a_stranger_finds_and_reads_descriptions(publish: Publish, client: Client) -> None:
    publish(description("R01"))
    publish(description("R21"))
    found = client.get(f"{BASE}/datasets", {"q": "行政区划"}).json()
    assert [entry["code"] for entry in found["datasets"]] == ["R21"]
    detail = client.get(f"{BASE}/datasets/R01").json()
    assert detail["items"][0]["name"] == "person"
    assert detail["sample"]["rows"] == []
    assert client.get(f"{BASE}/datasets/R01/versions").json()[0]["document"]["code"] == "R01"
    assert client.get(f"{BASE}/datasets/R99").json()["code"] == "NOT_FOUND"


def test_a_description_is_published_over_the_api_with_every_fault_named(hub: Any, api: APIClient) -> None:
    made = api.post(f"{BASE}/departments/CAB/versions", {"document": small_description()}, format="json")
    assert made.status_code == 201
    refused = api.post(f"{BASE}/departments/CAB/versions", {"document": small_description(key=["absent"], extra=1)}, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["rule"] == "additionalProperties"


def test_a_file_is_uploaded_checked_by_the_worker_and_published(tickets: Dataset, api: APIClient) -> None:
    sent = api.post(f"{BASE}/datasets/T01/loads", {"file": SimpleUploadedFile("t.csv", table(*ROWS))}, format="multipart")
    assert (sent.status_code, sent.json()["state"]) == (202, "RECEIVED")
    address = f"{BASE}/loads/{sent.json()['id']}"
    assert api.post(f"{address}/publication").status_code == 409
    assert work.run(Work.objects.get().pk)
    assert api.get(address).json()["allowed"] == ["publish"]
    assert api.post(f"{address}/publication").json()["state"] == "PUBLISHED"
    assert api.get(f"{BASE}/datasets/T01").json()["revision"]["row_count"] == 2
    assert [load["state"] for load in api.get(f"{BASE}/loads").json()["loads"]] == ["PUBLISHED"]


def test_the_same_idempotency_key_gives_the_same_load(tickets: Dataset, api: APIClient) -> None:
    def send() -> Any:
        file = SimpleUploadedFile("t.csv", table(*ROWS))
        return api.post(f"{BASE}/datasets/T01/loads", {"file": file}, format="multipart", headers={"Idempotency-Key": "k"}).json()["id"]

    assert send() == send()
    assert (Load.objects.count(), Work.objects.count()) == (1, 1)


def test_items_are_restricted_and_datasets_taken_offline(tickets: Dataset, api: APIClient) -> None:
    restricted = api.post(f"{BASE}/datasets/T01/items/number/restriction", {"reason": "x"}, format="json").json()
    assert [item["name"] for item in restricted["items"] if item["restricted"]] == ["number"]
    lifted = api.delete(f"{BASE}/datasets/T01/items/number/restriction", {"reason": "x"}, format="json").json()
    assert not any(item["restricted"] for item in lifted["items"])
    assert api.post(f"{BASE}/datasets/T01/offline", {"reason": "x"}, format="json").json()["offline"]
    assert api.post(f"{BASE}/datasets/T01/offline", {"reason": "x"}, format="json").status_code == 409
    assert not api.delete(f"{BASE}/datasets/T01/offline").json()["offline"]


WRITES = (
    ("post", "/departments/CAB/versions", {"document": {}}),
    ("post", "/datasets/T01/items/number/restriction", {"reason": "x"}),
    ("delete", "/datasets/T01/items/number/restriction", {"reason": "x"}),
    ("post", "/datasets/T01/offline", {"reason": "x"}),
    ("delete", "/datasets/T01/offline", {}),
)


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_nobody_else_changes_anything(
    tickets: Dataset, stranger: Person, client: Client, method: str, path: str, body: dict[str, Any]
) -> None:
    other = APIClient()
    assert getattr(other, method)(BASE + path, body, format="json").status_code in (401, 403)
    other.force_authenticate(user=stranger)
    assert getattr(other, method)(BASE + path, body, format="json").status_code == 403


def test_loads_of_other_departments_are_not_found(tickets: Dataset, api: APIClient, stranger: Person) -> None:
    sent = api.post(f"{BASE}/datasets/T01/loads", {"file": SimpleUploadedFile("t.csv", table(*ROWS))}, format="multipart").json()
    other = APIClient()
    other.force_authenticate(user=stranger)
    assert other.get(f"{BASE}/loads/{sent['id']}").status_code == 404
    assert other.get(f"{BASE}/loads").json()["loads"] == []
    file = SimpleUploadedFile("t.csv", table(*ROWS))
    assert other.post(f"{BASE}/datasets/T01/loads", {"file": file}, format="multipart").status_code == 403


def test_the_room_of_the_people_answers_for_real_people(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not isinstance(permission.checker, permission.RefuseEverybody)


def test_the_same_number_of_queries_for_one_dataset_and_for_many(
    publish: Publish, client: Client, django_assert_max_num_queries: Any
) -> None:
    for code in ("R01", "R13", "R14", "R15", "R21", "R23"):
        document = description(code)
        publish({**document, "provider": "CAB"})
    with django_assert_max_num_queries(10):
        client.get(f"{BASE}/datasets")


def test_departments_and_purposes_are_listed(hub: Any, client: Client) -> None:
    basis = {"text": {"en": "A law", "zh": "法律"}, "article": "1"}
    actions.register_purpose("allowance", title={"en": "Allowance", "zh": "补贴"}, legal_basis=basis, acting_system="tests")
    assert [entry["code"] for entry in client.get(f"{BASE}/departments").json()] == ["CAB", "DATA", "PSB", "SAMR"]
    assert client.get(f"{BASE}/purposes").json() == [{"code": "allowance", "name": {"en": "Allowance", "zh": "补贴"}}]
