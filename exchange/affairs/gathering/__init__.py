"""Evidence is gathered through the hub's one door, as leased work: asked, delivered, kept, each step safe to repeat."""

from exchange.affairs.gathering.rounds import WORK, enqueue_gathering, gather, gather_now

__all__ = ["WORK", "enqueue_gathering", "gather", "gather_now"]
