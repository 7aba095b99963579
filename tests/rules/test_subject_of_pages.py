"""The same for the citizens' pages: whatever names somebody else, in whichever place, one sees and changes one's own or nothing."""

from __future__ import annotations

import random

import pytest

from exchange.affairs.models import Case
from tests.rules import access_affairs
from tests.rules.citizen_side import SIDE, CitizenSide
from tests.rules.city import undone
from tests.rules.planting import leaks, secrets_of, sent, state_of, strangers, tries
from tests.rules.tables import Row, rows

OWN = ("page:me", "page:apply")
PAGES = [row for row in rows(access_affairs.CITIZENS, SIDE) if row.route.startswith(OWN) and row.wanted["own"] in (200, 302)]
VICTIM = "neighbour"
SEED = 20261122


def kept(method: str) -> list[Row]:
    """Each address once, in its first scenario."""
    found: dict[str, Row] = {}
    for row in PAGES:
        if row.method == method:
            found.setdefault(row.route, row)
    return list(found.values())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_that_a_browser_sends_makes_somebody_else_the_subject(citizen_side: CitizenSide, method: str) -> None:
    world = citizen_side.world.city
    world.shown(VICTIM)
    secrets, chance = secrets_of(world, VICTIM), random.Random(SEED)
    own, before = world.applicant("granted").subject.blind, state_of(world, VICTIM)
    client, faults, count = citizen_side.client("own"), [], 0
    for row in kept(method):
        for made in tries(row, access_affairs.BODIES.get(row.route, {"sent": "yes"}), secrets, chance, each=1):
            count += 1
            with undone():
                known = set(Case.objects.values_list("pk", flat=True))
                answer = sent(client, citizen_side, made, as_form=True)
                # a form shows again what was typed into it, so what counts is whatever else names the other
                others = {kind: secret for kind, secret in {**secrets, "name": "Neighbour"}.items() if secret != made.value}
                if answer.status_code >= 500 or leaks(answer, others):
                    faults.append(f"{made}: {answer.status_code}")
                if method == "POST" and (state_of(world, VICTIM) != before or strangers(known, own)):
                    faults.append(f"{made}: something of somebody else's changed")
    assert count > 500
    if faults:
        pytest.fail("\n".join(faults[:30]), pytrace=False)
