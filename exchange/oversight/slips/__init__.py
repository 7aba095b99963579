"""Proof slips for a person's lines, and all of them in one file that anyone checks without this hub."""

from exchange.oversight.slips.making import make_slip
from exchange.oversight.slips.taking_away import take_away

__all__ = ["make_slip", "take_away"]
