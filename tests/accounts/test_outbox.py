"""The outbox: what is written leaves once, nothing personal stays behind, and a channel without an adapter says so."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import time_machine
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from catalog import work
from catalog.models import Work
from exchange.accounts import outbox
from exchange.accounts.actions import open_account
from exchange.accounts.message_texts import SMS_CHARACTERS, TEXTS, written
from exchange.accounts.models import Channel, Message, MessageState, Person
from exchange.accounts.outbox import Address

PHONE, CODE = "13800000001", "482915"
SENT: list[tuple[str, str]] = []


class Phone:
    """An adapter that keeps what it was given."""

    keeps_text = False

    def send(self, address: str, text: str) -> None:
        SENT.append((address, text))


class Broken:
    """An adapter whose errors quote everything, as careless ones do."""

    keeps_text = False

    def send(self, address: str, text: str) -> None:
        raise OSError(f"no route to {address} for {text}")


@pytest.fixture(autouse=True)
def _nothing_sent() -> None:
    SENT.clear()


@pytest.fixture
def phones(founded: None, settings: Settings) -> None:
    settings.OUTBOX = {"SMS": f"{__name__}.Phone"}


@pytest.fixture
def person(founded: None) -> Person:
    return open_account("luo", password=None, acting_system="tests")


def send_code() -> Message:
    return outbox.send(Address(Channel.SMS, PHONE), "code", context={"code": CODE}, language="en")


def run_due() -> None:
    Work.objects.update(not_before=timezone.now())
    for row in Work.objects.filter(name=outbox.WORK, state="WAITING"):
        work.run(row.pk)


def test_a_message_leaves_once_and_nothing_of_it_stays(phones: None) -> None:
    message = send_code()
    run_due()
    outbox.deliver(str(message.pk), lambda _progress: None)
    assert SENT == [(PHONE, "Mianzheng code: 482915. Valid for 10 minutes. Tell it to nobody.")]
    message.refresh_from_db()
    assert (message.state, message.address_sealed, message.text_sealed) == (MessageState.SENT, None, None)


def test_what_waits_is_sealed(phones: None) -> None:
    send_code()
    rows = str(list(Message.objects.values())) + str(list(Work.objects.values()))
    assert PHONE not in rows
    assert CODE not in rows
    assert PHONE not in repr(Address(Channel.SMS, PHONE))


def test_an_adapter_that_fails_is_tried_again_and_its_words_are_not_kept(
    founded: None, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OUTBOX = {"SMS": f"{__name__}.Broken"}
    message = send_code()
    with caplog.at_level(logging.DEBUG):
        for _ in range(outbox.MOST_ATTEMPTS):
            run_due()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.text_sealed) == (MessageState.FAILED, outbox.MOST_ATTEMPTS, None)
    told = caplog.text + str(list(Work.objects.values()))
    assert "NotSent" in told
    assert PHONE not in told
    assert CODE not in told


def test_a_code_that_is_too_old_is_not_sent_any_more(phones: None) -> None:
    message = send_code()
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        run_due()
    message.refresh_from_db()
    assert (message.state, message.text_sealed, SENT) == (MessageState.EXPIRED, None, [])


def test_messages_wait_for_an_adapter_and_the_status_page_says_so(founded: None, settings: Settings, client: Client) -> None:
    settings.OUTBOX, settings.DEMO = {}, False
    message = send_code()
    run_due()
    message.refresh_from_db()
    assert message.state == MessageState.WAITING
    assert "nothing is set up to send them: by text message" in client.get("/en/status").content.decode()
    assert PHONE not in client.get("/en/status").content.decode()
    settings.OUTBOX = {"SMS": f"{__name__}.Phone"}
    run_due()
    assert len(SENT) == 1
    assert "nothing is set up" not in client.get("/en/status").content.decode()


def test_the_demonstration_shows_messages_on_a_page_and_nobody_else_does(founded: None, settings: Settings, client: Client) -> None:
    settings.OUTBOX, settings.DEMO = {}, True
    send_code()
    run_due()
    assert CODE in client.get("/en/demo/messages").content.decode()
    settings.DEMO = False
    assert client.get("/en/demo/messages").status_code == 404
    assert outbox.shown_messages() == []


def test_the_demonstrations_adapter_sends_nothing_outside_it(founded: None, settings: Settings) -> None:
    settings.OUTBOX, settings.DEMO = {"SMS": "exchange.accounts.adapters.ShownOnAPage"}, False
    message = send_code()
    run_due()
    message.refresh_from_db()
    assert message.state == MessageState.WAITING


def test_what_concerns_a_person_stands_on_their_own_page_and_on_nobody_elses(person: Person, client: Client) -> None:
    outbox.send(person, "case_decided", context={"number": "M04-261121-ABCDEFGH"}, language="en")
    client.force_login(person)
    assert "M04-261121-ABCDEFGH" in client.get("/en/me/account").content.decode()
    client.force_login(open_account("chen", password=None, acting_system="tests"))
    assert "M04-261121-ABCDEFGH" not in client.get("/en/me/account").content.decode()
    assert not Work.objects.filter(name=outbox.WORK).exists()


def test_a_message_is_read_in_the_language_of_its_reader(person: Person, client: Client) -> None:
    with translation.override("zh-hans"):
        outbox.send(person, "case_decided", context={"number": "M04-261121-ABCDEFGH"})
    client.force_login(person)
    assert "Your application M04-261121-ABCDEFGH was decided" in client.get("/en/me/account").content.decode()
    assert "您的申请 M04-261121-ABCDEFGH 已有结果" in client.get("/zh-hans/me/account").content.decode()


FILLED = {"code": CODE, "number": "M04-261121-ABCDEFGH", "username": "cab-officer", "department": "DPF", "day": "2026-11-20"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_text_messages_are_short_and_no_message_holds_a_link(language: str) -> None:
    for template, text in TEXTS.items():
        said = written(template, FILLED, language)
        assert "{" not in said
        assert not any(sign in said for sign in ("http", "www", "://"))
        assert text.channel != Channel.SMS or len(said) <= SMS_CHARACTERS


def test_a_text_message_that_is_too_long_is_refused(phones: None) -> None:
    with pytest.raises(ValueError, match="at most 70"):
        outbox.send(Address(Channel.SMS, PHONE), "binding_moved", language="en")


def test_an_unknown_text_or_an_empty_place_is_refused(person: Person) -> None:
    with pytest.raises(KeyError):
        outbox.send(person, "no_such_text")
    with pytest.raises(KeyError):
        outbox.send(person, "case_decided")


def test_a_plain_hub_has_no_fault_in_its_accounts() -> None:
    assert [message for message in run_checks(tags=["security"]) if str(message.id).startswith("accounts")] == []
