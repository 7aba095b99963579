"""The citizens' city, for what is counted and watched."""

from tests.affairs.conftest import affairs_world

__all__ = ["affairs_world"]
