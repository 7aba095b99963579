"""Builds the demonstration city in a new hub, through the same actions that departments use; safe to break off anywhere."""

from exchange.demonstration.building import demo_json
from exchange.starting.telling import say


def build(*, households: int, base_url: str) -> None:
    """Build the city with `households`, or finish what an earlier run left; `base_url` is what demo.json tells scripts.

    A city that stands is left alone, whatever `households` says. Raises ValueError when there are too few or too many.
    """
    if demo_json.is_finished():
        demo_json.refresh(base_url)
        say("  The city stands already")
        return
    from exchange.demonstration.building.city import take_steps  # only a building needs all that this imports

    take_steps(households=households, base_url=base_url)
