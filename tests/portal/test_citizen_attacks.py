"""A subject is never chosen by the caller: whatever is sent, the pages show one's own data or refuse. Seeded, thousands of tries."""

from __future__ import annotations

import logging
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from audit.follower import follow_once
from audit.sequencer import sequence_once
from catalog.models import Work
from exchange.accounts.models import Person
from exchange.affairs.models import Case, CaseStep, Evidence, Licence, Objection, Offer
from tests.affairs.conftest import affairs_world  # noqa: F401 - a fixture
from tests.affairs.world import IDENTIFIERS, AffairsWorld
from tests.portal.citizen_pages import Citizen

TRIES = 600
# More of them: ATTACK_SEEDS=40. One place at a time is tried by tests/rules/test_subject_of_pages.py; here many at once.
SEEDS = range(1, 1 + int(os.environ.get("ATTACK_SEEDS", "2")))
PREFIXES = ("services", "apply/", "me", "demo/messages")
# Steps there change how the attacker signs in, nothing else; tests/accounts tries them.
OWN_SIGN_IN = ("me/account", "me/who-are-you")
REFUSED = {400, 401, 403, 404, 405, 413, 415, 422, 429, 503}
# Names under which a careless page could take somebody's identity from the caller.
NAMES = re.findall(
    r"\w+",
    """
    subject subject_id subject_blind subject_kind subject_sealed identifier identifier_kind id id_number identity person
    person_id user user_id username applicant citizen case case_id number case_number blind who acting_user on_behalf_of
    mandate evidence evidence_id evidence_set licence offer owner account next_of_kin
    """,
)
HEADERS = re.findall(
    r"\w+",
    """
    HTTP_X_SUBJECT HTTP_X_USER HTTP_X_REMOTE_USER REMOTE_USER HTTP_X_FORWARDED_USER HTTP_X_IDENTIFIER HTTP_X_CASE HTTP_FROM
    HTTP_X_FORWARDED_FOR HTTP_X_ORIGINAL_URL HTTP_X_REWRITE_URL HTTP_X_HTTP_METHOD_OVERRIDE HTTP_REFERER HTTP_HX_CURRENT_URL
    HTTP_HX_PROMPT
    """,
)
_ECHOED = re.compile(
    r'<a href="[^"]*">Clear</a>|(?<=name="csrfmiddlewaretoken" value=")[^"]*|(?<=="/en/)[^"]*(?=")|(?<=="/zh-hans/)[^"]*(?=")'
)


@dataclass
class City:
    """The victim's things, the attacker's, and who attacks."""

    world: AffairsWorld
    attacker: Citizen
    own: Case
    theirs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, world: AffairsWorld) -> City:
        """The victim has a decided case with licence and payment, one that runs, and an objection; the attacker has one that runs."""
        victim = Citizen(world, "granted")
        decided = victim.asks()
        victim.press(f"me/cases/{decided.number}/items/grade_moderate", do="dispute", words="A secret of the victim.")
        victim.press(f"me/cases/{decided.number}/items/grade_moderate", do="accept")
        victim.hands_in(decided)
        victim.press(f"me/cases/{decided.number}/items/grade_moderate", do="wrong", words="A secret of the victim.")
        running = victim.asks()
        attacker = Citizen(world, "neighbour")
        own = attacker.asks()
        sequence_once()  # the victim's lines stand in the log
        while follow_once():
            pass
        person = world.people["granted"]
        theirs = {
            "identifier": IDENTIFIERS["granted"],
            "number": running.number,
            "decided": decided.number,
            "licence": Licence.objects.get(case=decided).pk,
            "person": str(person.pk),
            "username": str(person.username),
            "blind": bytes(person.identifier_blind or b"").hex(),
            "case": str(running.pk),
            "evidence": str(Evidence.objects.filter(evidence_set=running.evidence_set_id).values_list("pk", flat=True)[0]),
            "objection": str(Objection.objects.get(state="OPEN").pk),
        }
        return cls(world, attacker, own, theirs)

    def snapshot(self) -> list[Any]:
        """Everything of the victim that an attack could change."""
        blind = self.world.people["granted"].identifier_blind
        cases = Case.objects.filter(subject_blind=blind).order_by("pk")
        return [
            list(cases.values()),
            list(Evidence.objects.filter(evidence_set__cases__in=cases).order_by("pk").values()),
            list(Objection.objects.filter(subject_blind=blind).order_by("pk").values()),
            list(CaseStep.objects.filter(case__in=cases).order_by("pk").values()),
            list(Offer.objects.filter(subject_blind=blind).order_by("pk").values()),
            list(Licence.objects.filter(case__in=cases).order_by("pk").values()),
            list(Person.objects.filter(identifier_blind=blind).values()),
        ]


@pytest.fixture
def city(affairs_world: AffairsWorld) -> City:  # noqa: F811
    return City.of(affairs_world)


def routes() -> list[str]:
    """Every citizens' page, as the resolver knows it, below the language."""
    with override("en"):
        found = sorted({route for route in _walk(get_resolver().url_patterns, "") if route.startswith("en/")})
    below = [route.removeprefix("en/") for route in found]
    return [route for route in below if any(route == prefix or route.startswith(f"{prefix.rstrip('/')}/") for prefix in PREFIXES)]


def _walk(patterns: Any, before: str) -> Iterator[str]:
    for found in patterns:
        if isinstance(found, URLResolver):
            yield from _walk(found.url_patterns, before + str(found.pattern))
        elif isinstance(found, URLPattern):
            yield before + str(found.pattern)


