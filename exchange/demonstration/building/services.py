"""Publish the service matters, and let officers of the leading department decide their cases."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from exchange.affairs.actions import appoint_officer
from exchange.affairs.actions.appointing import decides_matter
from exchange.affairs.matters import load_matter_file, publish_matter
from exchange.affairs.matters.registers import PublishedRegisters
from exchange.affairs.models import Matter
from exchange.demonstration.building import staff
from exchange.demonstration.building.founding import FOUNDING
from exchange.demonstration.building.roll import ADMINISTRATOR, APPROVER, ASKER


def publish_matters() -> None:
    """Every matter of the jurisdiction; one that is in force already changes nothing."""
    registers = PublishedRegisters()
    for path in matter_files():
        publish_matter(load_matter_file(path, registers=registers), acting_system=FOUNDING)


def appoint_officers() -> None:
    """Two officers for each matter, so that nobody reviews their own decision."""
    for matter in Matter.objects.select_related("lead").order_by("code"):
        for post in (ASKER, APPROVER):
            person = staff.of(matter.lead_id, post)
            if not decides_matter(person, matter):
                appoint_officer(matter, person=person, acting_user=staff.of(matter.lead_id, ADMINISTRATOR))


def matter_files() -> list[Path]:
    """The files of the jurisdiction's matters, in the order of their codes."""
    return sorted((Path(settings.JURISDICTION_DIR) / "matters").glob("*.yaml"))
