"""What departments live through with each other beyond asking and signing: a book on paper, a wrong value, an offer, an emergency."""

from exchange.demonstration.building.sharing_life.emergency import close_the_emergency, live_through_an_emergency
from exchange.demonstration.building.sharing_life.exporting import make_an_export
from exchange.demonstration.building.sharing_life.offering import offer
from exchange.demonstration.building.sharing_life.paper import ask_about_the_book, publish_the_book
from exchange.demonstration.building.sharing_life.wrong_values import correct_and_dispute

__all__ = [
    "ask_about_the_book",
    "close_the_emergency",
    "correct_and_dispute",
    "live_through_an_emergency",
    "make_an_export",
    "offer",
    "publish_the_book",
]
