"""A list costs the same number of queries for 1, 10 and 100 rows (style 31): no list asks once more for each row."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from django.db import connection, connections
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from audit.models import EntryIndex
from catalog.models import Dataset, Load, Purpose
from exchange.accounts.models import Membership, Person
from exchange.affairs import sealing
from exchange.affairs.models import Case, Objection, Offer, Pause, PaymentOrder
from exchange.affairs.offers.making import sealed_told, told_of
from exchange.affairs.reading import objection_context
from exchange.oversight.models import Question
from exchange.sharing.models import Agreement, RequestedFact, RequestedItem, RequestPart, SharingRequest
from tests.rules.citizen_side import CitizenSide
from tests.rules.city import City, undone

SIZES = (1, 10, 100)
Row = TypeVar("Row", bound=Model)


def copied(row: Row, **changes: Any) -> Row:
    """Another row like this one."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row)(**{**fields, **changes})


def more_datasets(city: City, number: int) -> None:
    row = city.world.conditional
    Dataset.objects.bulk_create([copied(row, code=f"Q{place:03}", name=f"copy_{place}") for place in range(number)])


def more_purposes(city: City, number: int) -> None:
    Purpose.objects.bulk_create([copied(city.world.purpose, code=f"purpose_{place}") for place in range(number)])


def more_people(city: City, number: int) -> None:
    people = Person.objects.bulk_create([copied(city.world.person("publisher"), username=f"dpf.copy_{place}") for place in range(number)])
    role = Membership.objects.get(person=city.world.person("publisher"))
    Membership.objects.bulk_create([copied(role, person_id=person.pk) for person in people])


def more_loads(city: City, number: int) -> None:
    row = Load.objects.get(pk=city.places[""]["load_id"])
    Load.objects.bulk_create([copied(row, id=uuid.uuid4()) for _ in range(number)])


def more_requests(city: City, number: int) -> None:
    row = SharingRequest.objects.get(number=city.places["submitted"]["number"])
    part = RequestPart.objects.get(request=row)
    for place in range(number):
        request = copied(row, number=f"copy-{place}")
        request.save()
        copy = copied(part, request_id=request.pk)
        copy.save()
        for wish in (RequestedItem, RequestedFact):
            wish.objects.bulk_create([copied(known, part_id=copy.pk) for known in wish.objects.filter(part=part)])


def more_agreements(city: City, number: int) -> None:
    row = city.world.agreement
    Agreement.objects.bulk_create([copied(row, agreement_id=f"copy{place}", part_id=None) for place in range(number)])


def more_entries(city: City, number: int) -> None:
    row = EntryIndex.objects.order_by("entry")[0]
    start = 1_000_000
    EntryIndex.objects.bulk_create([copied(row, entry=start + place) for place in range(number)])


# address -> who looks, and what there is more of
LISTS: dict[str, tuple[str, Callable[[City, int], None]]] = {
    "/api/v1/catalog/datasets": ("nobody", more_datasets),
    "/api/v1/catalog/purposes": ("nobody", more_purposes),
    "/api/v1/catalog/loads": ("pub", more_loads),
    "/api/v1/people": ("adm", more_people),
    "/api/v1/requests": ("req", more_requests),
    "/api/v1/agreements": ("req", more_agreements),
    "/api/v1/log/search": ("aud", more_entries),
    "/catalog.jsonld": ("nobody", more_datasets),
    "/en/catalog": ("nobody", more_datasets),
    "/en/console": ("own", more_requests),
    "/en/console/datasets": ("pub", more_loads),
    "/en/console/requests": ("own", more_requests),
    "/en/console/agreements": ("req", more_agreements),
    "/en/console/people": ("adm", more_people),
    "/en/audit": ("aud", more_entries),
}


def more_cases(side: CitizenSide, number: int) -> None:
    row = Case.objects.get(number=side.places["noticed"]["number"])
    pause = row.pauses.get()
    cases = Case.objects.bulk_create([copied(row, number=f"M04-copy-{place}") for place in range(number)])
    Pause.objects.bulk_create([copied(pause, case_id=case.pk) for case in cases])


