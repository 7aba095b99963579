"""A follower of changes in tests: asks page after page, and keeps a table as `hub changes` would have it kept."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from audit.proof.canonical import fresh_nonce
from catalog import actions as catalog_actions
from catalog.models import Dataset
from exchange.delivery.changes import child, difference
from exchange.delivery.changes.door import handle
from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Agreement
from tests.delivery.wire_caller import COMMON, Caller, Reply, read
from tests.world import World, agree, ask, remembered_check
from tests.world_data import CONDITIONAL_ROWS

TERMS: dict[str, Any] = {
    "items": ["person", "grade"],
    "facts": {},
    "methods": ["CHANGES", "QUERY"],
    "per_day": 100_000,
    "per_minute": 100_000,
}


@dataclass
class Follower(Caller):
    """One system that follows one agreement. `table` is what it has rebuilt: row name → record."""

    agreement: str = ""
    cursor: str | None = None
    table: dict[str, dict[str, Any]] = field(default_factory=dict)
    steps: list[tuple[str, str]] = field(default_factory=list)

    def page(self, **body: Any) -> Reply:
        """One page, as the door gives it; nothing is kept of it yet."""
        wanted = {**COMMON, "salt": fresh_nonce(), **({"cursor": self.cursor} if self.cursor else {}), **body}
        arrival = self.arrival(self.agreement, "changes", {name: value for name, value in wanted.items() if value is not None})
        return read(arrival, handle(arrival))

    def keep(self, reply: Reply) -> None:
        """Take over a page and its cursor."""
        assert reply.status == 200, reply.body
        for change in reply.body["changes"]:
            self.steps.append((change["state"], change["row"]))
            if change["state"] == "GONE":
                del self.table[change["row"]]  # what was never set is not gone
            else:
                self.table[change["row"]] = change["record"]
        self.cursor = reply.body["cursor"]

    def follow(self, **body: Any) -> list[Reply]:
        """Page after page until the newest is reached."""
        replies = []
        while True:
            reply = self.page(**body)
            self.keep(reply)
            replies.append(reply)
            if not reply.body["more"]:
                return replies


def followed(world: World, **terms: Any) -> Follower:
    """A follower of a new agreement that is in force."""
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, **{**TERMS, **terms})
    agreement = agree(request, world.people, {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester})
    return Follower("CAB-relief", agreement=agreement.agreement_id)


def first_rows() -> list[dict[str, str]]:
    """The rows of the world's register, as a department's file has them."""
    return list(csv.DictReader(io.StringIO(CONDITIONAL_ROWS)))


def publish(world: World, rows: list[dict[str, str]]) -> None:
    """A new revision of the register with these rows, through the real actions."""
    written = io.StringIO()
    writer = csv.DictWriter(written, ["身份证号", "残疾类别", "残疾等级", "有效期至", "诊断"])
    writer.writeheader()
    writer.writerows(rows)
    dataset = Dataset.objects.get(pk=world.conditional.pk)
    with remembered_check():
        load = catalog_actions.load_file(
            dataset, fileobj=io.BytesIO(written.getvalue().encode()), filename="rows.csv", acting_user=world.person("publisher")
        )
    assert load.state == "READY", load.report
    catalog_actions.publish_revision(load, acting_user=world.person("publisher"))


def end_agreement(world: World, agreement_id: str) -> None:
    """The owner revokes the agreement."""
    agreement = Agreement.objects.get(agreement_id=agreement_id)
    officer = world.person("owner_officer")
    sharing_actions.revoke(agreement, reason="Over.", ground="PURPOSE_ENDED", acting_user=officer, department=world.owner)


def places_found_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the child's work be done in this process: the same engine, locked down the same way, without the start of a process."""
    monkeypatch.setattr(difference, "run", child.find)


def kept_files() -> list[Path]:
    """The differences that lie on this host."""
    return sorted((Path(settings.FILES_DIR) / "changes").glob("*.places"))


def as_text(value: Any) -> str:
    """A value as one text, to compare."""
    return json.dumps(value, sort_keys=True)
