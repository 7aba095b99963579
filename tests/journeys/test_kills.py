"""The web process group is killed again and again in the middle of exchanges: nothing that a client received is missing from the log."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from hub_client.configuration import load
from hub_client.connection import Connection
from hub_client.errors import NetworkError, RefusedError
from hub_client.keyfile import open_signer
from hub_client.session import Session, ask

from audit.proof.merkle import root
from audit.proof.note import Checkpoint, verify_checkpoint
from audit.proof.tiles import split_hashes, tile_path
from tests.journeys.calling import Department, question, wait_for
from tests.journeys.hub_process import RunningHub
from tests.journeys.test_exchange_journey import log_key_of

# One full run, on SQLite; on PostgreSQL fewer, because each start of the web process takes its seconds.
KILLS = 4 if os.environ.get("DATABASE_URL") else 20
CLIENTS = 4
SEED = 20261121
_TILE = 256
_BACK_SECONDS = 90.0


@dataclass
class Clients:
    """Departments' programs that ask without pause until they are told to stop. `leaves`: of every answer that verified."""

    session: Callable[[], Session]
    agreement: dict[str, object]
    leaves: list[bytes] = field(default_factory=list)
    unanswered: int = 0
    faults: list[Exception] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    def ask_on(self) -> None:
        """One client's thread."""
        session, number = self.session(), 0
        while not self.enough.wait(0.02):
            number += 1
            try:
                answered = ask(session, str(self.agreement["id"]), "query", question(self.agreement, number))
            except NetworkError:
                self.unanswered += 1
                self.enough.wait(0.05)
            except RefusedError as refused:
                self._note_refusal(refused)
            except Exception as error:  # noqa: BLE001 - whatever a client meets is what this test is about
                self.faults.append(error)
                return
            else:
                self.leaves.append(answered.receipt.leaf if answered.receipt else b"")

    def _note_refusal(self, refused: RefusedError) -> None:
        """A call that was signed before the new process began is asked to sign again; nothing else may be refused."""
        if refused.code == "BEFORE_START":
            self.unanswered += 1
        else:
            self.faults.append(refused)


@pytest.mark.timeout(300)
def test_every_answer_before_a_kill_has_its_entry(hub: RunningHub, department: Department) -> None:
    clients = Clients(lambda: session_of(department), hub.agreement("CAB-relief", "R14"))
    threads = [threading.Thread(target=clients.ask_on, name=f"client-{number}") for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        chance = random.Random(SEED)
        for _ in range(KILLS):
            kill_once(hub, clients, chance)
        answered_again(clients)
    finally:
        clients.enough.set()
        for thread in threads:
            thread.join(40)
    assert clients.faults == []
    assert not any(thread.is_alive() for thread in threads)
    assert b"" not in clients.leaves
    assert len(set(clients.leaves)) == len(clients.leaves)

    hub.until_ready()
    wait_for(lambda: set(clients.leaves) <= set(log_of(hub)), "the entries of every answer")
    proved = hub.place.manage("verify_log")
    assert proved.returncode == 0, proved.stderr
    assert proved.stdout.startswith("All is proved")


def kill_once(hub: RunningHub, clients: Clients, chance: random.Random) -> None:
    """Let the clients be answered again, wait for a random moment, and kill the web process with all that it started."""
    answered_again(clients)
    time.sleep(chance.uniform(0, 0.3))
    group = hub.group("web")
    assert group is not None, "the web process ended by itself"
    os.killpg(group, signal.SIGKILL)
    wait_for(lambda: hub.group("web") not in (None, group), "the supervisor to start the web process again", _BACK_SECONDS)


def answered_again(clients: Clients) -> None:
    """The hub is back by itself: several more answers came, and no client met anything else."""
    before = len(clients.leaves)
    wait_for(lambda: clients.faults or len(clients.leaves) >= before + 4, "answers after a kill", _BACK_SECONDS)
    assert clients.faults == []


def session_of(department: Department) -> Session:
    """The departments' own client, with its checks of every answer; a connection that was cut is noticed soon."""
    configuration = load({"config": str(department.folder / "hub.toml")}, {})
    return Session(configuration, open_signer(configuration), Connection(configuration.address, timeout_s=10))


def log_of(hub: RunningHub) -> list[bytes]:
    """Every leaf hash of the log, from its tiles, shown to be all that the newest signed checkpoint speaks of."""
    with httpx.Client(base_url=hub.url, trust_env=False) as client:
        checkpoint = verify_checkpoint(got(client, "/log/checkpoint").decode(), *log_key_of(hub))
        hashes = [leaf for start in range(0, checkpoint.size, _TILE) for leaf in tile_at(client, checkpoint, start)]
    assert len(hashes) == checkpoint.size
    assert root(hashes) == checkpoint.root
    return hashes


def tile_at(client: httpx.Client, checkpoint: Checkpoint, start: int) -> list[bytes]:
    """The leaf hashes of one tile; where a partial one has filled up since, the full one serves."""
    width = min(_TILE, checkpoint.size - start)
    full = f"/log/{tile_path(0, start // _TILE)}"
    found = client.get(full if width == _TILE else f"/log/{tile_path(0, start // _TILE, width)}")
    if found.status_code == 404:
        return split_hashes(got(client, full), _TILE)[:width]
    assert found.status_code == 200, found.text
    return split_hashes(found.content, width)


def got(client: httpx.Client, path: str) -> bytes:
    """The bytes at an address of the log."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.content
