"""Open data and the feed: for everybody, and never more than was signed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from audit.models import TallyCount
from catalog import actions, dcat, offering
from catalog.models import DataItem, Dataset, Load
from tests.catalog.registers import ROWS, Person, description, small_description, table

Publish = Callable[[dict[str, Any]], Dataset]
LoadFile = Callable[[Dataset, bytes], Load]
DIVISIONS = "code,name,level,parent_code\n51,四川省,province,\n5101,成都市,city,51\n510104,锦江区,county,5101\n".encode()


@pytest.fixture
def divisions(publish: Publish, load: LoadFile, publisher: Person) -> Dataset:
    dataset = publish(description("R21"))
    actions.publish_revision(load(dataset, DIVISIONS), acting_user=publisher)
    dataset.refresh_from_db()
    return dataset


@pytest.fixture
def tickets(publish: Publish, load: LoadFile, publisher: Person) -> Dataset:
    dataset = publish(small_description())
    actions.publish_revision(load(dataset, table(*ROWS)), acting_user=publisher)
    dataset.refresh_from_db()
    return dataset


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_anybody_downloads_open_data_and_it_is_counted(divisions: Dataset, client: Client) -> None:
    response = client.get("/catalog/datasets/R21/download.csv?bom=1")
    text = body(response).decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text)))[1] == {"code": "5101", "name": "成都市", "level": "city", "parent_code": "51"}
    assert TallyCount.objects.get(kind="download").name == "R21"


def test_json_lines_hold_one_object_a_row(divisions: Dataset, client: Client) -> None:
    lines = body(client.get("/catalog/datasets/R21/download.json")).decode().splitlines()
    assert json.loads(lines[0]) == {"code": "51", "name": "四川省", "level": "province", "parent_code": None}
    assert len(lines) == 3


def test_a_known_download_is_not_sent_again(divisions: Dataset, client: Client) -> None:
    tag = client.get("/catalog/datasets/R21/download.csv").headers["ETag"]
    assert client.get("/catalog/datasets/R21/download.csv", headers={"If-None-Match": tag}).status_code == 304


def test_rows_that_are_not_open_are_refused(tickets: Dataset, client: Client) -> None:
    assert client.get("/catalog/datasets/T01/download.csv").status_code == 403


def test_no_edited_row_opens_what_was_not_signed_as_open(tickets: Dataset, client: Client) -> None:
    Dataset.objects.update(open=True, sensitivity=1, sharing_attribute="UNCONDITIONAL")
    DataItem.objects.update(sensitivity=1, sharing_attribute="UNCONDITIONAL", restricted=False)
    assert client.get("/catalog/datasets/T01/download.csv").status_code == 403


def test_a_restricted_item_vanishes_at_once_everywhere(divisions: Dataset, publisher: Person, client: Client) -> None:
    actions.restrict_item(divisions, item="name", reason="x", acting_user=publisher)
    divisions.refresh_from_db()
    assert body(client.get("/catalog/datasets/R21/download.csv")).splitlines()[0] == b"code,level,parent_code"
    assert "name" not in offering.sample_of(divisions)["items"]
    assert "Name" not in json.dumps(dcat.document(1)["@graph"][-3]["dcat:keyword"])
    DataItem.objects.update(restricted=False)
    assert body(client.get("/catalog/datasets/R21/download.csv")).splitlines()[0] == b"code,level,parent_code"


def test_a_row_may_hide_what_the_acts_allow(divisions: Dataset, client: Client) -> None:
    DataItem.objects.filter(name="level").update(restricted=True)
    assert body(client.get("/catalog/datasets/R21/download.csv")).splitlines()[0] == b"code,name,parent_code"


def test_offline_data_are_not_downloaded(divisions: Dataset, publisher: Person, client: Client) -> None:
    actions.take_offline(divisions, reason="x", acting_user=publisher)
    assert client.get("/catalog/datasets/R21/download.csv").status_code == 503


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <http://shapes.invalid/> .
:Text sh:or ( [ sh:datatype rdf:langString ] [ sh:datatype xsd:string ] ) .
:Catalog a sh:NodeShape ; sh:targetClass dcat:Catalog ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:node :Text ; sh:uniqueLang true ] ,
    [ sh:path dct:description ; sh:minCount 1 ; sh:node :Text ] ,
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
    [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .
:Dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:node :Text ; sh:uniqueLang true ] ,
    [ sh:path dct:description ; sh:minCount 1 ; sh:node :Text ] ,
    [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
    [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] ,
    [ sh:path dct:accessRights ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:accrualPeriodicity ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:landingPage ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:issued ; sh:maxCount 1 ; sh:datatype xsd:dateTime ] ,
    [ sh:path dct:modified ; sh:maxCount 1 ; sh:datatype xsd:dateTime ] .
:Distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:downloadURL ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:mediaType ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dct:format ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
:Agent a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ; sh:node :Text ] .
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_feed_is_valid_dcat_ap(divisions: Dataset, tickets: Dataset, client: Client) -> None:
    import pyshacl
    import rdflib

    response = client.get("/catalog.jsonld")
    assert response.headers["Content-Type"] == "application/ld+json"
    graph = rdflib.Graph().parse(data=response.content, format="json-ld")
    shapes = rdflib.Graph().parse(data=SHAPES, format="turtle")
    conforms, _report, text = pyshacl.validate(graph, shacl_graph=shapes)
    assert conforms, text
    found = graph.query("SELECT ?d WHERE { ?d a <http://www.w3.org/ns/dcat#Dataset> }")
    assert len(list(found)) == 2


def test_the_feed_is_paged_and_its_context_stands_in_it(divisions: Dataset, tickets: Dataset) -> None:
    first, second = dcat.document(1, size=1), dcat.document(2, size=1)
    views = [page["@graph"][1]["hydra:view"] for page in (first, second)]
    assert (views[0]["hydra:next"], views[1]["hydra:previous"]) == (
        {"@id": dcat.address("/catalog.jsonld?page=2")},
        {"@id": dcat.address("/catalog.jsonld?page=1")},
    )
    assert isinstance(first["@context"], dict)
    assert "hydra:next" not in views[1]


@pytest.mark.parametrize("page", ["0", "x", "-1", "²", "99"])
def test_a_page_that_is_none_is_refused(divisions: Dataset, client: Client, page: str) -> None:
    assert client.get(f"/catalog.jsonld?page={page}").json()["code"] in {"BAD_PAGE", "NOT_FOUND"}


def test_the_feed_asks_the_database_equally_often_for_more_datasets(
    divisions: Dataset, tickets: Dataset, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(5):
        dcat.document(1)
