"""What a published matter asks is what a sharing request for its purpose proposes."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from audit.proof.canonical import document_hash, dumps
from exchange.affairs.matters.loading import load_matter_file
from exchange.affairs.matters.needs import needed_by
from exchange.affairs.models import Matter, MatterVersion


def matter(code: str) -> Matter:
    """The matter of the jurisdiction's own file, as a row that is not saved."""
    content = load_matter_file(Path(settings.JURISDICTION_DIR) / "matters" / f"{code}.yaml")
    version = MatterVersion(hash=document_hash(content), document=dumps(content).decode())
    return Matter(code=code, slug=code.lower(), current=version)


def test_a_purpose_needs_the_facts_and_items_of_its_matter_and_no_more() -> None:
    found = needed_by(matter("M04"))["disability_allowance"]
    certificates = found["R14"]
    assert certificates.items == ()
    assert set(certificates.facts) == {"valid", "grade_in", "type_in"}
    assert certificates.facts["grade_in"] == {"grades": {"in": [1, 2, 3, 4]}}
    assert [(row.kind, row.name) for row in certificates.because] == [("matter", "M04")]


def test_what_a_matter_asks_for_another_purpose_is_not_proposed_for_this_one() -> None:
    needed = needed_by(matter("M04"))
    assert "R13" in needed["OWNER_CHECK"]
    assert "R13" not in needed["disability_allowance"]
