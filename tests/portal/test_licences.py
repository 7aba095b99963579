"""The pages of a licence: its holder's, and the ones that anybody opens, which say only what the holder chose to show."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.proof.status_list import Status, verify_list
from exchange.accounts.models import Person
from exchange.accounts.subject import Assurance, Subject, sealed_for
from exchange.affairs.licences import change_status, holding, issue
from exchange.affairs.licences.lifecycle import LicenceStatus
from exchange.affairs.licences.places import list_address
from exchange.affairs.licences.signing import licence_keys
from exchange.affairs.models import Case, Licence
from exchange.privacy import LicencesAreNotLogged
from tests.affairs import licence_rows as rows
from tests.affairs.licence_rows import CARE, CITIZEN, LIVING

pytestmark = pytest.mark.usefixtures("founded")
NOBODY = "a" * 26
ZH = {"HTTP_ACCEPT_LANGUAGE": "zh-CN"}


def _person(subject: Subject = CITIZEN) -> Person:
    person = Person(identifier_kind=subject.kind, identifier_blind=subject.blind, assurance=Assurance.SUBSTANTIAL, name_en="Wang")
    person.identifier_sealed = sealed_for(person.pk, subject)
    person.save()
    return person


def _licence(*, account: bool = True) -> Licence:
    from django.utils import timezone

    case: Case = rows.granted_case()
    if account:
        rows.give_account(case, bank="ICBC", last_four="1234")
    judged = rows.judgement(LIVING, CARE)
    with transaction.atomic():
        return issue(case, rows.decided(case, judged), judged, at=timezone.now())


def _revoke(licence: Licence) -> None:
    change_status(licence, status=LicenceStatus.REVOKED, reason="False promise.", acting_system="CAB-affairs")


@pytest.fixture
def holder(client: Client) -> Client:
    """The browser of the licence's holder."""
    client.force_login(_person(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _text(response: Any) -> str:
    return str(response.content.decode())


def test_anybody_reads_that_a_licence_is_valid_and_not_whose_it_is(client: Client) -> None:
    licence = _licence()
    page = client.get(f"/v/{licence.pk}")
    assert "Valid" in _text(page)
    assert "Decision on two disability allowances" in _text(page)
    for secret in (CITIZEN.identifier, "8882", "ICBC", licence.case.number):
        assert secret not in _text(page)


def test_page_follows_the_readers_language_and_a_choice(client: Client) -> None:
    licence = _licence()
    assert "有效" in _text(client.get(f"/v/{licence.pk}", **ZH))
    chosen = client.get(f"/v/{licence.pk}?language=en", **ZH)
    assert (chosen["Content-Language"], "有效" in _text(chosen)) == ("en", False)


@pytest.mark.parametrize("status", [LicenceStatus.CHANGED, LicenceStatus.REVOKED])
def test_what_holds_no_more_is_said(client: Client, status: LicenceStatus) -> None:
    licence = _licence()
    change_status(licence, status=status, reason="A secret reason.", acting_system="CAB-affairs")
    page = _text(client.get(f"/v/{licence.pk}"))
    assert status.value.capitalize() in page
    assert "A secret reason" not in page


def test_ended_licence_is_not_valid(client: Client) -> None:
    licence = _licence()
    Licence.objects.filter(pk=licence.pk).update(valid_from="2020-01-01", valid_until="2021-01-01")
    page = _text(client.get(f"/v/{licence.pk}"))
    assert "Its time is over." in page
    assert "holds today" not in page


@pytest.mark.parametrize("licence_id", [NOBODY, "x", "0", "a" * 200, "%E4%B8%AD", "a b"])
def test_ids_that_nobody_has_look_alike_and_cost_the_same(client: Client, django_assert_num_queries: Any, licence_id: str) -> None:
    """A wrong one is counted as well (docs/decisions/0088), whatever it looks like; the page says as much as the time it takes."""
    licence = _licence()
    with django_assert_num_queries(1):
        assert client.get(f"/v/{licence.pk}").status_code == 200
    with CaptureQueriesContext(connection) as usual:
        known = client.get(f"/v/{NOBODY}")
    with django_assert_num_queries(len(usual)):
        page = client.get(f"/v/{licence_id}")
    assert page.status_code == 200
    assert "Unknown" in _text(page)
    assert page.context["checked"] == known.context["checked"]


def test_id_typed_in_capitals_is_found(client: Client) -> None:
    assert "Valid" in _text(client.get(f"/v/{_licence().pk.upper()}"))


@pytest.mark.parametrize("address", [f"/v/{NOBODY}", "/v"])
def test_nothing_of_a_look_stays_or_goes_on(client: Client, address: str) -> None:
    page = client.get(address)
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "strict-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert "sessionid" not in page.cookies


def test_nothing_is_written_when_somebody_looks(client: Client) -> None:
    from audit.models import Pending

    licence = _licence()
    before = Pending.objects.count(), Person.objects.count()
    client.get(f"/v/{licence.pk}")
    client.post("/v", {"presentation": holding.shown(holding.opened(licence), ["identifier"])})
    assert (Pending.objects.count(), Person.objects.count()) == before


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_refused_look_leaves_no_id_in_the_log(caplog: pytest.LogCaptureFixture, method: str) -> None:
    caplog.handler.addFilter(LicencesAreNotLogged())
    with caplog.at_level(logging.DEBUG):
        getattr(Client(enforce_csrf_checks=True), method)(f"/v/{NOBODY}")
    assert "/v/…" in caplog.text
    assert NOBODY not in caplog.text


def test_hubs_own_log_masks_licences(settings: Any) -> None:
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["licences"]
    assert settings.LOGGING["filters"]["licences"]["()"] == "exchange.privacy.LicencesAreNotLogged"


def test_details_say_what_the_holder_chose_and_nothing_else(client: Client) -> None:
    held = holding.opened(_licence())
    page = _text(client.post("/v", {"presentation": holding.shown(held, ["identifier_last_four"])}))
    assert "Valid" in page
    assert "8882" in page
    assert CITIZEN.identifier not in page
    assert "110.00" not in page
    more = _text(client.post("/v", {"presentation": holding.shown(held, ["amounts", "identifier_kind"])}))
    assert "Living allowance 110.00 CNY each month" in more
    assert "Resident identity number" in more


def test_details_are_read_from_the_address_behind_the_code_and_from_broken_lines(client: Client) -> None:
    held = holding.opened(_licence())
    text = holding.shown(held, ["identifier"])
    wrapped = "https://hub.example/v#" + "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    assert CITIZEN.identifier in _text(client.post("/v", {"presentation": wrapped}))


def _swapped(text: str, other: str) -> str:
    return text.split("~")[0] + "~" + "~".join(other.split("~")[1:])


@pytest.mark.parametrize(
    "forge", [lambda text: text[:-40], lambda text: text + "x", lambda text: "e30." + text, lambda _: "~", lambda text: text * 9]
)
def test_forged_details_are_not_confirmed(client: Client, forge: Any) -> None:
    text = holding.shown(holding.opened(_licence()), ["identifier"])
    page = _text(client.post("/v", {"presentation": forge(text)}))
    assert "Not confirmed" in page
    assert CITIZEN.identifier not in page


def test_details_of_another_licence_are_not_confirmed(client: Client) -> None:
    mine = holding.shown(holding.opened(_licence()), ["identifier_kind"])
    case = rows.granted_case("M04-261030-ZZZZZZZZ", subject=rows.someone_else(), version=Case.objects.get().version)
    judged = rows.judgement(LIVING)
    with transaction.atomic():
        other = issue(case, rows.decided(case, judged, subject=rows.someone_else()), judged, at=rows.AT)
    theirs = holding.shown(holding.opened(other), ["identifier"])
    assert "Not confirmed" in _text(client.post("/v", {"presentation": _swapped(mine, theirs)}))


def test_details_of_a_revoked_licence_are_true_and_worthless(client: Client) -> None:
    licence = _licence()
    text = holding.shown(holding.opened(licence), [])
    _revoke(licence)
    assert "Revoked" in _text(client.post("/v", {"presentation": text}))


def test_empty_box_is_asked_for(client: Client) -> None:
    page = client.post("/v", {"presentation": ""})
    assert (page.status_code, "Paste what the holder showed you." in _text(page)) == (422, True)


def test_whole_list_of_statuses_is_fetched_by_anybody(client: Client) -> None:
    licence = _licence()
    _revoke(licence)
    answer = client.get(f"/v/status/{licence.status_list}")
    assert answer["Content-Type"] == "application/statuslist+jwt"
    now = int(time.time())
    listed = verify_list(_text(answer), uri=list_address(licence.status_list), keys=licence_keys(), now=now)
    assert listed.at(licence.status_index) is Status.REVOKED
    assert listed.at((licence.status_index + 1) % 65_536) is Status.VALID
    assert len(answer.content) < 2_000


@pytest.mark.parametrize("number", ["0", "1000000", "99999999999999999999"])
def test_lists_that_cannot_be_are_not_found(client: Client, number: str) -> None:
    assert client.get(f"/v/status/{number}").status_code == 404


def test_holder_reads_the_licence_the_code_and_the_payment(holder: Client) -> None:
    licence = _licence()
    page = _text(holder.get(f"/en/me/licences/{licence.pk}"))
    assert "Living allowance 110.00 CNY each month" in page
    assert "ending 1234, by" in page
    assert "<svg" in page
    assert f"/v/{licence.pk}" in page
    assert CITIZEN.identifier not in page


def test_holder_makes_a_second_code_that_anybody_can_check(holder: Client) -> None:
    licence = _licence()
    page = holder.get(f"/en/me/licences/{licence.pk}?show=identifier_last_four&show=holder_name&show=iss")
    presentation = page.context["presentation"]
    assert page.context["chosen"] == ["Last four characters of the holder's number"]
    assert "<svg" in page.context["details"]
    assert "8882" in _text(Client().post("/v", {"presentation": presentation}))


def test_holder_prints_it(holder: Client) -> None:
    licence = _licence()
    page = _text(holder.get(f"/en/me/licences/{licence.pk}/print?show=identifier_last_four"))
    assert "data-print" in page
    assert page.count("<svg xmlns") >= 2


def test_revoked_licence_says_why_and_offers_no_code(holder: Client) -> None:
    licence = _licence()
    _revoke(licence)
    page = _text(holder.get(f"/en/me/licences/{licence.pk}"))
    assert "False promise." in page
    assert "Anybody can scan" not in page


def test_money_that_came_back_says_why_and_what_to_do(holder: Client) -> None:
    licence = _licence(account=False)
    order = licence.payments.get()
    page = _text(holder.get(f"/en/me/licences/{licence.pk}"))
    assert "We do not know an account of yours." in page
    assert "Name another account" in page
    address = f"/en/me/licences/{licence.pk}/payments/{order.pk}/account"
    assert holder.post(address, {"bank": "", "number": "12"}).status_code == 422
    refused = holder.post(address, {"bank": "ABC", "number": "12"}, follow=True)
    assert "whole account number" in _text(refused)
    done = holder.post(address, {"bank": "ABC", "number": "6228480012345678"}, follow=True)
    assert "ending 5678, by" in _text(done)
    assert "6228480012345678" not in _text(done)


def test_licences_of_others_are_not_found(client: Client) -> None:
    licence = _licence(account=False)
    order = licence.payments.get()
    client.force_login(_person(rows.someone_else()), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(f"/en/me/licences/{licence.pk}").status_code == 404
    assert client.get(f"/en/me/licences/{licence.pk}/print").status_code == 404
    address = f"/en/me/licences/{licence.pk}/payments/{order.pk}/account"
    assert client.post(address, {"bank": "ABC", "number": "6228480012345678"}).status_code == 404


def test_payment_of_another_licence_is_not_found(holder: Client) -> None:
    licence = _licence(account=False)
    address = f"/en/me/licences/{licence.pk}/payments/00000000-0000-4000-8000-000000000000/account"
    assert holder.post(address, {"bank": "ABC", "number": "6228480012345678"}).status_code == 404


def test_strangers_are_led_to_sign_in(client: Client) -> None:
    answer = client.get(f"/en/me/licences/{_licence().pk}")
    assert (answer.status_code, "login" in answer["Location"]) == (302, True)


def test_recipe_of_the_howto_verifies_what_a_holder_shows(settings: Any) -> None:
    page = (settings.BASE_DIR / "docs" / "howto" / "verify_a_licence.md").read_text("utf-8")
    recipe: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], recipe)  # noqa: S102 - our own page: what it tells people to run is run
    mine, key = holding.shown(holding.opened(_licence()), ["identifier_last_four"]), licence_keys()["hub/licence-1"]
    assert recipe["verified"](mine, key)["identifier_last_four"] == "8882"
    with pytest.raises(ValueError, match="not in list"):
        recipe["verified"](mine + "~WyJzIiwibiIsMV0", key)
