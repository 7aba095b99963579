"""A register outside the hub, for tests: its description signed and published, an agreement about it, and a store that a test scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from audit import acts
from audit.ground import log_origin
from audit.proof.canonical import document_hash, fresh_nonce
from catalog import orders, projection
from catalog.models import Dataset, Department
from catalog.stores import Question, Reply
from exchange.delivery.errands import asking
from exchange.sharing.models import Agreement
from tests import world_data
from tests.world import World, agree, ask

OFFICER_STORE = {"kind": "officer", "working_days": 3}
SQL_STORE = {
    "kind": "sql", "dialect": "postgresql", "host": "10.1.2.3", "port": 5432, "database": "d", "table": "t",
    "networks": ["10.1.2.0/24"], "ports": [5432], "credentials": "register",
}  # fmt: skip


@transaction.atomic
def publish_remote(world: World, store: dict[str, Any], *, code: str = "R15", answer_key: str | None = None, **more: Any) -> Dataset:
    """Sign and publish; straight through the chain of acts, for addresses of this machine that a publisher may not name."""
    document: dict[str, Any] = {
        **world_data.CONDITIONAL,
        "code": code,
        "name": f"register_{code.lower()}",
        "store": store,
        "provider_answer_key": answer_key,
        "revision_systems": [],
        "hub": log_origin(),
        "nonce": fresh_nonce(),
        **more,
    }
    act = orders.append_signed(
        orders.order("publish", dataset=code, version=document), department=world.owner, acting_user=world.person("publisher")
    )
    projection.project_version(document, version_hash=document_hash(document), act_seq=act.seq, at=act.at)
    projection.project_restricted(acts.standing().restricted, code)
    return Dataset.objects.get(code=code)


def agreed_about(world: World, dataset: Dataset, **terms: Any) -> Agreement:
    """An agreement in force between CAB and DPF about a remote dataset."""
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    return agree(ask(world.person("asker"), world.requester, world.purpose, dataset, **terms), world.people, parties)


def record(place: int = 0, **more: Any) -> dict[str, Any]:
    """What the register holds about `SUBJECTS[place]`, of every item that may be asked."""
    return {
        "person": world_data.SUBJECTS[place],
        "type": "visual",
        "grade": 1 + place % 4,
        "valid_until": "2031-12-31",
        **more,
    }


@dataclass
class ScriptedStore:
    """Answers with the records that it is given, and remembers what it was asked."""

    records: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {world_data.SUBJECTS[0]: [record()]})
    asked: list[Question] = field(default_factory=list)
    before: Callable[[], Awaitable[None]] | None = None
    raises: BaseException | None = None

    async def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        if self.before is not None:
            await self.before()
        if self.raises is not None:
            raise self.raises
        given = {
            who: [{item: found[item] for item in question.items} for found in self.records.get(who[1], [])] for who in question.subjects
        }
        return Reply(given, "2026-11-01T00:00:00Z")


@contextmanager
def stores(store: Any) -> Iterator[Any]:
    """Let every errand be asked of this store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "remote_store", lambda _document: store)
        yield store


def asked_round(store: Any, *, later_s: int = 0) -> int:
    """One round of asking; returns how many outcomes were recorded."""
    with stores(store):
        return asking.ask_due(timezone.now() + timedelta(seconds=later_s))


@transaction.atomic
def answered_elsewhere(code: str, store: dict[str, Any]) -> None:
    """From now on a hosted dataset is answered by a remote store: the same description, another address."""
    standing = acts.standing()
    document = {**standing.versions[code].version, "store": store, "nonce": fresh_nonce()}
    department = Department.objects.get(code=document["provider"])
    act = orders.append_signed(orders.order("publish", dataset=code, version=document), department=department, acting_user=None)
    projection.project_version(document, version_hash=document_hash(document), act_seq=act.seq, at=act.at)
