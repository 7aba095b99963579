"""What the tests of sharing share: the world with a submitted request, before anybody has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_django.fixtures import Settings

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture
def small_world(db: None, settings: Settings) -> World:
    """The world, with the request submitted and nothing more."""
    from tests.remembered import remembered
    from tests.world import build_world

    settings.ALLOW_HUB_CUSTODY = True
    found: World = remembered("small world", lambda: build_world(agreed=False))
    return found
