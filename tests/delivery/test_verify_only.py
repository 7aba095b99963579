"""A dataset that answers facts alone never gives a value: two worlds that differ in one hidden value differ in YES and NO only.

The same questions, refusals, pages and feeds are read over a low and a high income; salts, receipts, hashes of files and
times are set aside.
"""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client

from audit.proof.canonical import dumps
from catalog import actions as catalog_actions
from catalog.actions import publish_version
from catalog.errors import DescriptionInvalid
from catalog.models import Dataset
from catalog.stores import hosted
from exchange.delivery import refusal_rate
from exchange.delivery.changes.door import handle as follow
from exchange.sharing.corrections.actions import Claim, ask_correction
from exchange.sharing.errors import NotAskable
from exchange.sharing.models import Agreement
from tests.delivery.export_caller import Exporter
from tests.delivery.wire_caller import COMMON, Caller, Reply, read
from tests.world import World, agree, ask, remembered_check
from tests.world_data import CONDITIONAL, SUBJECTS, UNKNOWN_SUBJECT, _item

FACT = "household_income_at_most"
LIMITS = [20_000, 60_000, 80_000]
LOW, HIGH, UNFILLED = "30000.07", "89123.45", ""
HIDDEN = SUBJECTS[0]
NYY, NNN, UUU = ["NO", "YES", "YES"], ["NO"] * 3, ["UNKNOWN"] * 3
TITLE = {"en": "A question", "zh": "一个问题"}
INCOME: dict[str, Any] = {
    **CONDITIONAL,
    "code": "R11",
    "name": "income_and_tax",
    "title": {"en": "Income and tax", "zh": "收入与纳税"},
    "methods": ["VERIFY"],
    "items": [
        _item("person", "identifier", 3, "CONDITIONAL", identifier="person", unique=True),
        _item("household_income", "decimal", 4, "CONDITIONAL", required=False),
        # of sensitivity 1: elsewhere a sample would show it
        _item("band", "integer", 1, "CONDITIONAL"),
    ],
    "column_mapping": {"person": "身份证号", "household_income": "收入", "band": "档"},
    "code_lists": {},
    "facts": [
        {
            "name": FACT,
            "title": TITLE,
            "parameters": [{"name": "x", "type": "integer", "minimum": 0, "maximum": 1_000_000, "title": TITLE}],
            "expression": {"op": "le", "item": "household_income", "parameter": "x"},
            "when_absent": "NO",
            "valid_days": 30,
        }
    ],
}
TERMS: dict[str, Any] = {
    "items": [],
    "facts": {FACT: {"x": {"in": LIMITS}}},
    "methods": ["VERIFY"],
    "per_day": 100_000,
    "per_minute": 100_000,
    "justifications": {f"facts.{FACT}": "The rent depends on it."},
}
ASIDE = (
    (re.compile(r'"(answer)": ?"(YES|NO|UNKNOWN)"'), r'"\1":"?"'),
    (re.compile(r'"receipt": ?\{.*?\}(?=[,}])', re.DOTALL), '"receipt":{}'),
    (re.compile(r'"act": ?\d+'), '"act":?'),  # the worlds stand one after the other in one chain
    (re.compile(r'"salt": ?"[^"]+"'), '"salt":"?"'),
    (re.compile(r"(sha256:)?[0-9a-f]{64}"), "hash"),
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce-[A-Za-z0-9+/=_-]+|nonce="[^"]+"'), "token"),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})?"), "time"),
    (re.compile(r"\d{1,2}:\d{2}(:\d{2})?"), "time"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "uuid"),
)


def without_what_differs_anyway(text: str) -> str:
    for pattern, instead in ASIDE:
        text = pattern.sub(instead, text)
    return text


@pytest.fixture
def dataset(world: World) -> Dataset:
    """The register, published and without rows."""
    version = publish_version(world.owner, document=INCOME, acting_user=world.person("publisher"))
    return Dataset.objects.get(pk=version.dataset_id)


def fill(world: World, dataset: Dataset, income: str, *, others: str = "50000") -> None:
    """Load the world in which one household has this income: in money, and as a band that stands in the clear elsewhere.

    A checked file is remembered with its sample: under another description let `others` have another income.
    """
    dataset = Dataset.objects.get(pk=dataset.pk)
    rows = [(who, income, "3" if income == LOW else "7") if who == HIDDEN else (who, others, "5") for who in SUBJECTS[:6]]
    raw = "身份证号,收入,档\n" + "".join(f"{','.join(row)}\n" for row in rows)
    with remembered_check():
        load = catalog_actions.load_file(
            dataset, fileobj=io.BytesIO(raw.encode()), filename="rows.csv", acting_user=world.person("publisher")
        )
    assert load.state == "READY", load.report
    catalog_actions.publish_revision(load, acting_user=world.person("publisher"))


def agreed(world: World, dataset: Dataset, **terms: Any) -> Agreement:
    request = ask(world.person("asker"), world.requester, world.purpose, dataset, **{**TERMS, **terms})
    return agree(request, world.people, {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester})


def at_most(x: Any) -> dict[str, Any]:
    return {"fact": FACT, "with": {"x": x}}


