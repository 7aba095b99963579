"""The city of the access tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.rules.citizen_side import CitizenSide
    from tests.rules.citizens import CitizenCity
    from tests.rules.city import City


@pytest.fixture
def city(db: None, settings: Any) -> City:
    """Something in each state, built by the real actions."""
    from tests.remembered import remembered
    from tests.rules.city import build_city

    settings.ALLOW_HUB_CUSTODY = True
    city: City = remembered("city", build_city)
    return city


@pytest.fixture
def citizen_side(db: None, settings: Any) -> CitizenSide:
    """One citizen's things in each state, and everybody who might want to see them."""
    from tests.remembered import remembered
    from tests.rules.citizen_side import build_citizen_side, renewed

    settings.ALLOW_HUB_CUSTODY = True
    return renewed(remembered("citizen side", build_citizen_side))


@pytest.fixture
def citizen_city(db: None, settings: Any) -> CitizenCity:
    """One citizen's application in each state, built by the real actions."""
    from tests.remembered import remembered
    from tests.rules.citizens import build_citizen_city

    settings.ALLOW_HUB_CUSTODY = True
    city: CitizenCity = remembered("citizen city", build_citizen_city)
    return city
