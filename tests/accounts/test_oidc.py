"""Signing in with a provider: what its token proves opens and binds an account, and what does not hold opens nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.core.checks import run_checks
from django.test import Client
from pytest_django.fixtures import Settings

from audit.proof.keys import generate_private_key
from catalog.actions import register_department
from exchange.accounts.actions import add_person, bind, open_account, unbind
from exchange.accounts.models import Binding, Method, Person, Role
from exchange.accounts.subject import Assurance, Subject, subject_of
from tests.accounts.sign_in_provider import CLIENT_ID, SECRET, Provider, running
from tests.world_data import SUBJECTS

LUO, CHEN = SUBJECTS[0], SUBJECTS[1]
LOGIN, CALLBACK = "/en/accounts/oidc/city/login/", "/en/accounts/oidc/city/login/callback/"


@pytest.fixture
def provider(founded: None, settings: Settings) -> Iterator[Provider]:
    with running() as found:
        settings.OIDC_PROVIDERS = [
            {
                "id": "city",
                "title": {"en": "City sign-in", "zh": "城市统一认证"},
                "issuer": found.issuer,
                "client_id": CLIENT_ID,
                "secret": SECRET,
                "kind": "person",
                "identifier_claim": "id_number",
                "levels": {"face": "HIGH", "password": "LOW"},
            }
        ]
        found.claims = {"id_number": LUO, "name": "罗晓梅"}
        yield found


def sign_in(client: Client, provider: Provider, process: str = "login") -> Any:
    there = client.post(f"{LOGIN}?process={process}&next=/en/me/account")
    assert there.status_code == 302, there.content
    return client.get(f"{CALLBACK}?{provider.begin(there['Location'])}")


def who(client: Client) -> Person | None:
    found: Person | None = Person.objects.filter(pk=client.session.get("_auth_user_id")).first()
    return found


def test_a_first_sign_in_opens_an_account_and_binds_it(provider: Provider, client: Client) -> None:
    answer = sign_in(client, provider)
    assert answer["Location"] == "/en/me/account"
    person = who(client)
    assert person is not None
    assert (subject_of(person), person.assurance, person.name_zh) == (Subject("person", LUO), "SUBSTANTIAL", "罗晓梅")
    assert [binding.method for binding in Binding.objects.all()] == [Method.OIDC]


def test_the_second_sign_in_opens_the_same_account(provider: Provider) -> None:
    first, second = Client(), Client()
    sign_in(first, provider)
    sign_in(second, provider)
    assert who(first) == who(second)
    assert Person.objects.count() == Binding.objects.count() == SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("acr", "assurance"), [("face", "HIGH"), ("password", "LOW"), ("unheard-of", "SUBSTANTIAL"), (None, "SUBSTANTIAL")]
)
def test_the_assurance_comes_from_what_the_provider_says(provider: Provider, client: Client, acr: str | None, assurance: str) -> None:
    provider.claims["acr"] = acr
    sign_in(client, provider)
    assert [binding.assurance for binding in Binding.objects.all()] == [assurance]


def test_nothing_of_the_token_is_kept(provider: Provider, client: Client) -> None:
    sign_in(client, provider)
    kept = str(list(SocialAccount.objects.values())) + str(list(Person.objects.values())) + str(dict(client.session))
    for secret in (LUO, "somebody", "opaque"):
        assert secret not in kept
    assert not SocialToken.objects.exists()


_FAULTS: dict[str, dict[str, Any]] = {
    "for another program": {"aud": "another"},
    "for several programs, of which another asked": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "from another issuer": {"iss": "https://elsewhere.example"},
    "too old": {"exp": int(time.time()) - 3600},
    "from the future": {"iat": int(time.time()) + 3600},
    "without an end": {"exp": None},
    "for another sign-in": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "without a subject": {"sub": None},
    "without the identifier": {"id_number": None},
    "with half an identifier": {"id_number": LUO[:10]},
    "with an identifier that cannot be": {"id_number": LUO[:-1] + ("1" if LUO[-1] != "1" else "2")},
    "with a list of identifiers": {"id_number": [LUO, CHEN]},
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_token_that_does_not_hold_opens_nothing(provider: Provider, client: Client, fault: str) -> None:
    provider.claims |= _FAULTS[fault]
    answer = sign_in(client, provider)
    assert answer.status_code == 403
    assert LUO not in answer.content.decode()
    assert who(client) is None
    assert not Person.objects.exists()


def test_a_token_signed_by_another_key_opens_nothing(provider: Provider, client: Client) -> None:
    provider.signing_key = generate_private_key()
    assert sign_in(client, provider).status_code == 403
    assert not Person.objects.exists()


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_can_sign_opens_nothing(provider: Provider, client: Client, algorithm: str) -> None:
    provider.algorithm, provider.signing_key = algorithm, b"a-key-that-everybody-knows-and-is-long-enough"
    assert sign_in(client, provider).status_code == 403
    assert not Person.objects.exists()


def test_a_provider_that_calls_itself_otherwise_is_not_believed(provider: Provider, client: Client) -> None:
    there = client.post(LOGIN)
    provider.named = "https://elsewhere.example"
    assert client.get(f"{CALLBACK}?{provider.begin(there['Location'])}").status_code == 403
    assert not Person.objects.exists()


def test_the_way_back_is_good_once_and_in_the_session_that_began_it(provider: Provider) -> None:
    here, elsewhere = Client(), Client()
    back = f"{CALLBACK}?{provider.begin(here.post(LOGIN)['Location'])}"
    assert elsewhere.get(back).status_code == 403
    assert here.get(back).status_code == 302
    assert here.get(back).status_code == 403
    assert Person.objects.count() == 1


def test_a_code_without_its_verifier_is_refused_by_the_provider(provider: Provider, client: Client) -> None:
    query = provider.begin(client.post(LOGIN)["Location"])
    provider.challenge = "another"
    assert client.get(f"{CALLBACK}?{query}").status_code == 403


def test_the_address_bar_does_not_choose_what_is_asked(provider: Provider, client: Client) -> None:
    there = client.post(f"{LOGIN}?scope=everything&auth_params=redirect_uri%3Dhttps%3A%2F%2Felsewhere.example%26nonce%3Dknown")["Location"]
    assert "elsewhere" not in there
    assert "everything" not in there
    assert "nonce=known" not in there


def test_a_provider_that_is_down_is_told_as_such(provider: Provider, client: Client) -> None:
    provider.down = True
    assert client.post(LOGIN).status_code == 503


def test_whoever_turns_back_has_changed_nothing(provider: Provider, client: Client) -> None:
    query = provider.begin(client.post(LOGIN)["Location"]).replace("code=good", "error=access_denied")
    assert client.get(f"{CALLBACK}?{query}")["Location"] == "/en/me/who-are-you"
    assert not Person.objects.exists()


def test_a_link_alone_begins_no_sign_in(provider: Provider, client: Client) -> None:
    assert client.get(LOGIN).status_code == 405
    assert Client(enforce_csrf_checks=True).post(LOGIN).status_code == 403


def test_a_provider_in_a_table_is_none(provider: Provider, client: Client) -> None:
    SocialApp.objects.create(
        provider="openid_connect", provider_id="planted", name="x", client_id="x", settings={"server_url": provider.issuer}
    )
    assert client.post("/en/accounts/oidc/planted/login/").status_code == 404
    assert client.get("/en/accounts/oidc/planted/login/callback/").status_code == 404


def test_an_account_with_a_password_is_linked_and_keeps_it(provider: Provider, client: Client) -> None:
    person = open_account("luo", password="a-long-and-rare-password", acting_system="tests")
    client.force_login(person)
    sign_in(client, provider, process="connect")
    assert who(client) == person
    assert subject_of(Person.objects.get(pk=person.pk)) == Subject("person", LUO)
    again = Client()
    sign_in(again, provider)
    assert who(again) == person


def test_a_sign_in_of_somebody_else_is_not_linked(provider: Provider, client: Client) -> None:
    sign_in(Client(), provider)
    other = open_account("chen", password=None, acting_system="tests")
    client.force_login(other)
    assert sign_in(client, provider, process="connect").status_code == 409
    assert not Person.objects.get(pk=other.pk).identifier_blind


def test_an_account_at_work_is_not_linked(provider: Provider, client: Client) -> None:
    department = register_department("CAB", name={"en": "Civil Affairs", "zh": "民政局"}, acting_system="tests")
    officer = add_person("officer", names={"en": "A", "zh": ""}, department=department, role=Role.OFFICER, acting_user=None)
    client.force_login(officer)
    assert sign_in(client, provider, process="connect").status_code == 403
    assert not Binding.objects.exists()


def test_a_provider_that_changes_its_mind_about_somebody_is_refused(provider: Provider) -> None:
    sign_in(Client(), provider)
    provider.claims["id_number"] = CHEN
    client = Client()
    assert sign_in(client, provider).status_code == 409
    assert who(client) is None


def test_a_weaker_sign_in_does_not_take_a_stronger_account(provider: Provider, client: Client) -> None:
    strong = open_account("strong", password=None, acting_system="tests")
    bind(strong, subject=Subject("person", LUO), method=Method.CODE, assurance=Assurance.HIGH, acting_system="tests")
    assert sign_in(client, provider).status_code == 409
    assert who(client) is None
    assert Person.objects.count() == 1
    unbind(strong, acting_user=strong)
    assert sign_in(client, provider).status_code == 302


def test_a_closed_account_is_not_opened_by_its_provider(provider: Provider) -> None:
    sign_in(Client(), provider)
    Person.objects.update(is_active=False)
    client = Client()
    assert sign_in(client, provider).status_code == 403
    assert who(client) is None


def test_the_second_step_of_an_account_is_asked_for(provider: Provider, client: Client) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    sign_in(Client(), provider)
    TOTP.activate(Person.objects.get(), generate_totp_secret())
    assert sign_in(client, provider)["Location"].startswith("/en/accounts/2fa/authenticate/")
    assert who(client) is None


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"issuer": "http://elsewhere.example"}, "accounts.E003"),
        ({"levels": {"x": "ENORMOUS"}}, "accounts.E002"),
        ({"kind": None}, None),
    ],
)
def test_the_check_tells_a_provider_that_is_not_safe(settings: Settings, entry: dict[str, Any], code: str | None) -> None:
    right = {"id": "city", "issuer": "https://login.example", "client_id": "x", "kind": "person", "identifier_claim": "id"}
    settings.OIDC_PROVIDERS = [right | entry]
    assert [message.id for message in run_checks(tags=["security"]) if str(message.id).startswith("accounts")] == ([code] if code else [])


def test_an_incomplete_provider_is_told_by_the_check(settings: Settings) -> None:
    settings.OIDC_PROVIDERS = [{"id": "city"}]
    assert "accounts.E002" in [message.id for message in run_checks(tags=["security"])]


def test_the_page_offers_the_provider_by_its_name(provider: Provider, client: Client) -> None:
    assert "City sign-in" in client.get("/en/me/who-are-you").content.decode()
    assert "城市统一认证" in client.get("/zh-hans/me/who-are-you").content.decode()