def more_offers(side: CitizenSide, number: int) -> None:
    own = side.world.city.applicant("granted").subject
    row = Offer.objects.get(pk=side.places[""]["offer_id"])
    for _place in range(number):
        offer = copied(row, state="STOPPED")
        offer.found = sealed_told(offer, own, told_of(row, own))
        offer.save(force_insert=True)


def more_questions(side: CitizenSide, number: int) -> None:
    """Questions of as many citizens about one line."""
    row = Question.objects.get(pk=side.places[""]["question_id"])
    Question.objects.bulk_create([copied(row, subject_blind=os.urandom(32)) for _ in range(number)])


def more_of_ones_own(side: CitizenSide, number: int) -> None:
    """Questions and objections of one citizen, whose words are read."""
    own = side.world.city.applicant("granted").subject
    question = Question.objects.get(pk=side.places[""]["question_id"])
    objection = Objection.objects.get(pk=side.places[""]["objection_id"])
    for place in range(number):
        asked, objected = copied(question, entry=1_000_000 + place), copied(objection)
        asked.words = sealing.seal(own, "Why?", context=f"question:{asked.pk}")
        objected.words = sealing.seal(own, "No.", context=objection_context(objected))
        asked.save(force_insert=True)
        objected.save(force_insert=True)


def more_objections(side: CitizenSide, number: int) -> None:
    row = Objection.objects.get(pk=side.places[""]["objection_id"])
    Objection.objects.bulk_create([copied(row) for _ in range(number)])


def more_payments(side: CitizenSide, number: int) -> None:
    row = PaymentOrder.objects.get(pk=side.places["ordered"]["order_id"])
    PaymentOrder.objects.bulk_create([copied(row, attempt=10 + place) for place in range(number)])


SIDE_LISTS: dict[str, tuple[str, Callable[[CitizenSide, int], None]]] = {
    "/api/v1/affairs/cases": ("own", more_cases),
    "/api/v1/affairs/offers": ("own", more_offers),
    "/api/v1/affairs/payments": ("ofc", more_payments),
    "/en/me": ("own", more_cases),
    "/en/me/cases": ("own", more_cases),
    "/en/me/offers": ("own", more_offers),
    "/en/me/questions": ("own", more_of_ones_own),
    "/en/console/cases": ("ofc", more_cases),
    "/en/console/questions": ("ofc", more_questions),
    "/en/console/objections": ("prv", more_objections),
    "/en/console/payments": ("ofc", more_payments),
}


def costs(city: Any, path: str, persona: str, grow: Callable[[Any, int], None]) -> dict[int, int]:
    """How many queries a list takes for each size."""
    client, counts = city.client(persona), {}
    assert client.get(path).status_code == 200  # what is read once a process is read now
    for size in SIZES:
        with undone():
            grow(city, size)
            with CaptureQueriesContext(connection) as queries, CaptureQueriesContext(connections["keystore"]) as keys:
                assert client.get(path).status_code == 200
            counts[size] = len(queries) + len(keys)
    return counts


def told(found: dict[str, dict[int, int]]) -> None:
    """Fail with every list that costs more for more rows."""
    dear = {path: counts for path, counts in found.items() if max(counts.values()) > counts[1]}
    if dear:
        pytest.fail(f"queries by number of rows: {dear}", pytrace=False)


def test_lists_cost_no_more_for_100_rows_than_for_1(city: City) -> None:
    told({path: costs(city, path, persona, grow) for path, (persona, grow) in LISTS.items()})


def test_lists_of_the_citizens_side_cost_no_more_for_100_rows_than_for_1(citizen_side: CitizenSide) -> None:
    told({path: costs(citizen_side, path, persona, grow) for path, (persona, grow) in SIDE_LISTS.items()})
