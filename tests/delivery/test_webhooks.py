"""Webhooks: asked for by one side, confirmed by the authority, sent only where the agreement sees a change, retried for days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hub_client.webhooks import verify_webhook

from catalog import work
from catalog.models import Work
from exchange.accounts import columns
from exchange.accounts.errors import RoleNeeded
from exchange.delivery.models import Webhook, WebhookMessage, WebhookTry
from exchange.delivery.webhooks import actions, sending, works
from exchange.delivery.webhooks.actions import Receiver
from exchange.delivery.webhooks.errors import WebhookMoved, WebhookWrong
from exchange.delivery.webhooks.sending import Outcome
from exchange.sharing.models import Agreement
from tests.delivery.changes_follower import end_agreement, first_rows, followed, places_found_here, publish
from tests.world import World

WHERE = Receiver("https://receiver.cab.example/changes", ("10.20.0.0/16",), (443,))


class Sent(list[dict[str, Any]]):
    """What was posted, and what each post comes to."""

    outcome = Outcome(204)

    def post(self, url: str, **request: Any) -> Outcome:
        self.append({"url": url, **request})
        return self.outcome


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    places_found_here(monkeypatch)
    found = Sent()
    monkeypatch.setattr(sending, "post", found.post)
    return found


def asked(world: World, **terms: Any) -> tuple[Webhook, str]:
    agreement = Agreement.objects.get(agreement_id=followed(world, **terms).agreement)
    return actions.ask_webhook(agreement, receiver=WHERE, acting_user=world.person("asker"), department=world.requester)


def active(world: World, **terms: Any) -> tuple[Webhook, str]:
    found, secret = asked(world, **terms)
    return actions.confirm(found, acting_user=world.person("reviewer"), department=world.authority), secret


def do_work(*names: str) -> None:
    """What workers would do now: everything due of these names, once."""
    for name in names or (work.CHANGES_WORK, "delivery.send_webhook"):
        for row in Work.objects.due(timezone.now()).filter(name=name).values_list("pk", flat=True):
            assert work.run(row)


def change_a_grade(world: World) -> None:
    rows = first_rows()
    rows[0]["残疾等级"] = "4"
    publish(world, rows)


def test_a_change_that_the_agreement_sees_is_told_once_and_verifies(world: World, sent: Sent) -> None:
    found, secret = active(world)
    change_a_grade(world)
    do_work()
    do_work()
    (request,) = sent
    message = verify_webhook(request["headers"], request["body"], secret)
    assert message["type"] == "changes.available"
    assert message["data"] == {"agreement": found.agreement}
    assert (request["url"], request["networks"], request["ports"]) == (WHERE.url, ["10.20.0.0/16"], [443])
    assert WebhookMessage.objects.get().state == "DELIVERED"
    assert [row.status for row in WebhookTry.objects.all()] == [204]


def test_a_change_of_what_is_not_agreed_is_not_told(world: World, sent: Sent) -> None:
    active(world)
    rows = first_rows()
    for row in rows:
        row["诊断"] += "（复查）"
        row["有效期至"] = "2033-01-01"
    publish(world, rows)
    do_work()
    assert sent == []
    assert not WebhookMessage.objects.exists()


def test_nothing_is_sent_before_it_is_confirmed_and_not_by_who_asked(world: World, sent: Sent) -> None:
    found, _secret = asked(world)
    change_a_grade(world)
    do_work()
    assert sent == []
    for name, department in (("signer", world.requester), ("asker", world.requester), ("owner_officer", world.owner)):
        with pytest.raises(RoleNeeded):
            actions.confirm(found, acting_user=world.person(name), department=department)
    actions.confirm(found, acting_user=world.person("reviewer"), department=world.authority)
    with pytest.raises(WebhookMoved):
        actions.decline(found, acting_user=world.person("second_reviewer"), department=world.authority)


@pytest.mark.parametrize(
    ("url", "networks", "ports", "field"),
    [
        ("http://receiver.cab.example/", ("10.20.0.0/16",), (443,), "url"),
        ("https://receiver.cab.example/?a=1", ("10.20.0.0/16",), (443,), "url"),
        ("https://receiver.cab.example:8443/", ("10.20.0.0/16",), (443,), "ports"),
        ("https://10.9.0.1/", ("10.20.0.0/16",), (443,), "url"),
        ("https://receiver.cab.example/", ("169.254.0.0/16",), (443,), "networks"),
        ("https://receiver.cab.example/", ("0.0.0.0/0",), (443,), "networks"),
        ("https://receiver.cab.example/", (), (443,), "networks"),
        ("https://receiver.cab.example/", ("10.20.0.0/16",), (), "ports"),
        ("https://receiver.cab.example/" + "a" * 500, ("10.20.0.0/16",), (443,), "url"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_when_it_is_asked_for(
    url: str, networks: tuple[str, ...], ports: tuple[int, ...], field: str
) -> None:
    with pytest.raises(WebhookWrong) as refused:
        actions._require_usable(Receiver(url, networks, ports))
    assert field in {fault.where for fault in refused.value.faults}


def test_the_secret_is_shown_once_and_kept_sealed(world: World, sent: Sent) -> None:
    found, secret = active(world)
    stored = bytes(Webhook.objects.get().secret)
    assert secret.encode() not in stored
    assert columns.open_column(stored, actions.context_of(found.number)) == secret
    newer = actions.renew_secret(found, acting_user=world.person("signer"), department=world.requester)
    change_a_grade(world)
    do_work()
    assert newer != secret
    assert verify_webhook(sent[0]["headers"], sent[0]["body"], newer)


def test_a_receiver_that_does_not_answer_is_tried_for_three_days_and_then_left_alone(world: World, sent: Sent) -> None:
    found, _secret = active(world)
    sent.outcome = Outcome(503)
    change_a_grade(world)
    start = at = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        do_work()
        for place, wait in enumerate(works.BACK_OFF):
            clock.move_to(at + wait - timedelta(seconds=2))
            do_work("delivery.send_webhook")
            assert len(sent) == place + 1
            at += wait + timedelta(seconds=1)
            clock.move_to(at)
            do_work("delivery.send_webhook")
            assert len(sent) == place + 2
    found.refresh_from_db()
    assert at - start > timedelta(days=3)
    assert (found.state, found.reason) == ("STOPPED", "NO_ANSWER")
    assert WebhookMessage.objects.get().state == "GIVEN_UP"
    assert len({request["headers"]["webhook-id"] for request in sent}) == 1
    assert len({request["headers"]["webhook-timestamp"] for request in sent}) == len(sent)


def test_a_message_is_sent_again_under_its_own_number(world: World, sent: Sent) -> None:
    found, _secret = active(world)
    change_a_grade(world)
    do_work()
    message = WebhookMessage.objects.select_related("webhook").get()
    actions.send_again(message, acting_user=world.person("signer"), department=world.requester)
    with pytest.raises(WebhookMoved):
        actions.send_again(message, acting_user=world.person("signer"), department=world.requester)
    do_work()
    assert [request["headers"]["webhook-id"] for request in sent] == [message.number] * 2
    assert sent[0]["body"] == sent[1]["body"]
    assert found.messages.count() == 1


def test_a_receiver_that_is_gone_is_left_alone_at_once_and_may_go_on_later(world: World, sent: Sent) -> None:
    found, _secret = active(world)
    sent.outcome = Outcome(410)
    change_a_grade(world)
    do_work()
    found.refresh_from_db()
    assert (found.state, found.reason, len(sent)) == ("STOPPED", "GONE", 1)
    sent.outcome = Outcome(200)
    actions.resume(found, acting_user=world.person("signer"), department=world.requester)
    do_work()
    assert len(sent) == 2
    assert found.state == "ACTIVE"


def test_a_revoked_agreement_sends_nothing_more(world: World, sent: Sent) -> None:
    found, _secret = active(world)
    change_a_grade(world)
    do_work(work.CHANGES_WORK)
    end_agreement(world, found.agreement)
    do_work("delivery.send_webhook")
    assert sent == []
    found.refresh_from_db()
    assert (found.state, found.reason) == ("STOPPED", "NO_AGREEMENT")
