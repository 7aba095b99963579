"""What the API of the catalogue sends and takes. Reads are built by hand from rows; these classes write the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.description.shape import FREQUENCIES, ITEM_TYPES, SHARING
from catalog.description.stores import KINDS
from catalog.lifecycle import LoadState


class Text(serializers.Serializer[Any]):
    """A text in both languages."""

    en = serializers.CharField()
    zh = serializers.CharField()


class NamedCode(serializers.Serializer[Any]):
    """A department or a purpose: its code, and its name in both languages."""

    code = serializers.CharField()
    name = Text()


class Item(serializers.Serializer[Any]):
    """One data item of a dataset."""

    name = serializers.CharField()
    title = Text()
    type = serializers.ChoiceField(choices=ITEM_TYPES)
    identifier = serializers.CharField(allow_blank=True)
    sensitivity = serializers.IntegerField(min_value=1, max_value=4)
    sharing_attribute = serializers.ChoiceField(choices=SHARING)
    restricted = serializers.BooleanField()
    may_be_asked = serializers.BooleanField()


class Fact(serializers.Serializer[Any]):
    """One yes/no question that a dataset answers."""

    name = serializers.CharField()
    title = Text()
    parameters = serializers.ListField(child=serializers.DictField())


class Freshness(serializers.Serializer[Any]):
    """The current revision: as of when, how many rows, and the hashes that its act names."""

    as_of = serializers.DateTimeField()
    row_count = serializers.IntegerField()
    rows = serializers.CharField()
    lookup = serializers.CharField()
    act = serializers.IntegerField()


class Store(serializers.Serializer[Any]):
    """Who answers: the hub from a loaded revision, the department's own service or database, or an officer within working days."""

    kind = serializers.ChoiceField(choices=KINDS)
    working_days = serializers.IntegerField(min_value=1, required=False)


class DatasetEntry(serializers.Serializer[Any]):
    """A dataset in a list."""

    code = serializers.CharField()
    name = serializers.CharField()
    title = Text()
    description = Text()
    provider = NamedCode()
    sharing_attribute = serializers.ChoiceField(choices=SHARING)
    sensitivity = serializers.IntegerField(min_value=1, max_value=4)
    open = serializers.BooleanField()
    offline = serializers.BooleanField()
    update_frequency = serializers.ChoiceField(choices=FREQUENCIES)
    version = serializers.CharField()
    major = serializers.IntegerField()
    revision = Freshness(allow_null=True)
    store = Store()


class Sample(serializers.Serializer[Any]):
    """Sample rows; the values of the items in `made` are made up."""

    items = serializers.ListField(child=serializers.CharField())
    made = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.DictField())


class DatasetDetail(DatasetEntry):
    """A dataset with everything that the catalogue says about it."""

    items = Item(many=True)
    facts = Fact(many=True)
    legal_basis = serializers.DictField()
    sample = Sample()
    quality = serializers.DictField()


class FacetValue(serializers.Serializer[Any]):
    """How many datasets have a value."""

    value = serializers.CharField()
    count = serializers.IntegerField()


class DatasetPage(serializers.Serializer[Any]):
    """One page of a search."""

    datasets = DatasetEntry(many=True)
    total = serializers.IntegerField()
    facets = serializers.DictField(child=FacetValue(many=True))
    next_cursor = serializers.CharField(allow_null=True)


class Version(serializers.Serializer[Any]):
    """A published version: its hash, its act, and the signed document."""

    hash = serializers.CharField()
    major = serializers.IntegerField()
    act = serializers.IntegerField()
    document = serializers.DictField()


class Publication(serializers.Serializer[Any]):
    """What is sent to publish a description: the dataset version without `hub` and `nonce`."""

    document = serializers.DictField()


class Reason(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=500)


class Upload(serializers.Serializer[Any]):
    """A file to load."""

    file = serializers.FileField()
    as_of = serializers.DateTimeField(required=False)


class LoadStatus(serializers.Serializer[Any]):
    """Where a file is on its way to a revision."""

    id = serializers.UUIDField()
    dataset = serializers.CharField()
    filename = serializers.CharField()
    state = serializers.ChoiceField(choices=LoadState.choices())
    progress = serializers.IntegerField(min_value=0, max_value=100)
    row_count = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    rows = serializers.CharField(allow_blank=True)
    lookup = serializers.CharField(allow_blank=True)
    report = serializers.DictField()
    allowed = serializers.ListField(child=serializers.CharField())


class LoadPage(serializers.Serializer[Any]):
    """One page of loads, the newest first."""

    loads = LoadStatus(many=True)
    next_cursor = serializers.CharField(allow_null=True)
