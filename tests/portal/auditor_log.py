"""A log to look at: real calls through the real door, sequenced and indexed, and people to look at it."""

from __future__ import annotations

from django.test import Client

from audit import follower, sequencer
from exchange.accounts.models import Person
from tests.delivery.wire_caller import Caller, Reply
from tests.world import World
from tests.world_data import SUBJECTS

VALID = {"fact": "valid"}


def merge() -> None:
    """Give every waiting entry its place, sign the tree, write the index."""
    sequencer.sequence_once()
    while follower.follow_once():
        pass


def calls(world: World, number: int = 1) -> list[Reply]:
    """So many answered VERIFY calls, and one refused QUERY for another purpose, in the log."""
    caller = Caller("CAB-relief")
    identifier = world.agreement.agreement_id
    replies = [caller.query(identifier, SUBJECTS[n % len(SUBJECTS)]) for n in range(number)]
    replies.append(caller.query(identifier, SUBJECTS[0], purpose="no_such_purpose"))
    merge()
    return replies


def signed_in(person: Person) -> Client:
    """A browser in which this person has signed in."""
    browser = Client()
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser
