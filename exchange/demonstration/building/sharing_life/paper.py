"""The register that is still a book, and one question that waits for an officer of Civil Affairs."""

from __future__ import annotations

from pathlib import Path

from audit import acts
from catalog.actions import publish_version
from catalog.models import Department
from exchange.delivery.models import OfficerQuestion
from exchange.demonstration.building import staff
from exchange.demonstration.building.exchanges import Exchange, perform
from exchange.demonstration.building.roll import PUBLISHER
from exchange.jurisdictions.reading import load_register

CODE = "R25"
_FILE = Path(__file__).resolve().parents[2] / "R25_burial_book.yaml"
_QUESTION = Exchange("burials", "query", ("the_deceased",))


def publish_the_book() -> None:
    """Describe it in the catalogue. It has no file and no revision: people answer."""
    if CODE not in acts.standing().versions:
        register = load_register(_FILE)
        owner = Department.objects.get(code=register["provider"])
        publish_version(owner, document=register, acting_user=staff.of(owner.code, PUBLISHER))


def ask_about_the_book() -> None:
    """One question, which waits in the queue of the owner's officers."""
    if not OfficerQuestion.objects.filter(dataset=CODE).exists():
        perform(_QUESTION, case="DEMO-BOOK")
