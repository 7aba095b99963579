"""`/api/v1/programs/…`: how a program asks for access and collects its token (RFC 8628), and gives it back (RFC 7009).

Open to strangers: the program has nothing yet, and what counts is the code that a signed-in person allows on a page.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.accounts.limits import address_of
from exchange.accounts.models.programs import MACHINE_LENGTH
from exchange.accounts.programs import actions, errors
from exchange.accounts.programs.scopes import Scope, read_scopes

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
TAGS = ["programs"]
_NOT_KEPT = {"Cache-Control": "no-store"}


class AskIn(serializers.Serializer[Any]):
    """Which program asks for what."""

    client_id = serializers.CharField(max_length=40, help_text="What kind of program: hub, for instance.")
    machine = serializers.CharField(max_length=MACHINE_LENGTH, help_text="The machine's name, as the person will read it.")
    scope = serializers.CharField(default=Scope.READ.value, help_text="read, requests, officer; with spaces between.")


class AccessAskedOut(serializers.Serializer[Any]):
    """RFC 8628, section 3.2."""

    device_code = serializers.CharField()
    user_code = serializers.CharField()
    verification_uri = serializers.CharField()
    verification_uri_complete = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    interval = serializers.IntegerField(help_text="Seconds between two questions for the token.")


class TokenIn(serializers.Serializer[Any]):
    """RFC 8628, section 3.4."""

    grant_type = serializers.CharField()
    device_code = serializers.CharField(max_length=200)
    client_id = serializers.CharField(max_length=40)


class TokenOut(serializers.Serializer[Any]):
    """RFC 6749, section 5.1; `person` is the sign-in name of whoever allowed it."""

    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds; unused for twelve hours it ends earlier.")
    scope = serializers.CharField()
    person = serializers.CharField()


class RevokeIn(serializers.Serializer[Any]):
    """RFC 7009, section 2.1."""

    token = serializers.CharField(max_length=200)


class _Open(APIView):
    """A door for programs that have nothing yet; bodies as forms, as the standards have it, or as JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (FormParser, JSONParser)

    def asked(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The body by its shape. Raises BadAsking."""
        found = shape(data=self.request.data)
        if not found.is_valid():
            raise errors.BadAsking(_("Missing or malformed: %(members)s.") % {"members": ", ".join(sorted(found.errors))})
        data: dict[str, Any] = found.validated_data
        return data


class AskForAccess(_Open):
    """The device authorization endpoint."""

    @extend_schema(operation_id="askForAccess", tags=TAGS, auth=[], request=AskIn, responses={200: AccessAskedOut})
    def post(self, request: Request) -> Response:
        """Begin: show the code to a person, who allows it on the page, and ask `collectToken` meanwhile."""
        data = self.asked(AskIn)
        try:
            scopes = read_scopes(data["scope"])
        except ValueError:
            raise errors.UnknownScope(_("There are the scopes read, requests and officer.")) from None
        asked = actions.ask(_printable(data["machine"]), scopes=scopes, address=address_of(request))
        page = settings.PUBLIC_URLS[0] + _page(request)
        told = {
            "device_code": asked.device_code,
            "user_code": asked.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({'user_code': asked.user_code})}",
            "expires_in": asked.expires_in_s,
            "interval": asked.interval_s,
        }
        return Response(told, headers=_NOT_KEPT)


class CollectToken(_Open):
    """The token endpoint."""

    @extend_schema(operation_id="collectToken", tags=TAGS, auth=[], request=TokenIn, responses={200: TokenOut})
    def post(self, request: Request) -> Response:
        """Collect the token, once. Until then 400 with `error` authorization_pending, slow_down, access_denied or expired_token."""
        data = self.asked(TokenIn)
        if data["grant_type"] != GRANT:
            raise errors.BadAsking(_("The member grant_type is %(type)s here.") % {"type": GRANT})
        program, token = actions.collect(data["device_code"], address=address_of(request))
        told = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int((program.ends_at - timezone.now()).total_seconds()),
            "scope": " ".join(program.scopes),
            "person": program.person.username or "",
        }
        return Response(told, headers=_NOT_KEPT)


class RevokeToken(_Open):
    """The revocation endpoint."""

    @extend_schema(operation_id="revokeToken", tags=TAGS, auth=[], request=RevokeIn, responses={200: None})
    def post(self, request: Request) -> Response:
        """Give a token back: it opens nothing from now on."""
        actions.end_by_token(self.asked(RevokeIn)["token"])
        return Response(status=200, headers=_NOT_KEPT)


def _page(request: Request) -> str:
    """The page in the language that the program asked for."""
    with translation.override(translation.get_language_from_request(getattr(request, "_request", request))):
        return reverse("account_programs")


def _printable(text: str) -> str:
    """A machine's name as one line of what can be seen. Raises BadAsking."""
    name = " ".join(text.split())
    if not name.isprintable():
        raise errors.BadAsking(_("Missing or malformed: %(members)s.") % {"members": "machine"})
    return name
