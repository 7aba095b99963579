"""What ends an export in its middle: a revocation, a suspension, a restriction, a key, a cancellation, a killed worker."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from audit.models import Pending
from audit.proof.canonical import loads
from catalog import actions as catalog_actions
from catalog import work
from catalog.models import Key, Work
from exchange.delivery.exports import collecting, making, moves
from exchange.delivery.exports.collecting import EndedElsewhere, StreamStopped
from exchange.delivery.exports.door import Streaming, handle
from exchange.delivery.exports.lifecycle import DeliveryEvent
from exchange.delivery.models import Delivery
from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Agreement
from tests.delivery.export_caller import Exporter, Pulled, made_here, pieces, the_delivery
from tests.delivery.test_exports import INSIDE, agreed
from tests.world import World
from tests.world_data import SUBJECTS


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Exporter:
    made_here(monkeypatch)
    monkeypatch.setattr(collecting, "STEP", 100)  # so that a small world has many pieces
    return Exporter("CAB-relief")


def suspend(world: World, agreement: Agreement) -> None:
    sharing_actions.suspend(
        agreement, reason="We look at it.", ground="PURPOSE_ENDED", acting_user=world.person("signer"), department=world.requester
    )


def revoke(world: World, agreement: Agreement) -> None:
    sharing_actions.revoke(
        agreement, reason="No basis any more.", ground="PURPOSE_ENDED", acting_user=world.person("approver"), department=world.owner
    )


def restrict(world: World, agreement: Agreement) -> None:
    catalog_actions.restrict_item(world.conditional, item="grade", reason="Wrong", acting_user=world.person("publisher"))


def revoke_key(world: World, agreement: Agreement) -> None:
    key = Key.objects.get(keyid="CAB-relief/system-1")
    catalog_actions.revoke_key(key, reason="Lost", acting_user=world.person("requester_admin"))


@pytest.mark.parametrize(
    ("step", "code"), [(revoke, "REVOKED"), (suspend, "SUSPENDED"), (restrict, "COLUMN_NOT_AGREED"), (revoke_key, "KEY_REVOKED")]
)
def test_the_next_piece_does_not_leave(world: World, exporter: Exporter, step: Callable[[World, Agreement], None], code: str) -> None:
    agreement = agreed(world)
    export = exporter.prepared(agreement.agreement_id)
    answer = handle(exporter.signed("GET", export["addresses"]["data"]))
    assert isinstance(answer, Streaming)
    pulled = Pulled(answer.status)
    given = pieces(answer, pulled)
    left = len(next(given)) + len(next(given))
    step(world, agreement)
    before = Pending.objects.count()
    assert list(given) == []
    assert isinstance(pulled.stopped, StreamStopped)
    row = the_delivery(export["id"])
    assert (row.state, row.reason, row.sent) == ("STOPPED", code, left)
    assert Pending.objects.count() == before + 1
    route = newest_route()
    assert (route["event"], route["reason"], route["bytes"], route["outcome"]) == ("stop", code, left, "REFUSED")
    assert 0 < route["rows_at_most"] < len(INSIDE) + 1
    assert not moves.file_of(row).exists()
    assert not any(subject in str(route) for subject in SUBJECTS)


def newest_route() -> dict[str, Any]:
    """The route of the newest entry that waits for the log."""
    from audit.models import Blob
    from audit.proof.disclosure import open_disclosure

    parts = loads(bytes(Blob.objects.latest("pk").body), max_bytes=1 << 22)
    opened = [open_disclosure(text) for text in parts[-1]["disclosures"]]
    return next(dict(value) for _salt, name, value in opened if name == "route")


def test_an_agreement_whose_period_is_over_gives_no_further_piece(
    world: World, exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = agreed(world)
    export = exporter.prepared(agreement.agreement_id)
    answer = handle(exporter.signed("GET", export["addresses"]["data"]))
    assert isinstance(answer, Streaming)
    pulled = Pulled(answer.status)
    given = pieces(answer, pulled)
    next(given)
    monkeypatch.setattr(collecting.trail, "now_ms", lambda: 4_102_444_800_000)  # 2100
    assert list(given) == []
    assert the_delivery(export["id"]).reason == "EXPIRED"


def test_a_cancellation_ends_a_stream_that_runs(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    answer = handle(exporter.signed("GET", export["addresses"]["data"]))
    assert isinstance(answer, Streaming)
    pulled = Pulled(answer.status)
    given = pieces(answer, pulled)
    next(given)
    exporter.reply(exporter.signed("POST", export["addresses"]["cancel"]))
    assert list(given) == []
    assert isinstance(pulled.stopped, EndedElsewhere)


def test_a_revoked_agreement_gives_no_first_piece_either(world: World, exporter: Exporter) -> None:
    agreement = agreed(world)
    export = exporter.prepared(agreement.agreement_id)
    revoke(world, agreement)
    refused = exporter.pull(export["addresses"]["data"])
    assert (refused.status, json.loads(refused.body)["code"]) == (403, "REVOKED")
    assert the_delivery(export["id"]).state == "STOPPED"


def test_a_revocation_before_the_rows_are_made_makes_none(world: World, exporter: Exporter) -> None:
    agreement = agreed(world)
    export = exporter.open(agreement.agreement_id).body["export"]
    revoke(world, agreement)
    (row,) = Work.objects.filter(name="delivery.prepare_export")
    work.run(row.pk)
    assert (the_delivery(export["id"]).state, the_delivery(export["id"]).reason) == ("STOPPED", "REVOKED")


def test_broken_off_and_resumed_the_rows_are_whole(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    answer = handle(exporter.signed("GET", export["addresses"]["data"]))
    assert isinstance(answer, Streaming)
    first = answer.stream.step() + answer.stream.step()
    answer.stream.close()
    assert (the_delivery(export["id"]).state, the_delivery(export["id"]).sent) == ("COLLECTING", len(first))
    rest = exporter.pull(export["addresses"]["data"], range=f"bytes={len(first)}-")
    assert first + rest.body == exporter.pull(export["addresses"]["data"]).body
    assert the_delivery(export["id"]).state == "COLLECTED"


def test_a_worker_that_is_killed_is_followed_by_another(world: World, exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    export = exporter.open(agreed(world).agreement_id).body["export"]
    (row,) = Work.objects.filter(name="delivery.prepare_export")

    def killed(*_arguments: Any) -> Any:
        raise making.MakingFailed

    with monkeypatch.context() as broken:
        broken.setattr(making, "_run", killed)
        assert not work.run(row.pk)
    assert the_delivery(export["id"]).state == "PREPARING"
    Work.objects.filter(pk=row.pk).update(not_before=row.created_at)
    assert work.run(row.pk)
    assert the_delivery(export["id"]).state == "READY"
    assert [path.name for path in making.exports_folder().iterdir() if path.name.startswith(("working-", "made-"))] == []


def test_cancelled_while_it_is_prepared_nothing_is_kept(world: World, exporter: Exporter, monkeypatch: pytest.MonkeyPatch) -> None:
    export = exporter.open(agreed(world).agreement_id).body["export"]
    row = the_delivery(export["id"])
    real = making._run

    def cancelled_meanwhile(job: Any, on_progress: Any) -> Any:
        assert moves.end(row, DeliveryEvent.CANCEL)
        return real(job, on_progress)

    monkeypatch.setattr(making, "_run", cancelled_meanwhile)
    (leased,) = Work.objects.filter(name="delivery.prepare_export")
    assert work.run(leased.pk)
    assert (the_delivery(export["id"]).state, moves.file_of(row).exists()) == ("CANCELLED", False)


def test_a_file_with_other_rows_than_the_entry_says_is_never_given(world: World, exporter: Exporter) -> None:
    export = exporter.open(agreed(world).agreement_id).body["export"]
    Delivery.objects.filter(number=export["id"]).update(row_count=3)
    (leased,) = Work.objects.filter(name="delivery.prepare_export")
    work.run(leased.pk)
    assert (the_delivery(export["id"]).state, the_delivery(export["id"]).reason) == ("FAILED", "ROWS_DIFFER")


def test_one_agreement_has_few_streams_at_once(world: World, exporter: Exporter) -> None:
    export = exporter.prepared(agreed(world).agreement_id)
    running = [handle(exporter.signed("GET", export["addresses"]["data"])) for _ in range(collecting.MOST_STREAMS)]
    assert exporter.pull(export["addresses"]["data"]).status == 429
    for answer in running:
        assert isinstance(answer, Streaming)
        answer.stream.close()
    assert exporter.pull(export["addresses"]["data"]).status == 200


def test_a_row_turned_back_to_ready_gives_nothing_after_a_revocation(world: World, exporter: Exporter) -> None:
    agreement = agreed(world)
    export = exporter.prepared(agreement.agreement_id)
    revoke(world, agreement)
    exporter.pull(export["addresses"]["data"])
    Delivery.objects.filter(number=export["id"]).update(state="READY")
    moves.file_of(the_delivery(export["id"])).write_bytes(b"rows")
    assert exporter.pull(export["addresses"]["data"]).status == 403
