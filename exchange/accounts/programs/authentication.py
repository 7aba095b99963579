"""A program's token at the management API. Here, and nowhere else, is decided what a program may do at all."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from exchange.accounts.programs import acting, actions
from exchange.accounts.programs.errors import NotForPrograms, ScopeNeeded
from exchange.accounts.programs.scopes import scope_of

_WORD = b"bearer"


class ProgramToken(BaseAuthentication):
    """`Authorization: Bearer …` (RFC 6750): the person for whom the program acts, within what they allowed.

    It stands before the session: whoever sends a token is judged by the token alone, whatever cookies come with it.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person and the program; None where there is no token. Raises AuthenticationFailed, NotForPrograms, ScopeNeeded."""
        said = get_authorization_header(request).split()
        if not said or said[0].lower() != _WORD:
            return None
        program = actions.find(said[1].decode("latin-1")) if len(said) == 2 else None
        if program is None:
            raise AuthenticationFailed(_("This token opens nothing, or no longer: run “hub login”."))
        needed = scope_of(request.method or "", _route_of(request))
        if needed is None:
            raise NotForPrograms(_("No program may do this: sign in on the pages."))
        if needed not in program.scopes:
            raise ScopeNeeded(
                _("This needs the scope %(scope)s: run “hub login --scope %(scope)s”.") % {"scope": needed.value}, scope=needed.value
            )
        acting.acts(program.pk)
        return program.person, program

    def authenticate_header(self, request: Request) -> str:
        """What the answer 401 names: for a program its token, for everybody else the session of the sign-in page."""
        is_program = get_authorization_header(request)[: len(_WORD)].lower() == _WORD
        return 'Bearer realm="hub", error="invalid_token"' if is_program else 'Session realm="hub"'


def _route_of(request: Request) -> str:
    found = getattr(request, "_request", request).resolver_match
    return found.route if found else ""
