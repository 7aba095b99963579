"""The log's part of the management API: proofs and raw entries for everybody, disclosures and search for auditors."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from audit import proofs, search
from audit.errors import Fault, Invalid
from audit.keys_document import keys_document
from audit.models import EntryIndex
from audit.readers import may_read_log, require_auditor
from audit.serializers import EntrySerializer, KeysSerializer, ProofSerializer, SearchSerializer

_HASH = "sha256:"


class ProofView(GenericAPIView[Any]):
    """Where an entry stands in the log, proved under the newest checkpoint. Give `leaf` (sha256:…) or `index`."""

    permission_classes = [AllowAny]
    serializer_class = ProofSerializer
    filter_backends: list[Any] = []
    pagination_class = None

    def get(self, request: Request) -> Response:
        """Prove the inclusion of one entry."""
        leaf, index = request.query_params.get("leaf"), request.query_params.get("index")
        if leaf is not None:
            return Response(proofs.inclusion(leaf=_leaf(leaf)))
        return Response(proofs.inclusion(index=_index(index or "")))


class EntryView(GenericAPIView[Any]):
    """The exact bytes of one entry; auditors also get what is disclosed beside it."""

    permission_classes = [AllowAny]
    serializer_class = EntrySerializer
    filter_backends: list[Any] = []
    pagination_class = None

    def get(self, request: Request, index: int) -> Response:
        """Read one entry."""
        found = proofs.entry(index)
        document: dict[str, Any] = {"index": index, "entry": _text(found.raw), "leaf": _HASH + found.leaf.hex()}
        if may_read_log(request.user):
            document["disclosures"] = list(found.disclosures)
        return Response(document)


class SearchView(GenericAPIView[Any]):
    """Search the log by department, dataset, purpose, outcome, agreement, type and time (ms), newest first."""

    permission_classes = [IsAuthenticated]
    serializer_class = SearchSerializer
    queryset = EntryIndex.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None

    def get(self, request: Request) -> Response:
        """One page of lines."""
        require_auditor(request.user)
        rows, following = search.page(request.query_params)
        return Response(SearchSerializer({"results": rows, "next": following}).data)


class KeysView(GenericAPIView[Any]):
    """Every act that certifies or revokes a key, to be checked from the authority's root."""

    permission_classes = [AllowAny]
    serializer_class = KeysSerializer
    filter_backends: list[Any] = []
    pagination_class = None

    def get(self, _request: Request) -> Response:
        """The acts, in order."""
        return Response(keys_document())


def _leaf(text: str) -> bytes:
    try:
        leaf = bytes.fromhex(text.removeprefix(_HASH))
    except ValueError:
        leaf = b""
    if len(leaf) != 32:
        raise Invalid(_("A leaf is given as sha256: and 64 hexadecimal digits."), faults=[Fault("leaf", "hash", "")])
    return leaf


def _index(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid(_("Give leaf, or index as a whole number."), faults=[Fault("index", "whole_number", "")])
    return int(text)


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
