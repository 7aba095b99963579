"""The citizens' city that this room's tests stand on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.remembered import remembered


@pytest.fixture
def affairs_world(db: None, settings: Any) -> Any:
    """Four registers, five agreements, two matters, seven citizens (tests/affairs/world.py)."""
    from tests.affairs.world import build_affairs_world

    settings.ALLOW_HUB_CUSTODY = True
    return remembered("affairs", build_affairs_world)
