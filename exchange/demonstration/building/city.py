"""The steps of building the city, in order. Each does only what is not yet done, so a broken-off run is simply run again."""

from __future__ import annotations

from exchange.demonstration.building import (
    agreeing,
    asking_why,
    citizens,
    exchanges,
    founding,
    handing,
    leading,
    months,
    publishing,
    sequencing,
    services,
    sharing_life,
    staff,
)
from exchange.demonstration.generator.city import MAXIMUM_HOUSEHOLDS
from exchange.starting.telling import step

LEAST_HOUSEHOLDS = 30


def take_steps(*, households: int, base_url: str) -> None:
    """Take every step, or those that an earlier run left."""
    if not LEAST_HOUSEHOLDS <= households <= MAXIMUM_HOUSEHOLDS:
        raise ValueError(f"Choose between {LEAST_HOUSEHOLDS} and {MAXIMUM_HOUSEHOLDS} households.")
    with step("  Hub", "founded"):
        founding.found()
    with step("  Departments", f"{len(founding.departments())} certified"):
        founding.enter_departments()
        founding.enter_purposes()
    with step("  People", "may sign in"):
        staff.enter_people()
    with step("  Systems", "certified"):
        staff.enter_systems()
    publishing.publish_registers(households)
    with step("  R25 Burial book, on paper", "described: an officer answers"):
        sharing_life.publish_the_book()
    with step("  Agreements", "asked, checked, approved and signed"):
        agreeing.agree()
    with step("  Log", "entries in the log"):
        sequencing.sequence_all()
    with step("  Exchanges", "answered and refused"):
        exchanges.exchange()
    with step("  Services", "open for applications"):
        services.publish_matters()
        services.appoint_officers()
    with step("  Citizens", "have accounts and applied"):
        citizens.bind_citizens()
        leading.lead_all()
    with step("  Offers", "made in two months"):
        months.last_month()
        publishing.publish_news()
        months.this_month_too()
    with step("  Log", "entries in the log"):
        sequencing.sequence_all()
    with step("  Questions", "asked of an office, one is answered"):
        asking_why.ask()
        sequencing.sequence_all()
    with step("  Between departments", "an offer, an emergency, an export, a correction and a dispute"):
        sharing_life.offer()
        sharing_life.live_through_an_emergency()
        sharing_life.make_an_export()
        sharing_life.ask_about_the_book()
        sharing_life.correct_and_dispute()
        sequencing.sequence_all()
        sharing_life.close_the_emergency()
        sequencing.sequence_all()
    handing.write(base_url)
