"""Builds the demonstration city in a new hub, through the same actions that departments use; safe to break off anywhere."""

from exchange.demonstration.building.city import build

__all__ = ["build"]
