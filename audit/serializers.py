"""Shapes of the log's part of the management API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from audit.models import EntryIndex


class ProofSerializer(serializers.Serializer[Any]):
    """An inclusion proof: `path` as `sha256:…`, nearest sibling first, under the checkpoint that is with it."""

    index = serializers.IntegerField()
    size = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField()


class EntrySerializer(serializers.Serializer[Any]):
    """One entry: exact bytes in standard base64; disclosures for auditors only, else left out."""

    index = serializers.IntegerField()
    entry = serializers.CharField()
    leaf = serializers.CharField()
    disclosures = serializers.ListField(child=serializers.CharField(), required=False)


class EntryIndexSerializer(serializers.ModelSerializer[EntryIndex]):
    """One line of a search."""

    class Meta:
        model = EntryIndex
        fields = [
            "entry",
            "time_ms",
            "type",
            "act_type",
            "act_seq",
            "requester",
            "system",
            "provider",
            "dataset",
            "agreement",
            "method",
            "purpose",
            "outcome",
            "reason",
            "count",
        ]


class SearchSerializer(serializers.Serializer[Any]):
    """A page of search results, newest first; `next` goes into `before` for the page after, null on the last."""

    results = EntryIndexSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


class KeyActSerializer(serializers.Serializer[Any]):
    """An act about a key: exact bytes in standard base64 and the hub's signature over them."""

    seq = serializers.IntegerField()
    keyid = serializers.CharField()
    act = serializers.CharField()
    hub_signature = serializers.JSONField()


class KeysSerializer(serializers.Serializer[Any]):
    """The log's origin, the authority's root key, and every act that certifies or revokes a key."""

    log = serializers.CharField()
    authority_root = serializers.CharField()
    acts = KeyActSerializer(many=True)
