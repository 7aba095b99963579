"""The leased work of an export: make the file, measure it, sign the manifest. Run again after a crash it begins anew."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.utils import timezone

from audit import trail
from catalog.work import Renew
from exchange.delivery.deliver import current_policies
from exchange.delivery.exports import making, moves
from exchange.delivery.exports.allowed import refusal_of
from exchange.delivery.exports.lifecycle import DeliveryEvent, DeliveryState
from exchange.delivery.exports.making import Made, Seal
from exchange.delivery.exports.manifest import seal_context, signed_manifest
from exchange.delivery.exports.opening import columns_of, selection_of
from exchange.delivery.models import Delivery
from exchange.sharing.policy import Policy

BYTES_A_COLUMN = 12  # of a text form, for the progress only


class _NotWanted(Exception):
    """The export was cancelled, stopped or has run out while its file was made."""


def prepare(number: str, renew: Renew) -> None:
    """Make the rows of one export. Does nothing where it is not PREPARING any more."""
    found = Delivery.objects.filter(number=number, state=DeliveryState.PREPARING).first()
    if found is None or _stopped(found):
        return
    policy = current_policies().by_agreement[found.agreement]
    columns = columns_of(policy, tuple(found.columns))
    selection = selection_of(policy, columns, on=found.on, form=found.form)
    expected = found.row_count * len(columns) * BYTES_A_COLUMN
    try:
        made = making.make_file(
            found.rows_hash,
            selection,
            form=found.form,
            expected_bytes=expected,
            on_progress=_heard(found, renew),
            seal=Seal(policy.seal_key, seal_context(found)) if found.seal_to else None,
        )
    except _NotWanted:
        return
    _keep(found, policy, made)


def _stopped(found: Delivery) -> bool:
    """Whether the export may not go on; then it is ended here."""
    ground = refusal_of(found, current_policies(), keyid="", at_ms=trail.now_ms())
    if ground is not None:
        moves.end(found, DeliveryEvent.STOP, reason=ground.code)
    return ground is not None


def _heard(found: Delivery, renew: Renew) -> Callable[[int], None]:
    def heard(progress: int) -> None:
        renew(progress)
        if not Delivery.objects.filter(pk=found.pk, state=DeliveryState.PREPARING).update(progress=progress):
            raise _NotWanted

    return heard


def _keep(found: Delivery, policy: Policy, made: Made) -> None:
    """READY with its manifest, or FAILED where the file does not hold the rows that the entry says."""
    if made.rows != found.row_count:
        made.path.unlink()
        moves.end(found, DeliveryEvent.FAIL, reason="ROWS_DIFFER")
        return
    manifest = signed_manifest(found, made, columns_of(policy, tuple(found.columns)))
    made.path.replace(moves.file_of(found))
    changes = {"manifest": manifest, "size": made.size, "row_marks": list(made.row_marks), "progress": 100, "ready_at": timezone.now()}
    if not moves.move(found, DeliveryEvent.PREPARED, **changes):
        moves.remove_file(found)


def end_when_due(number: str, renew: Renew) -> None:
    """After its day an export is over; what was collected loses its rows some minutes after (collecting.py)."""
    making.sweep(time.time())
    found = Delivery.objects.filter(number=number).first()
    if found is None:
        return
    if found.expires_at <= timezone.now():
        moves.end(found, DeliveryEvent.EXPIRE)
    if found.ended_at is not None:
        moves.remove_file(found)
