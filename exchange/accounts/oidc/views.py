"""To the sign-in provider and back. allauth keeps the state, the code exchange and PKCE; what the token proves is decided here."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from audit.errors import Unavailable
from exchange.accounts.errors import NotProved
from exchange.accounts.models import Person
from exchange.accounts.oidc.configuration import SignInProvider, providers
from exchange.accounts.oidc.linking import account_of
from exchange.accounts.oidc.proof import Proof, proof_of
from exchange.accounts.oidc.tokens import Expected, TokenRefused, verified_claims


class _Callback(OAuth2CallbackView):  # type: ignore[misc]
    """Comes back with a code; leaves with somebody signed in, or with a reason why not."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Authorise, exchange the code, verify the token, open the account."""
        provider = self.adapter.get_provider()
        state, refused = self._get_state(request, provider)
        if refused is not None:
            return _without_state()
        if "code" not in request.GET:
            messages.info(request, _("You did not sign in there. Nothing has changed."))
            return redirect("bind")
        known = providers()[provider.app.provider_id]
        return _opened(request, known, self._proof(request, provider, known, state), state)

    def _proof(self, request: HttpRequest, provider: Any, known: SignInProvider, state: dict[str, Any]) -> Proof:
        try:
            client = self.adapter.get_client(request, provider.app)
            answer = self.adapter.get_access_token_data(request, provider.app, client, pkce_code_verifier=state.get("pkce_code_verifier"))
            config = self.adapter.openid_config
            if config["issuer"].rstrip("/") != known.issuer.rstrip("/"):
                raise TokenRefused("the provider calls itself otherwise")
            keys = _fetched(config["jwks_uri"])
            expected = Expected(config["issuer"], known.client_id, str(state.get("nonce", "")))
            return proof_of(verified_claims(str(answer.get("id_token", "")), keys=keys, expected=expected), known)
        except (OAuth2Error, TokenRefused, KeyError):
            raise NotProved(_("What the sign-in provider sent cannot be trusted. Nothing was opened. Start again from our page.")) from None
        except OSError:  # what the library's client raises where nobody answers
            raise _silent() from None


@require_POST
@never_cache
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider."""
    return _with(OAuth2LoginView, request, provider_id)


@require_GET
@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _with(_Callback, request, provider_id)


def _with(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    if provider_id not in providers():
        raise Http404
    try:
        answer: HttpResponse = view.adapter_view(OpenIDConnectOAuth2Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except OSError:
        raise _silent() from None
    return answer


def _opened(request: HttpRequest, known: SignInProvider, proof: Proof, state: dict[str, Any]) -> HttpResponse:
    is_linking = state.get("process") == AuthProcess.CONNECT and request.user.is_authenticated
    signed_in: Person | None = request.user if is_linking else None  # type: ignore[assignment]
    person = account_of(known.id, proof, signed_in=signed_in)
    target = _ours(request, state.get("next"))
    if is_linking:
        request.session.cycle_key()
        return redirect(target)
    answer: HttpResponse = perform_login(request, person, email_verification="none", redirect_url=target)
    return answer


def _without_state() -> HttpResponse:
    raise NotProved(_("This sign-in was not begun here, or took too long. Start again from our page."))


def _silent() -> Unavailable:
    return Unavailable(_("The sign-in provider does not answer. Try again later, or use a code to your phone."))


def _fetched(address: str) -> dict[str, Any]:
    import httpx

    try:
        answer = httpx.get(address, timeout=5).raise_for_status()
    except httpx.HTTPError:
        raise _silent() from None
    keys: dict[str, Any] = answer.json()
    return keys


def _ours(request: HttpRequest, target: Any) -> str:
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return str(target) if target and is_ours else resolve_url(settings.CITIZEN_REDIRECT_URL)
