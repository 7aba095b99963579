"""The citizens' city that this room's tests stand on."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def affairs_world(founded: None, settings: Any) -> Any:
    """Four registers, five agreements, two matters, seven citizens (tests/affairs/world.py)."""
    from tests.affairs.world import build_affairs_world

    settings.ALLOW_HUB_CUSTODY = True
    return build_affairs_world()
