"""Two real web processes on one database: what is taken back at one is refused by both, from the first call begun afterwards.

Shown by order, never by a stopwatch: an act is acknowledged, then a call is begun at the other host, and that very call is
refused. Nothing but the database and the second copy stands between the two; each keeps its policies in a memory of its own.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from audit import follower, sequencer, signers
from audit.models import EntryIndex
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import Signer
from catalog import actions as catalog_actions
from catalog.models import Key
from exchange.delivery.limits import holds
from exchange.delivery.responding import Response
from exchange.sharing.models import Agreement
from exchange.starting.children import Child, stop
from exchange.starting.demo import commands
from exchange.starting.environment import ROOT
from exchange.starting.home import Home
from tests.delivery.wire_caller import COMMON, Caller, Reply, read
from tests.journeys.hub_process import HOST, free_port
from tests.world import World, agree, ask
from tests.world_data import SUBJECTS

ENDING = {"reason": "Checked by hand.", "ground": "MISUSE_SUSPECTED"}
GRADE_IS_LOW = {"fact": "grade_in", "with": {"grades": [1, 2]}}
ENDS_IN = timedelta(hours=2)
TURNS = 6
NOTHING_GIVEN = {403, 429, 503}  # 429: more than 60 refusals in a minute; 503: agreements are changing right now
_START_S = 120.0
_WAIT_S = 60.0
_OURS = ("DATABASE_URL", "KEYSTORE_URL", "DJANGO_SETTINGS_MODULE", "HUB_HOME")


@dataclass
class Host:
    """One web process of the hub, as `manage.py demo` runs it, with its own memory."""

    port: int
    child: Child
    log: Path

    def send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """One request over a connection of its own."""
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=_WAIT_S)) as connection:
            connection.request(method, path, body=body, headers=headers)
            with connection.getresponse() as answer:
                return answer.status, answer.getheaders(), answer.read()

    def answers(self) -> bool:
        """Whether it takes calls."""
        try:
            return self.send("GET", "/healthz/live", {}, b"")[0] == 200
        except (OSError, http.client.HTTPException):
            assert self.child.ended() is None, self.log.read_text("utf-8")
            return False

    def act(self, who: dict[str, str], path: str, *, method: str = "POST", **words: str) -> None:
        """Somebody who is signed in does something at this host's management API; when this returns, it is acknowledged."""
        headers = {**who, "Content-Type": "application/json"}
        status, _headers, body = self.send(method, f"/api/v1/{path}", headers, json.dumps(words).encode())
        assert status == 200, body


@dataclass
class Machine(Caller):
    """A system of a department that calls a host, with one of its keys."""

    key: str = "system-1"

    @property
    def signer(self) -> Signer:
        """The hub-held key of that name."""
        return signers.system_signer(f"{self.system}/{self.key}")

    def ask(self, host: Host, agreement: str, *facts: dict[str, Any]) -> Reply:
        """One QUERY, or one VERIFY where facts are named; the answer's signature and receipt are verified."""
        body = {**COMMON, "salt": fresh_nonce(), "subject": SUBJECTS[0], **({"facts": list(facts)} if facts else {})}
        arrival = self.arrival(agreement, "verify" if facts else "query", body)
        headers = {name.decode(): value.decode() for name, value in arrival.headers}
        status, answered, raw = host.send("POST", arrival.path, headers, arrival.body)
        pairs = [(name.lower().encode(), value.encode()) for name, value in answered]
        return read(arrival, Response(status, pairs, raw))


