"""`/api/v1/systems` and `/api/v1/key_requests`: a department's systems with their keys, and keys that are handed in."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.proof.canonical import b64url
from catalog.models import Key, System
from exchange.accounts.acting import departments_of
from exchange.accounts.api import caller_of, parsed
from exchange.accounts.errors import Missing
from exchange.accounts.key_requests import actions
from exchange.accounts.models import KeyRequest, KeyRequestState, KeyWish

TAGS = ["keys"]


class SystemKeyOut(serializers.Serializer[Any]):
    """One certified key."""

    keyid = serializers.CharField()
    use = serializers.CharField()
    custody = serializers.CharField()
    not_before = serializers.CharField(source="certificate.not_before")
    not_after = serializers.CharField(source="certificate.not_after")
    public_key = serializers.CharField(source="certificate.public_key")
    is_revoked = serializers.SerializerMethodField()

    def get_is_revoked(self, key: Key) -> bool:
        """Whether it has ended before its time."""
        return key.revoked_seq is not None


class KeyRequestOut(serializers.Serializer[Any]):
    """A request about a key, and what became of it."""

    id = serializers.UUIDField()
    wish = serializers.ChoiceField(KeyWish.choices)
    keyid = serializers.CharField()
    public_key = serializers.SerializerMethodField()
    state = serializers.ChoiceField(KeyRequestState.choices)
    asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)

    def get_public_key(self, asked: KeyRequest) -> str:
        """In base64url."""
        return b64url(bytes(asked.public_key))


class SystemOut(serializers.Serializer[Any]):
    """One system of a department with its keys, and what waits about them."""

    code = serializers.CharField()
    department = serializers.CharField(source="department_id")
    name = serializers.CharField()
    keys = SystemKeyOut(many=True)
    waiting = KeyRequestOut(many=True)


class SystemsOut(serializers.Serializer[Any]):
    """All systems of the caller's departments."""

    results = SystemOut(many=True)


class KeyRequestIn(serializers.Serializer[Any]):
    """A key to be certified, or (REVOKE) one whose end is asked."""

    wish = serializers.ChoiceField(KeyWish.choices, default=KeyWish.CERTIFY.value)
    system = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=64)
    public_key = serializers.CharField(max_length=100, default="", allow_blank=True, help_text="Ed25519, base64url; for CERTIFY.")


class Systems(APIView):
    """Systems."""

    @extend_schema(operation_id="listSystems", tags=TAGS, responses=SystemsOut)
    def get(self, request: Request) -> Response:
        """List the systems of your departments with their keys and with what waits for an administrator."""
        systems = list(System.objects.filter(department__in=departments_of(caller_of(request))).order_by("code"))
        codes = [system.code for system in systems]
        keys, waiting = list(Key.objects.filter(use="system", certificate__owner__in=codes).order_by("keyid")), _waiting(codes)
        rows = [
            {
                **{name: getattr(system, name) for name in ("code", "department_id", "name")},
                "keys": [key for key in keys if key.certificate["owner"] == system.code],
                "waiting": [asked for asked in waiting if asked.system == system.code],
            }
            for system in systems
        ]
        return Response(SystemsOut({"results": rows}).data)


class KeyRequests(APIView):
    """Handing in."""

    @extend_schema(operation_id="askAboutKey", tags=TAGS, request=KeyRequestIn, responses={201: KeyRequestOut})
    def post(self, request: Request) -> Response:
        """Hand in a public key to be certified, or ask for a key's end. An administrator of your department decides on the page."""
        person, data = caller_of(request), parsed(KeyRequestIn, request)
        system = System.objects.filter(code=data["system"], department__in=departments_of(person)).first()
        if system is None:
            raise Missing(_("There is no such system in your departments."))
        if data["wish"] == KeyWish.CERTIFY:
            asked = actions.ask_certificate(system, name=data["name"], public_key=data["public_key"], acting_user=person)
        else:
            asked = actions.ask_end(system, name=data["name"], acting_user=person)
        return Response(KeyRequestOut(asked).data, status=201)


class OneKeyRequest(APIView):
    """What became of it."""

    @extend_schema(operation_id="getKeyRequest", tags=TAGS, responses=KeyRequestOut)
    def get(self, request: Request, request_id: uuid.UUID) -> Response:
        """Whether it waits, is done, or was refused."""
        found = KeyRequest.objects.filter(pk=request_id, department__in=departments_of(caller_of(request))).first()
        if found is None:
            raise Missing(_("There is no such request, or it is not of your departments."))
        return Response(KeyRequestOut(found).data)


def _waiting(codes: list[str]) -> list[KeyRequest]:
    return list(KeyRequest.objects.filter(system__in=codes, state=KeyRequestState.WAITING))
