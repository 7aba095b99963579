"""A founded hub whose commits are real, so that copies are written and a database can be tampered with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection


@pytest.fixture
def hub(transactional_db: None) -> Iterator[None]:
    """Keys, first acts, two departments and a system, all in the log under a signed checkpoint."""
    from audit import ceremony, sequencer  # this file is read before Django is ready

    ceremony.found_hub()
    ceremony.certify_department("CIVIL")
    ceremony.certify_department("POLICE")
    ceremony.certify_system("civil-welfare", "CIVIL")
    sequencer.sequence_once()
    yield
    for folder in (settings.COPY_DIR, settings.TILES_DIR):
        assert folder.is_relative_to(settings.HUB_HOME)


def run_sql(statement: str, parameters: list[Any] | None = None) -> int:
    """What somebody with the database's password does; give how many rows it met."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or [])
        return int(cursor.rowcount)
