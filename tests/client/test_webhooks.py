"""Webhooks at the receiver: the specification's own example, and every way in which one is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hub_client.webhooks import TOLERANCE_S, WebhookRefused, verify_webhook

from exchange.delivery.webhooks.signing import new_secret, signed_headers

# The example of the specification's reference libraries (standard-webhooks/standard-webhooks, libraries/javascript and python,
# "sign function works").
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NUMBER, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": NUMBER, "webhook-timestamp": str(AT), "webhook-signature": SIGNATURE}


def test_the_hub_signs_as_the_specification_does() -> None:
    assert signed_headers(SECRET, number=NUMBER, body=BODY, at_s=AT) == HEADERS


def test_the_receiver_verifies_as_the_specification_does() -> None:
    assert verify_webhook(HEADERS, BODY, SECRET, now_s=AT) == {"test": 2432232314}
    assert verify_webhook({name.title(): value for name, value in HEADERS.items()}, BODY, SECRET.removeprefix("whsec_"), now_s=AT)


def test_what_the_hub_signs_the_receiver_verifies() -> None:
    secret = new_secret()
    assert verify_webhook(signed_headers(secret, number="m", body=b"{}", at_s=AT), b"{}", secret, now_s=AT) == {}


def test_one_of_several_signatures_is_enough() -> None:
    other = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
    headers = {**HEADERS, "webhook-signature": f"{other} v2,{SIGNATURE[3:]} {SIGNATURE} {other}"}
    assert verify_webhook(headers, BODY, SECRET, now_s=AT)


@pytest.mark.parametrize(
    ("changed", "body", "at"),
    [
        ({"webhook-id": "msg_other"}, BODY, AT),
        ({"webhook-timestamp": str(AT + 1)}, BODY, AT),
        ({"webhook-timestamp": "hello"}, BODY, AT),
        ({"webhook-timestamp": "-1"}, BODY, AT),
        ({"webhook-signature": "v1,"}, BODY, AT),
        ({"webhook-signature": SIGNATURE[:8]}, BODY, AT),
        ({"webhook-signature": f"v2,{SIGNATURE[3:]}"}, BODY, AT),
        ({"webhook-signature": "v1,dawfeoifkpqwoekfpqoekf"}, BODY, AT),
        ({}, BODY + b" ", AT),
        ({}, BODY, AT + TOLERANCE_S + 1),
        ({}, BODY, AT - TOLERANCE_S - 1),
    ],
)
def test_whatever_was_altered_is_refused(changed: dict[str, str], body: bytes, at: int) -> None:
    with pytest.raises(WebhookRefused):
        verify_webhook({**HEADERS, **changed}, body, SECRET, now_s=at)


@pytest.mark.parametrize("name", HEADERS)
def test_a_missing_header_is_named(name: str) -> None:
    with pytest.raises(WebhookRefused, match=name):
        verify_webhook({other: value for other, value in HEADERS.items() if other != name}, BODY, SECRET, now_s=AT)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64", "whsec_中"])
def test_a_secret_that_is_none_never_verifies(secret: str) -> None:
    with pytest.raises(WebhookRefused):
        verify_webhook(HEADERS, BODY, secret, now_s=AT)


@pytest.mark.parametrize("body", [b"[]", b"no", b"\xff"])
def test_a_signed_message_of_another_form_is_refused(body: bytes) -> None:
    headers: dict[str, Any] = signed_headers(SECRET, number=NUMBER, body=body, at_s=AT)
    with pytest.raises(WebhookRefused):
        verify_webhook(headers, body, SECRET, now_s=AT)
