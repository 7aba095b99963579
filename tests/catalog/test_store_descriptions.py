"""What a description may say about a store, each fault at its place, and how the catalogue shows each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from audit.errors import NotAllowed
from audit.proof.canonical import b64url
from audit.proof.keys import generate_private_key, public_key_of
from catalog.description.check import faults_of
from catalog.errors import AlreadyThere, DescriptionInvalid, RemoteDataset
from catalog.identifiers import kinds
from tests.catalog.registers import ROWS, small_description, table

if TYPE_CHECKING:
    from collections.abc import Callable

HTTP = {"kind": "http", "url": "https://10.20.4.7:8443/register", "networks": ["10.20.4.0/24"], "ports": [8443]}
SQL = {
    "kind": "sql",
    "dialect": "postgresql",
    "host": "db.cab.example",
    "port": 5432,
    "database": "registers",
    "schema": "public",
    "table": "tickets",
    "networks": ["10.20.5.0/24", "fd12:3456::/48"],
    "ports": [5432],
    "credentials": "cab-registers",
}
OFFICER = {"kind": "officer", "working_days": 5}
STORES = {"hosted": {"kind": "hosted"}, "http": HTTP, "sql": SQL, "officer": OFFICER}


def remote(kind: str, **changes: Any) -> dict[str, Any]:
    """The small register of tests, kept elsewhere."""
    key = "CAB/answer-1" if kind == "http" else None
    mapping = {item["name"]: f"c_{item['name']}" for item in small_description()["items"]}
    store = {name: value for name, value in {**STORES[kind], **changes}.items() if value is not None}
    return small_description(store=store, provider_answer_key=key, facts=[], column_mapping=mapping)


def faults(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(fault.where, fault.rule) for fault in faults_of(document, kinds=kinds())}


@pytest.mark.parametrize("kind", STORES)
def test_each_kind_of_store_can_be_described(kind: str) -> None:
    assert faults(remote(kind)) == set()


@pytest.mark.parametrize(
    ("kind", "change", "fault"),
    [
        ("http", {"url": "http://10.20.4.7:8443/register"}, ("store.url", "url")),
        ("http", {"url": "https://user:word@10.20.4.7:8443/"}, ("store.url", "url")),
        ("http", {"url": "https://10.20.4.7:8443/?person=1"}, ("store.url", "url")),
        ("http", {"url": "https://10.20.4.7:8443/#here"}, ("store.url", "url")),
        ("http", {"url": "https://10.20.4.7:99999/"}, ("store.url", "url")),
        ("http", {"url": "https://登记.example:8443/"}, ("store.url", "url")),
        ("http", {"url": "https://10.20.9.7:8443/"}, ("store.url", "host")),
        ("http", {"url": "https://0x7f.1:8443/"}, ("store.url", "host")),
        ("http", {"url": "https://10.20.4.7/"}, ("store.ports", "port")),
        ("http", {"ports": [0]}, ("store.ports[0]", "minimum")),
        ("http", {"ports": []}, ("store.ports", "minItems")),
        ("http", {"timeout_ms": 60_000}, ("store.timeout_ms", "maximum")),
        ("http", {"networks": ["10.20.4.7"]}, ("store.networks[0]", "network")),
        ("http", {"networks": ["10.20.4.7/24"]}, ("store.networks[0]", "network")),
        ("http", {"networks": ["0.0.0.0/0"]}, ("store.networks[0]", "denied_network")),
        ("http", {"networks": ["127.0.0.1/32"]}, ("store.networks[0]", "denied_network")),
        ("http", {"networks": ["169.254.0.0/16"]}, ("store.networks[0]", "denied_network")),
        ("http", {"networks": ["::ffff:a14:400/120"]}, ("store.networks[0]", "denied_network")),
        ("http", {"headers": {"x": "y"}}, ("store", "additionalProperties")),
        ("sql", {"dialect": "sqlite"}, ("store.dialect", "enum")),
        ("sql", {"dialect": "oracle"}, ("store.dialect", "no_driver")),
        ("sql", {"table": 'tickets" UNION SELECT 1 --'}, ("store.table", "sql_name")),
        ("sql", {"table": "registers.tickets"}, ("store.table", "sql_name")),
        ("sql", {"schema": "public;"}, ("store.schema", "sql_name")),
        ("sql", {"database": "a b"}, ("store.database", "pattern")),
        ("sql", {"host": "10.20.9.9"}, ("store.host", "host")),
        ("sql", {"host": "db_1/x"}, ("store.host", "host")),
        ("sql", {"port": 5433}, ("store.ports", "port")),
        ("sql", {"credentials": "../hub"}, ("store.credentials", "pattern")),
        ("sql", {"password": "secret"}, ("store", "additionalProperties")),
        ("sql", {"table": None}, ("store", "required")),
        ("officer", {"working_days": 0}, ("store.working_days", "minimum")),
        ("officer", {"working_days": 31}, ("store.working_days", "maximum")),
    ],
)
def test_each_fault_of_a_store_is_told_at_its_place(kind: str, change: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in faults(remote(kind, **change))


def test_a_column_is_called_like_an_identifier() -> None:
    document = remote("sql")
    document["column_mapping"]["grade"] = "grade; DROP TABLE tickets"
    assert faults(document) == {("column_mapping.grade", "sql_name")}
    document["column_mapping"]["grade"] = "等级"
    assert faults(document) == set()


def test_only_a_service_has_an_answer_key() -> None:
    assert faults({**remote("http"), "provider_answer_key": None}) == {("provider_answer_key", "answer_key")}
    assert faults({**remote("officer"), "provider_answer_key": "CAB/answer-1"}) == {("provider_answer_key", "answer_key")}


def test_a_remote_dataset_promises_nothing_that_needs_all_its_rows() -> None:
    document = {**remote("officer"), "facts": small_description()["facts"], "revision_systems": ["CAB-loader"]}
    assert faults(document) == {("facts[0]", "whole_register"), ("revision_systems", "revision_remote")}
    assert ("open", "open_remote") in faults({**remote("sql"), "open": True})


def test_the_answer_key_is_one_that_the_provider_certified_for_that(publish: Callable[[dict[str, Any]], Any]) -> None:
    from catalog import actions
    from catalog.models import Department, Key

    with pytest.raises(DescriptionInvalid) as refused:
        publish(remote("http"))
    assert [(fault.where, fault.rule) for fault in refused.value.faults] == [("provider_answer_key", "answer_key")]
    with pytest.raises(DescriptionInvalid):
        publish({**remote("http"), "provider_answer_key": "CAB/document-1"})

    department, public_key = Department.objects.get(code="CAB"), public_key_of(generate_private_key())
    with pytest.raises(NotAllowed):
        actions.certify_answer_key(department, name="answer-1", public_key=public_key, acting_user=None)
    assert actions.certify_answer_key(department, name="answer-1", public_key=public_key, acting_system="tests") == "CAB/answer-1"
    with pytest.raises(AlreadyThere):
        actions.certify_answer_key(department, name="answer-1", public_key=public_key, acting_system="tests")
    kept = Key.objects.get(keyid="CAB/answer-1")
    assert (kept.use, kept.custody, kept.certificate["public_key"]) == ("provider-answer", "department", b64url(public_key))
    assert publish(remote("http")).store == {"kind": "http"}


def test_a_remote_dataset_is_published_without_rows_and_takes_no_file(publish: Any, load: Any) -> None:
    from catalog.models import Load

    dataset = publish(remote("officer"))
    assert dataset.store == {"kind": "officer", "working_days": 5}
    assert dataset.current_revision is None
    with pytest.raises(RemoteDataset):
        load(dataset, table(*ROWS))
    assert not Load.objects.exists()


def test_rows_that_were_loaded_before_are_shown_no_more(publish: Any, load: Any, publisher: Any) -> None:
    from audit import acts
    from catalog import actions, projection

    dataset = publish(small_description())
    actions.publish_revision(load(dataset, table(*ROWS)), acting_user=publisher)
    publish({**remote("officer"), "major": 2})
    for _again in range(2):
        dataset.refresh_from_db()
        assert dataset.current_revision is None
        projection.rebuild(acts.standing())


def test_the_catalogue_says_who_answers_and_tells_strangers_no_address(publish: Any, client: Client) -> None:
    publish(remote("sql"))
    assert client.get("/api/v1/catalog/datasets/T01").json()["store"] == {"kind": "sql"}
    (version,) = client.get("/api/v1/catalog/datasets/T01/versions").json()
    assert version["document"]["store"] == {"kind": "sql"}
    for address, words in (("/en/catalog/T01", "own database"), ("/en/catalog", "own database"), ("/zh-hans/catalog/T01", "数据库")):
        page = client.get(address).content.decode()
        assert words in page
        assert "db.cab.example" not in page


def test_the_feed_gives_no_file_of_a_remote_dataset(publish: Any, client: Client) -> None:
    publish(remote("officer"))
    graph = client.get("/catalog.jsonld").json()["@graph"]
    (distribution,) = [node for node in graph if node.get("@type") == "dcat:Distribution"]
    assert "dcat:downloadURL" not in distribution
