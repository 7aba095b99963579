"""The pages of webhooks: the secret is seen once, the authority confirms, each try is listed, a stopped one is among what waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exchange.delivery.models import Webhook, WebhookTry
from exchange.sharing.models import Agreement
from tests.delivery.changes_follower import followed
from tests.world import World

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FORM = {"url": "https://receiver.cab.example/changes", "networks": "10.20.0.0/16\n10.21.0.0/16", "ports": "443"}


def at(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name), backend=BACKEND)
    return client


def asked(world: World) -> tuple[Webhook, str]:
    """A webhook asked for on the page, and the page that answered."""
    agreement = Agreement.objects.get(agreement_id=followed(world).agreement)
    shown = at(world, "asker").post(reverse("console_ask_webhook"), {**FORM, "agreement": agreement.pk})
    assert shown.status_code == 200, shown.content.decode()
    return Webhook.objects.get(), shown.content.decode()


def page(world: World, name: str, found: Webhook) -> str:
    return at(world, name).get(reverse("console_webhook", args=[found.number])).content.decode()


def test_the_secret_is_on_the_page_that_answers_and_on_no_other(world: World) -> None:
    found, shown = asked(world)
    assert shown.count("whsec_") >= 1
    assert "whsec_" not in page(world, "asker", found)
    renewed = at(world, "signer").post(reverse("console_renew_webhook_secret", args=[found.number]))
    assert "whsec_" in renewed.content.decode()
    assert renewed.headers["Cache-Control"] == "no-store"
    assert found.networks == ["10.20.0.0/16", "10.21.0.0/16"]


def test_the_authority_finds_it_among_what_waits_and_confirms_it(world: World) -> None:
    found, _shown = asked(world)
    place = reverse("console_webhook", args=[found.number])
    assert place in at(world, "reviewer").get(reverse("console")).content.decode()
    assert place not in at(world, "signer").get(reverse("console")).content.decode()
    answer = at(world, "reviewer").post(reverse("console_confirm_webhook", args=[found.number]))
    found.refresh_from_db()
    assert (answer.status_code, found.state) == (302, "ACTIVE")


def test_each_try_is_listed_and_a_message_can_be_sent_again(world: World) -> None:
    found, _shown = asked(world)
    Webhook.objects.update(state="ACTIVE")
    message = found.messages.create(number="msg_1", body='{"type":"x"}', state="DELIVERED")
    for status, reason in ((503, ""), (None, "TIMEOUT"), (None, "EGRESS_DENIED"), (204, "")):
        WebhookTry.objects.create(message=message, status=status, reason=reason)
    shown = page(world, "asker", found)
    for text in ("status 503", "no answer within ten seconds", "never calls", "status 204", "Send again"):
        assert text in shown
    assert at(world, "asker").post(reverse("console_send_webhook_again", args=[found.number, "msg_1"])).status_code == 302
    message.refresh_from_db()
    assert message.state == "WAITING"


def test_a_stopped_webhook_waits_for_its_department(world: World) -> None:
    found, _shown = asked(world)
    Webhook.objects.update(state="STOPPED", reason="NO_ANSWER")
    assert reverse("console_webhook", args=[found.number]) in at(world, "signer").get(reverse("console")).content.decode()
    assert "For three days no try arrived" in page(world, "signer", found)
    at(world, "signer").post(reverse("console_resume_webhook", args=[found.number]))
    found.refresh_from_db()
    assert found.state == "ACTIVE"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"url": "http://receiver.cab.example/"}, "https://host/path"),
        ({"networks": "127.0.0.0/8"}, "never calls"),
        ({"ports": "https"}, "whole numbers"),
        ({"ports": "8443"}, "not among the ports"),
    ],
)
def test_what_cannot_be_called_is_said_beside_its_field(world: World, wrong: dict[str, Any], text: str) -> None:
    agreement = Agreement.objects.get(agreement_id=followed(world).agreement)
    shown = at(world, "asker").post(reverse("console_ask_webhook"), {**FORM, "agreement": agreement.pk, **wrong})
    assert shown.status_code == 422
    assert text in shown.content.decode()
    assert not Webhook.objects.exists()
