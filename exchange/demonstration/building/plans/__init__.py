"""What the city's departments ask of each other, and how far each request has come: something waits for everybody."""

from exchange.demonstration.building.plans.business import BUSINESS
from exchange.demonstration.building.plans.cases import CASES
from exchange.demonstration.building.plans.ended import ENDED
from exchange.demonstration.building.plans.plan import IS_SIGNED, WIDE, Goal, Plan
from exchange.demonstration.building.plans.waiting import WAITING

IN_FORCE = (*BUSINESS, *CASES, *ENDED)
"""What comes into force, some of it to end later."""

PLANS = (*IN_FORCE, *WAITING)

__all__ = ["CASES", "IN_FORCE", "IS_SIGNED", "PLANS", "WAITING", "WIDE", "Goal", "Plan"]
