"""Agreement rows from acts: states are copied from the verified standing, never computed here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from audit.proof.acts import AgreementStanding, Standing
from catalog.models import Dataset
from exchange.sharing.lifecycle import AgreementState
from exchange.sharing.models import Agreement


def folded(agreement_id: str, standing: Standing) -> dict[str, Any]:
    """The columns that acts decide, for one agreement that has its `agree` act."""
    found = standing.agreements[agreement_id]
    return {
        "state": AgreementState(found.state.value),
        "suspended_by": dict(found.suspended_by),
        "state_reason": dict(found.reason) if found.reason else None,
        "superseded_by": found.superseded_by or "",
        "ended_seq": found.ended_seq,
    }


def supersede(agreement: Agreement, standing: Standing) -> None:
    """After an agreement came into force, copy the end of the one that it replaces."""
    old = agreement.document.get("supersedes")
    if old:
        Agreement.objects.filter(agreement_id=old).update(**folded(str(old), standing))


@transaction.atomic
def rebuild(standing: Standing) -> int:
    """Make every row of an agreement that has an act again as the acts say; the number of rows.

    A row that claims to be in force and has no act is set back to PROPOSED: it never opened anything.
    """
    for name, found in standing.agreements.items():
        _write(name, found, standing)
    unknown = Agreement.objects.exclude(agreement_id__in=list(standing.agreements))
    unknown.exclude(state=AgreementState.PROPOSED).update(state=AgreementState.PROPOSED, act_seq=None, ended_seq=None)
    return len(standing.agreements)


def _write(name: str, found: AgreementStanding, standing: Standing) -> None:
    text: Any = found.agreement
    columns = {
        **folded(name, standing),
        "document": text,
        "provider_id": text["provider"],
        "requester_id": text["requester"],
        "act_seq": found.seq,
        "period_from": _moment(text["period"]["from"]),
        "period_until": _moment(text["period"]["until"]),
    }
    dataset = Dataset.objects.get(code=text["dataset"])
    Agreement.objects.update_or_create(
        agreement_id=name, defaults={**columns, "dataset": dataset}, create_defaults={**columns, "dataset": dataset, "order": {}}
    )


def _moment(text: str) -> datetime:
    """A signed time, or a signed day as its first second, UTC."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00Z")
