"""No view of the API drops its guards: whoever opens one to everybody has to write it down here, with the reason (style 30)."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.views import APIView

from exchange.accounts.authentication import DemoPassword, SignedInSession
from exchange.accounts.programs.authentication import ProgramToken
from tests.rules.routes import Route, all_routes

# Views that strangers may call, and why nothing leaks by it.
OPEN_TO_EVERYBODY = {
    "ProofView": "proofs hold hashes",
    "EntryView": "the bytes of an entry are salted digests; disclosures are for auditors (audit/readers.py)",
    "KeysView": "certificates of public keys",
    "DatasetList": "descriptions are public, rows are not",
    "DatasetView": "descriptions are public; a sample has real values of sensitivity 1 only",
    "VersionList": "signed descriptions are public",
    "DepartmentList": "names of departments",
    "PurposeList": "names of purposes",
    "Matters": "which services there are",
    "OneMatter": "what is asked for a service, and why",
    "LicenceStatusView": "whether a licence holds, never whose it is",
    "OneOrder": "the number of an order that waits is a secret of its own: it shows the text to be signed, and no person",
    "HandInSignature": "only the department's key makes the signature that it takes (exchange/sharing/offers/handing.py)",
    "AskForAccess": "a program that has nothing yet asks; what counts is the code that a signed-in person allows on a page",
    "CollectToken": "the device code is a secret of 256 random bits, good once",
    "RevokeToken": "whoever has a token may only end it",
    "SpectacularJSONAPIView": "the OpenAPI document",
    "SpectacularSwaggerSplitView": "its reading room",
}
KNOWN_AUTHENTICATION: set[type[BaseAuthentication]] = {ProgramToken, SignedInSession, DemoPassword}


def api_routes() -> list[Route]:
    """Every address that a view of the REST framework answers."""
    return [route for route in all_routes() if route.view_class and issubclass(route.view_class, APIView)]


def guards(view: type[Any]) -> tuple[Any, ...]:
    """Its permission classes as the framework will read them."""
    return tuple(view.permission_classes)


def test_everything_below_api_is_a_view_that_has_guards() -> None:
    below = {route.path for route in all_routes() if route.path.startswith("api/")}
    assert below == {route.path for route in api_routes()}


def test_every_view_asks_for_sign_in_but_those_that_are_listed() -> None:
    found = {route.view_class.__name__: guards(route.view_class) for route in api_routes() if route.view_class}
    opened = {name for name, classes in found.items() if classes != (IsAuthenticated,)}
    assert opened == set(OPEN_TO_EVERYBODY)
    assert {found[name] for name in opened} == {(AllowAny,)}


def test_every_view_that_asks_for_sign_in_knows_our_ways_to_sign_in_and_no_other() -> None:
    for route in api_routes():
        assert route.view_class is not None
        if route.view_class.__name__ not in OPEN_TO_EVERYBODY:
            ways = set(route.view_class.authentication_classes)
            assert SignedInSession in ways, route.path
            assert ways <= KNOWN_AUTHENTICATION, route.path


def test_no_view_swaps_its_guards_while_it_runs() -> None:
    for route in api_routes():
        assert route.view_class is not None
        for name in ("get_permissions", "check_permissions", "get_authenticators", "perform_authentication", "initial"):
            owner = next(base for base in route.view_class.__mro__ if name in vars(base))
            assert owner is APIView, f"{route.path} has a {name} of its own"


def test_only_what_changes_nothing_is_exempt_from_cross_site_protection() -> None:
    exempt = {route.path for route in all_routes() if getattr(route.view, "csrf_exempt", False) and not route.path.startswith("api/")}
    # The choice of colours harms nobody; the inner view of `verify` is protected, only its limits stand before;
    # a call to the sandbox carries its own signature and no cookie counts there.
    assert exempt == {"theme", "page:verify", "^sandbox/exchange/.*$"}