@dataclass
class City:
    """The small world, the two hosts, and who asks."""

    world: World
    a: Host
    b: Host
    ahead: Path
    approver: dict[str, str]
    publisher: dict[str, str]
    machine: Machine = field(default_factory=lambda: Machine("CAB-relief"))

    def refused(self, agreement: str, *facts: dict[str, Any], machine: Machine | None = None) -> tuple[tuple[int, str], ...]:
        """What the first call begun now gets at the other host, and then at the host of the act."""
        replies = [(machine or self.machine).ask(host, agreement, *facts) for host in (self.b, self.a)]
        return tuple((reply.status, reply.code) for reply in replies)

    def items(self, agreement: str, *, machine: Machine | None = None) -> list[set[str]]:
        """Both hosts answer: which items they give."""
        replies = [(machine or self.machine).ask(host, agreement) for host in (self.b, self.a)]
        assert [(reply.status, reply.code) for reply in replies] == [(200, "")] * 2
        return [set(reply.body["answer"]["records"][0]) for reply in replies]


@pytest.mark.django_db(transaction=True, databases=["default", "keystore"])
def test_what_is_taken_back_at_one_host_is_refused_by_every_host_from_the_next_call_on(world: World, tmp_path: Path) -> None:
    always, ending = world.agreement.agreement_id, ending_soon(world).agreement_id
    second = Machine("CAB-relief", key="system-2")
    catalog_actions.register_system(
        world.requester, code="CAB-relief", name={"en": "Relief", "zh": "救助"}, key_name="system-2", acting_system="tests"
    )
    with city_of(world, tmp_path) as city:
        assert city.items(always) == city.items(ending, machine=second) == [{"grade", "valid_until"}] * 2
        suspension_bites(city, always)
        restriction_bites(city, always)
        suspension_bites_while_everybody_asks(city, ending, second)
        key_revocation_bites(city, ending, second)
        a_hold_bites_soon(city, always)
        revocation_bites(city, always)
        assert city.items(ending) == [{"grade", "valid_until"}] * 2
        expiry_bites(city, ending)


def suspension_bites(city: City, agreement: str) -> None:
    """And its end, as quickly."""
    follow()
    city.a.act(city.approver, f"agreements/{agreement}/suspend", **ENDING)
    assert city.refused(agreement) == ((403, "SUSPENDED"),) * 2
    city.a.act(city.approver, f"agreements/{agreement}/resume", reason="Settled.")
    assert city.items(agreement) == [{"grade", "valid_until"}] * 2


def restriction_bites(city: City, agreement: str) -> None:
    """The item is given no more, and no question that reads it is answered."""
    follow()
    assert [city.machine.ask(host, agreement, GRADE_IS_LOW).status for host in (city.b, city.a)] == [200, 200]
    path = "catalog/datasets/R14/items/grade/restriction"
    city.a.act(city.publisher, path, reason="Wrong since May.")
    replies = [city.machine.ask(host, agreement) for host in (city.b, city.a)]
    for reply in replies:
        assert reply.body["answer"]["withheld"] == [{"item": "grade", "reason": "NOT_SHARED"}]
        assert reply.body["answer"]["records"][0].keys() == {"valid_until"}
    assert city.refused(agreement, GRADE_IS_LOW) == ((403, "FACT_NOT_AGREED"),) * 2
    city.a.act(city.publisher, path, method="DELETE", reason="Mended.")
    assert city.items(agreement) == [{"grade", "valid_until"}] * 2


def key_revocation_bites(city: City, agreement: str, machine: Machine) -> None:
    """The key is refused before anything else; the system's other key goes on. Done by a third process: this one."""
    follow()
    city.items(agreement, machine=machine)
    administrator = city.world.person("requester_admin")
    catalog_actions.revoke_key(Key.objects.get(keyid="CAB-relief/system-2"), reason="It was copied.", acting_user=administrator)
    assert city.refused(agreement, machine=machine) == ((401, "KEY_REVOKED"),) * 2
    city.items(agreement)


def a_hold_bites_soon(city: City, agreement: str) -> None:
    """Who harvests is held. Processes look once a second, so this is waited for; once a host refuses, it goes on refusing."""
    follow()
    with transaction.atomic():
        holds.place(department="CAB", system="CAB-relief", alarm="A-TEST", now=timezone.now())
    wait_for(partial(gets, city.machine, city.b, agreement, "HELD"), "the hold at the other host")
    wait_for(partial(gets, city.machine, city.a, agreement, "HELD"), "the hold")
    assert city.refused(agreement) == ((403, "HELD"),) * 2
    with transaction.atomic():
        assert holds.lift("A-TEST", now=timezone.now()) == 1
    wait_for(partial(gets, city.machine, city.b, agreement, ""), "the end of the hold at the other host")
    wait_for(partial(gets, city.machine, city.a, agreement, ""), "the end of the hold")