def said(reply: Reply) -> tuple[int, str]:
    body = {name: value for name, value in reply.body.items() if name not in ("receipt", "salt", "instance")}
    return reply.status, without_what_differs_anyway(dumps(body).decode())


def on_the_wire(agreement: str) -> list[tuple[int, str]]:
    """Every method, answer, error and refusal that a party or a stranger can get."""
    caller, stranger, exporter = Caller("CAB-relief"), Caller("HSG-rental"), Exporter("CAB-relief")
    asked = [caller.verify(agreement, who, at_most(x)) for who in (HIDDEN, SUBJECTS[1], UNKNOWN_SUBJECT) for x in LIMITS]
    asked += [caller.verify(agreement, HIDDEN, *(at_most(x) for x in order)) for order in (LIMITS, LIMITS[::-1])]
    asked += [caller.verify(agreement, HIDDEN, at_most(x)) for x in (30_000, 30_001, "60000", 60_000.5, True, None, [60_000], -1)]
    asked += [
        caller.verify(agreement, HIDDEN, {"fact": "no_such"}),
        caller.verify(agreement, HIDDEN),
        caller.verify(agreement, "12345", at_most(20_000)),
    ]
    asked += [
        caller.verify(agreement, HIDDEN, at_most(20_000), purpose="curiosity"),
        caller.verify(agreement, HIDDEN, at_most(20_000), case=None),
    ]
    asked += [caller.query(agreement, HIDDEN), caller.query(agreement, {"kind": "household_income", "id": "30000"})]
    asked += [caller.call(agreement, "batch", subjects=[HIDDEN, SUBJECTS[1]], **more) for more in ({}, {"facts": [at_most(60_000)]})]
    asked += [exporter.open(agreement, columns=columns) for columns in (None, ["household_income"])]
    changes = caller.arrival(agreement, "changes", {**COMMON, "salt": "s" * 22})
    asked += [read(changes, follow(changes)), stranger.verify(agreement, HIDDEN, at_most(20_000)), stranger.query(agreement, HIDDEN)]
    return [said(reply) for reply in asked]


PAGES = (
    "/en/catalog/R11",
    "/zh-hans/catalog/R11",
    "/en/catalog?q=30000",
    "/en/catalog?q=89123",
    "/api/v1/catalog/datasets/R11",
    "/api/v1/catalog/datasets/R11/versions",
    "/catalog.jsonld",
    "/api/3/action/package_show?id=R11",
    "/en/transparency",
    "/en/console/requests/new?dataset=R11",
)


def on_pages(world: World) -> list[tuple[int, str]]:
    """What a stranger, the requester and the authority read of the dataset: pages, interfaces and feeds."""
    readers = [Client() for _ in range(3)]
    readers[1].force_login(world.person("asker"))
    readers[2].force_login(world.person("reviewer"))
    answers = [reader.get(address) for reader in readers for address in PAGES]
    return [(answer.status_code, without_what_differs_anyway(b"".join(answer).decode())) for answer in answers]


def test_two_worlds_that_differ_in_a_hidden_value_differ_in_yes_and_no_alone(
    world: World, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world, dataset, LOW)
    agreement = agreed(world, dataset)
    looked_up: list[Any] = []
    lookup = hosted.HostedRevision.lookup

    def watched(self: Any, subjects: Any, items: Any, **more: Any) -> Any:
        looked_up.append((list(subjects), list(items)))
        return lookup(self, subjects, items, **more)

    monkeypatch.setattr(hosted.HostedRevision, "lookup", watched)
    worlds: list[Any] = []
    for income, expected in ((LOW, NYY), (HIGH, NNN), (UNFILLED, UUU)):
        fill(world, dataset, income)
        looked_up.clear()
        refusal_rate.RATE.counts.clear()
        wire = on_the_wire(agreement.agreement_id)
        worlds.append((wire, list(looked_up), on_pages(world), corrected(world, agreement)))
        answers = [Caller("CAB-relief").verify(agreement.agreement_id, HIDDEN, at_most(x)).body["answers"][0]["answer"] for x in LIMITS]
        assert answers == expected
    for other in worlds[1:]:
        for low, high in zip(worlds[0], other, strict=True):
            assert low == high
    everything = "".join(text for world_ in worlds for part in (world_[0], world_[2]) for _status, text in part)
    assert LOW not in everything
    assert HIGH not in everything
    assert {status for status, _text in worlds[0][0]} >= {200, 400, 403, 404}


def corrected(world: World, agreement: Agreement) -> str:
    """Nobody says that a value is wrong which nobody received: refused alike, whatever is believed."""
    found = []
    for believed in (LOW, HIGH):
        claim = Claim(entry=1, item="household_income", kind="person", identifier=HIDDEN, believed=believed, reason="It looks wrong.")
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it is the same
            ask_correction(agreement, claim=claim, acting_user=world.person("asker"), department=world.requester)
        found.append(f"{type(caught.value).__name__} {caught.value}")
    assert found[0] == found[1]
    return found[0]


