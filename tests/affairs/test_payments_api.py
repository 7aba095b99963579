"""The treasury's side over the API: only the paying department's officers read and answer, and each look is written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from audit.models import Pending
from audit.proof.keys import verify_document
from audit.signers import department_signer
from exchange.affairs.licences import issue
from exchange.affairs.models import PaymentOrder
from tests.affairs import licence_rows as rows
from tests.affairs.licence_rows import AT, CITIZEN, LIVING
from tests.world import World

ROOT = "/api/v1/affairs/payments"


@pytest.fixture
def order(world: World) -> PaymentOrder:
    case = rows.granted_case()
    rows.give_account(case, bank="ICBC", last_four="1234")
    judged = rows.judgement(LIVING)
    with transaction.atomic():
        return issue(case, rows.decided(case, judged), judged, at=AT).payments.get()


@pytest.fixture
def officer(world: World, client: Client) -> Client:
    client.force_login(world.person("signer"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _as(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _post(client: Client, address: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(address, body or {}, content_type="application/json")


def test_officer_lists_the_departments_orders_without_any_account(officer: Client, order: PaymentOrder) -> None:
    page = officer.get(f"{ROOT}?state=ORDERED").json()
    assert [(row["id"], row["case"], row["state"]) for row in page["results"]] == [(str(order.pk), order.case.number, "ORDERED")]
    assert "1234" not in str(page)
    assert officer.get(f"{ROOT}?state=PAID").json()["results"] == []
    assert officer.get(f"{ROOT}?state=LOST").status_code == 422


def test_document_verifies_and_the_look_is_recorded(officer: Client, order: PaymentOrder) -> None:
    before = Pending.objects.count()
    answer = officer.get(f"{ROOT}/{order.pk}").json()
    key = department_signer("CAB").public_key
    verify_document(answer["signature"], kind="payment-order", document=answer["document"], public_key=key)
    assert answer["document"]["account"]["last_four"] == "1234"
    assert CITIZEN.identifier not in str(answer)
    assert Pending.objects.count() == before + 1


def test_treasury_pays_and_the_bank_returns(officer: Client, order: PaymentOrder) -> None:
    assert _post(officer, f"{ROOT}/{order.pk}/paid").json()["state"] == "PAID"
    assert _post(officer, f"{ROOT}/{order.pk}/paid").status_code == 409
    assert _post(officer, f"{ROOT}/{order.pk}/returned", {"because": "MOON"}).status_code in (400, 422)
    returned = _post(officer, f"{ROOT}/{order.pk}/returned", {"because": "ACCOUNT_CLOSED"}).json()
    assert (returned["state"], returned["returned_because"]) == ("RETURNED", "ACCOUNT_CLOSED")


@pytest.mark.parametrize("name", ["outsider", "approver", "requester_admin", "auditor", "reviewer"])
def test_nobody_else_knows_of_an_order(world: World, order: PaymentOrder, name: str) -> None:
    client = _as(world, name)
    assert client.get(ROOT).json()["results"] == []
    assert client.get(f"{ROOT}/{order.pk}").status_code == 404
    assert _post(client, f"{ROOT}/{order.pk}/paid").status_code == 404
    assert _post(client, f"{ROOT}/{order.pk}/returned", {"because": "ACCOUNT_CLOSED"}).status_code == 404
    order.refresh_from_db()
    assert order.state == "ORDERED"


def test_strangers_are_asked_to_sign_in(client: Client, order: PaymentOrder) -> None:
    assert client.get(ROOT).status_code == 401
    assert client.get(f"{ROOT}/{order.pk}").status_code == 401