def filled(route: str, values: dict[str, str]) -> str:
    """The route with its parameters filled in."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values.get(match[1], "1"), route)


def addresses(city: City, chance: random.Random) -> dict[str, str]:
    """Parameters of routes: the victim's, or one's own."""
    theirs = {
        "number": chance.choice([city.theirs["number"], city.theirs["decided"]]),
        "licence_id": city.theirs["licence"],
        "offer_id": city.theirs["case"],
        "order_id": city.theirs["case"],
        "question_id": city.theirs["objection"],
    }
    own = {**theirs, "number": city.own.number}
    always = {"slug": "disability-allowances", "requirement": "low_income_family", "entry": str(chance.randrange(200))}
    return {**(theirs if chance.random() < 0.6 else own), **always}


def sent(city: City, chance: random.Random) -> dict[str, Any]:
    """Somebody else's identity, under several names, in one of the places where a caller can write."""
    values = list(city.theirs.values())
    pairs = {name: chance.choice(values) for name in chance.sample(NAMES, 5)}
    headers = {name: chance.choice(values) for name in chance.sample(HEADERS, 3)} if chance.random() < 0.5 else {}
    return {"pairs": pairs, "headers": headers, "cookies": chance.random() < 0.3}


def body_of(answer: Any) -> str:
    """What was answered, streamed or not; read once."""
    if answer.streaming:
        answer.read = getattr(answer, "read", None) or b"".join(answer.streaming_content)
        return str(answer.read.decode(errors="replace"))
    return str(answer.content.decode(errors="replace"))


def secrets_in(city: City, answer: Any, given: str) -> list[str]:
    """What a page shows of the victim, apart from what the caller wrote there."""
    shown = body_of(answer) + str(dict(answer.headers)) + str(answer.cookies)
    secret = [*(value for name, value in city.theirs.items() if name != "evidence"), "A secret of the victim.", "1234."]
    return [value for value in secret if value not in given and value in shown]


def unechoed(answer: Any) -> str:
    """The page without tokens and without addresses, which repeat the query."""
    return _ECHOED.sub("", body_of(answer))


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_sent_one_reads_ones_own_or_is_refused(city: City, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chance, client, before = random.Random(seed), city.attacker.client, city.snapshot()
    pages = routes()
    assert len(pages) > 15
    for _ in range(TRIES):
        route = chance.choice(pages)
        path = "/en/" + filled(route, addresses(city, chance))
        what = sent(city, chance)
        cookies = dict(client.cookies)
        if what["cookies"]:
            for name, value in what["pairs"].items():
                client.cookies[name] = value
        if chance.random() < 0.5 or route.startswith(OWN_SIGN_IN):
            client.get("/en/services")  # what earlier steps had to say has been said
            answer = client.get(path, what["pairs"], **what["headers"])
            _reads_the_same(client, path, answer)
        else:
            answer = client.post(path, what["pairs"], **what["headers"])
        client.cookies.clear()
        client.cookies.update(cookies)
        assert answer.status_code in REFUSED | {200, 204, 302}, f"{path}: {answer.status_code}"
        given = path + str(what)
        assert not secrets_in(city, answer, given), f"{path} {what}"
        if any(value in path for name, value in city.theirs.items() if name in {"number", "decided", "licence"}):
            assert answer.status_code in REFUSED, f"{path}: somebody else's was opened"
    assert city.snapshot() == before
    mine = city.world.people["neighbour"].identifier_blind
    assert {bytes(case.subject_blind) for case in Case.objects.exclude(number__in=city.theirs.values())} == {bytes(mine or b"")}
    _nothing_is_written_down(caplog, before)


def _reads_the_same(client: Any, path: str, answer: Any) -> None:
    """What was sent beside the address changes nothing of what is read."""
    if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
        plain = client.get(path)
        assert plain.status_code == 200
        assert unechoed(answer) == unechoed(plain), path


def _nothing_is_written_down(caplog: pytest.LogCaptureFixture, rows: list[Any]) -> None:
    """No identifier of anybody stands in a log line or a work row, nor, in clear, in a row of a case."""
    written = "\n".join(record.getMessage() for record in caplog.records)
    written += str(list(Work.objects.values())) + str(rows)
    assert [name for name, identifier in IDENTIFIERS.items() if identifier in written] == []


def test_the_watch_notices_a_page_that_takes_the_subject_from_the_caller(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control switched off: were a case found by its number alone, the attack would see it."""
    from exchange.portal.citizen import signed_in

    monkeypatch.setattr(signed_in, "case_for", lambda number, *, applicant: Case.objects.get(number=number))
    answer = city.attacker.client.get(f"/en/me/cases/{city.theirs['decided']}")
    assert answer.status_code == 200
    assert secrets_in(city, answer, f"/en/me/cases/{city.theirs['decided']}")


def test_every_step_of_somebody_elses_application_is_not_found(city: City) -> None:
    for number in (city.theirs["number"], city.theirs["decided"]):
        for step in ("ask", "submit", "withdraw", "appeal", "answer", "items/certificate_valid"):
            answer = city.attacker.press(f"me/cases/{number}/{step}", do="decline", words="Mine.", shown="certificate_valid")
            assert answer.status_code == 404, step
            assert "No such application" in answer.content.decode()


def test_an_identifier_that_is_planted_stands_in_no_address_and_no_refusal(city: City) -> None:
    victim = IDENTIFIERS["granted"]
    for path in (f"me/cases/{victim}", f"me/licences/{victim}", f"services/{victim}", f"apply/{victim}"):
        answer = city.attacker.open(path)
        assert answer.status_code == 404, path
        main = answer.content.decode().split("<main")[1].split("</main>")[0]
        assert victim not in main, path