def gets(machine: Machine, host: Host, agreement: str, code: str) -> bool:
    """Whether a call of this machine gets this code; the empty one is an answer."""
    return machine.ask(host, agreement).code == code


def revocation_bites(city: City, agreement: str) -> None:
    """For ever."""
    follow()
    city.a.act(city.approver, f"agreements/{agreement}/revoke", **ENDING)
    assert city.refused(agreement) == ((403, "REVOKED"),) * 2


def expiry_bites(city: City, agreement: str) -> None:
    """No act says it: the hosts' clocks pass the end of the period."""
    follow()  # nothing may wait for the log when the hours are skipped
    later = 2 * int(ENDS_IN.total_seconds())
    (made := city.ahead.with_suffix(".new")).write_text(str(later), "utf-8")
    made.rename(city.ahead)
    assert city.refused(agreement, machine=Machine("CAB-relief", clock_s=later)) == ((403, "EXPIRED"),) * 2


@dataclass
class Asking:
    """A thread that asks one host without pause. `turn`: odd from the moment at which a suspension was acknowledged until
    just before its end is begun. `seen`: the statuses of calls that began and ended in one turn."""

    host: Host
    agreement: str
    machine: Machine
    turn: int = 0
    seen: dict[int, set[int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    def ask_on(self) -> None:
        """Until there is enough of it."""
        try:
            while not self.enough.wait(0.005):  # so that on SQLite other writers get in
                begun = self.turn
                status = self.machine.ask(self.host, self.agreement).status
                if begun == self.turn:
                    self.seen.setdefault(begun, set()).add(status)
        except Exception as error:  # noqa: BLE001 - told to the test
            self.faults.append(repr(error))
        finally:
            connections.close_all()

    def has(self, statuses: set[int]) -> bool:
        """Whether one of these was the answer to a call of this turn."""
        assert self.faults == []
        return bool(self.seen.get(self.turn, set()) & statuses)


def suspension_bites_while_everybody_asks(city: City, agreement: str, machine: Machine) -> None:
    """Batches are on their way at both hosts all the time: no call that was begun after the acknowledgement is answered,
    and behind the act no answer stands in the log."""
    asking = [Asking(host, agreement, machine) for host in (city.b, city.b, city.a)]
    with asked_all_the_time(asking):
        for _ in range(TURNS):
            sequencer.sequence_once()
            city.a.act(city.approver, f"agreements/{agreement}/suspend", **ENDING)
            take_turn(asking, {200, 403, 429})
            take_turn(asking, set())
            city.a.act(city.approver, f"agreements/{agreement}/resume", reason="Settled.")
            wait_for(lambda: all(one.has({200}) for one in asking), "an answer of each host")
    for one in asking:
        refused = {turn: one.seen[turn] for turn in range(1, 2 * TURNS, 2)}
        assert all(statuses <= NOTHING_GIVEN for statuses in refused.values()), refused
    follow()
    require_order_in_the_log(agreement)


def take_turn(asking: list[Asking], statuses: set[int]) -> None:
    """The next turn begins; wait until each has had an answer with one of these statuses in it."""
    for one in asking:
        one.turn += 1
    wait_for(lambda: not statuses or all(one.has(statuses) for one in asking), "an answer to everybody")


@contextmanager
def asked_all_the_time(asking: list[Asking]) -> Iterator[None]:
    """While the block lasts."""
    threads = [threading.Thread(target=one.ask_on) for one in asking]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for one in asking:
            one.enough.set()
        for thread in threads:
            thread.join()


def require_order_in_the_log(agreement: str) -> None:
    """Between a suspension and its end the log has no answer under the agreement."""
    rows = EntryIndex.objects.filter(agreement=agreement).order_by("entry").values_list("type", "act_type", "outcome")
    is_suspended, acts, answered = False, 0, 0
    for kind, act, outcome in rows:
        if kind == "act" and act in ("suspend", "resume"):
            is_suspended, acts = act == "suspend", acts + 1
        elif kind == "exchange" and outcome == "ANSWERED":
            assert not is_suspended, "an answer stands in the log behind the suspension"
            answered += 1
    assert (acts, is_suspended) == (2 * TURNS, False)
    assert answered >= TURNS


@contextmanager
def city_of(world: World, folder: Path) -> Iterator[City]:
    """Two hosts on the database and the home of this test, both taking calls; ended with everything that they started."""
    ahead = folder / "clock-ahead"
    with ExitStack() as stack:
        a, b = (started(folder / f"{name}.log", ahead, stack) for name in ("a", "b"))
        for host in (a, b):
            wait_for(host.answers, "the web process", _START_S)
        follow()
        yield City(world, a, b, ahead, approver=signed_in(world, "approver"), publisher=signed_in(world, "publisher"))


def started(log: Path, ahead: Path, stack: ExitStack) -> Host:
    """A web process of the hub on a free port; ended by `stack`."""
    port, output = free_port(), stack.enter_context(log.open("wb"))
    web = commands(Home(Path(settings.HUB_HOME), io.StringIO()), HOST, port)["web"]
    command = [*web[:-1], "tests.delivery.host_with_a_clock:application"]
    child = Child(command, environment=environment(ahead), cwd=ROOT, output=output)
    stack.callback(stop, [child])
    return Host(port, child, log)


def environment(ahead: Path) -> dict[str, str]:
    """What a process of this test's own hub is told."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    own = {
        "DATABASE_URL": address_of("default"),
        "KEYSTORE_URL": address_of("keystore"),
        "DJANGO_SETTINGS_MODULE": "exchange.settings",
        "HUB_HOME": str(settings.HUB_HOME),
        "ALLOW_HUB_CUSTODY": "1",
        "ERRANDS_IN_WEB": "0",
        "HUB_SUPERVISOR_PID": str(os.getpid()),
        "PUBLIC_URLS": ",".join(settings.PUBLIC_URLS),
        "PYTHONPATH": str(ROOT),
        "CLOCK_AHEAD": str(ahead),
    }
    return kept | own


def address_of(alias: str) -> str:
    """The address of the database that this test has, with everything that it commits."""
    name = str(connections[alias].settings_dict["NAME"])
    if connections[alias].vendor == "sqlite":
        return f"sqlite:///{name}"
    variable = {"default": "DATABASE_URL", "keystore": "KEYSTORE_URL"}[alias]
    return urlsplit(os.environ[variable])._replace(path=f"/{name}").geturl()


def ending_soon(world: World) -> Agreement:
    """An agreement of the same scope that ends in some hours, with room for whoever asks without pause."""
    terms = {"period_until": timezone.now() + ENDS_IN, "per_day": 1_000_000, "per_minute": 1_000_000}
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, **terms)
    return agree(request, world.people, {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester})


def signed_in(world: World, name: str) -> dict[str, str]:
    """What a browser sends in which this person has signed in."""
    browser, token = Client(), "x" * 32
    browser.force_login(world.person(name), backend=settings.AUTHENTICATION_BACKENDS[0])
    return {"Cookie": f"sessionid={browser.cookies['sessionid'].value}; csrftoken={token}", "X-CSRFToken": token}


def follow() -> None:
    """What sequencer and follower do all the time, and this test before each step: nothing goes on while entries wait a minute."""
    while sequencer.sequence_once().added:
        pass
    while follower.follow_once():
        pass


def wait_for(look: Callable[[], object], what: str, seconds: float = _WAIT_S) -> None:
    """Look until it is so, for a bounded time."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)  # a key that is refused too often is told so, which is not the question here
