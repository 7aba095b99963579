"""What a citizen is told when something happened without them: one sentence, with the number and nothing else."""

from __future__ import annotations

from exchange.accounts import outbox
from exchange.affairs.models import Case, Objection


def tell(case: Case, template: str) -> None:
    """Write the message in the caller's transaction; a case from the counter has no account to tell."""
    if case.person is not None:
        outbox.send(case.person, template, context={"number": case.number}, language=case.language)


def tell_objector(objection: Objection) -> None:
    """Say that an office has answered."""
    if objection.person is not None:
        outbox.send(objection.person, "objection_settled")