def test_the_comparison_of_the_two_worlds_can_fail(world: World, dataset: Dataset) -> None:
    """The same two worlds over a way that gives values: the comparison sees them apart."""
    open_version = {**INCOME, "methods": ["VERIFY", "QUERY"]}
    publish_version(world.owner, document=open_version, acting_user=world.person("publisher"))
    fill(world, dataset, LOW, others="50001")
    agreement = agreed(world, dataset, items=["band"], methods=["QUERY"], facts={}, justifications={"items.band": "It is needed."})
    seen = []
    for income in (LOW, HIGH):
        fill(world, dataset, income, others="50001")
        seen.append((said(Caller("CAB-relief").query(agreement.agreement_id, HIDDEN)), on_pages(world)[0]))
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1], "a sample shows what has sensitivity 1, where values are given at all"


def test_a_dataset_that_gives_no_values_any_more_gives_none_under_what_was_signed_before(world: World, dataset: Dataset) -> None:
    publish_version(world.owner, document={**INCOME, "methods": ["VERIFY", "QUERY", "BATCH"]}, acting_user=world.person("publisher"))
    fill(world, dataset, LOW, others="50001")
    agreement = agreed(
        world,
        dataset,
        items=["band"],
        methods=["QUERY", "BATCH", "VERIFY"],
        justifications={f"facts.{FACT}": "The rent depends on it.", "items.band": "It is needed."},
    )
    caller = Caller("CAB-relief")
    assert caller.query(agreement.agreement_id, HIDDEN).status == 200
    publish_version(world.owner, document=INCOME, acting_user=world.person("publisher"))
    fill(world, dataset, LOW)
    assert caller.query(agreement.agreement_id, HIDDEN).code == "METHOD_NOT_AGREED"
    assert caller.call(agreement.agreement_id, "batch", subjects=[HIDDEN]).code == "METHOD_NOT_AGREED"
    assert caller.verify(agreement.agreement_id, HIDDEN, at_most(60_000)).body["answers"][0]["answer"] == "YES"


def test_other_parameters_do_not_make_more_answers(world: World, dataset: Dataset) -> None:
    """q answers of one fact about one subject, whatever its parameters; what is asked in one call counts for each."""
    fill(world, dataset, LOW)
    agreement = agreed(world, dataset, fact_answers=3).agreement_id
    caller = Caller("CAB-relief")
    assert [caller.verify(agreement, HIDDEN, at_most(x)).status for x in (*LIMITS, LIMITS[0])] == [200, 200, 200, 429]
    assert caller.verify(agreement, HIDDEN, at_most(60_000)).code == "FACT_LIMIT"
    assert caller.verify(agreement, SUBJECTS[1], at_most(60_000)).status == 200


@pytest.mark.parametrize("rule", [{"min": 0, "max": 100_000}, {"in": list(range(11))}])
def test_values_to_search_between_cannot_be_asked_for(world: World, dataset: Dataset, rule: dict[str, Any]) -> None:
    with pytest.raises(NotAskable) as caught:
        ask(world.person("asker"), world.requester, world.purpose, dataset, **{**TERMS, "facts": {FACT: {"x": rule}}})
    assert [(fault.where, fault.rule) for fault in caught.value.faults] == [(f"R11.facts.{FACT}.x", "listed")]


@pytest.mark.parametrize("methods", [["QUERY"], ["BATCH"], ["EXPORT"], ["VERIFY", "CHANGES"]])
def test_no_other_way_can_be_asked_for(world: World, dataset: Dataset, methods: list[str]) -> None:
    with pytest.raises(NotAskable) as caught:
        ask(world.person("asker"), world.requester, world.purpose, dataset, **{**TERMS, "methods": methods, "items": ["band"]})
    assert ("R11.methods", "method") in [(fault.where, fault.rule) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"facts": []}, "facts"),
        ({"methods": []}, "minItems"),
        ({"methods": ["VERIFY", "VERIFY"]}, "uniqueItems"),
        ({"methods": ["LIST"]}, "enum"),
    ],
)
def test_a_description_says_a_lawful_way_of_asking(world: World, change: dict[str, Any], rule: str) -> None:
    with pytest.raises(DescriptionInvalid) as caught:
        publish_version(world.owner, document={**INCOME, **change}, acting_user=world.person("publisher"))
    assert rule in [fault.rule for fault in caught.value.faults]


def test_a_sum_says_nothing_under_a_row_filter(world: World, dataset: Dataset) -> None:
    """Of the rows outside nothing is said: neither that there are any, nor what the sum is without them."""
    total = {**INCOME["facts"][0], "expression": {"op": "sum_at_most", "item": "household_income", "parameter": "x"}}
    publish_version(world.owner, document={**INCOME, "facts": [total]}, acting_user=world.person("publisher"))
    fill(world, dataset, LOW, others="50001")
    whole, part = agreed(world, dataset), agreed(world, dataset, row_filter={"band": {"at_most": 3}})

    def asked(agreement: Agreement) -> str:
        return str(Caller("CAB-relief").verify(agreement.agreement_id, HIDDEN, at_most(60_000)).body["answers"][0]["answer"])

    assert asked(whole) == "YES"
    assert asked(part) == "UNKNOWN"
