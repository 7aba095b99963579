"""A list costs the same number of queries for 1, 10 and 100 rows (style 31): no list asks once more for each row."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from audit.models import EntryIndex
from catalog.models import Dataset, Load, Purpose
from exchange.accounts.models import Membership, Person
from exchange.sharing.models import Agreement, RequestedFact, RequestedItem, RequestPart, SharingRequest
from tests.rules.city import City

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


def test_lists_cost_no_more_for_100_rows_than_for_1(city: City) -> None:
    from tests.rules.city import undone

    found = {}
    for path, (persona, grow) in LISTS.items():
        client = city.client(persona)
        assert client.get(path).status_code == 200  # what is read once a process is read now
        counts = []
        for size in SIZES:
            with undone():
                grow(city, size)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(path).status_code == 200
                counts.append(len(queries))
        if max(counts) > counts[0]:
            found[path] = dict(zip(SIZES, counts, strict=True))
    if found:
        pytest.fail(f"queries by number of rows: {found}", pytrace=False)
