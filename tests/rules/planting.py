"""Plants what names somebody else in every place of a request: parameters, body members, headers, cookies."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from exchange.affairs.models import Case, Evidence, Objection, Offer
from tests.affairs.world import IDENTIFIERS, AffairsWorld
from tests.rules.tables import Places, Row

NAMES = (
    "subject", "subject_id", "subject_kind", "subject_blind", "identifier", "identifier_kind", "id", "person", "person_id", "user",
    "user_id", "username", "applicant", "citizen", "on_behalf_of", "as", "acting_for", "mandate", "kind", "blind", "number", "case",
    "offer", "clerk", "channel", "assurance", "cursor", "evidence_set",
)  # fmt: skip
HEADERS = (
    "X-Subject", "X-Subject-Id", "X-User", "X-User-Id", "X-Person", "X-On-Behalf-Of", "X-Forwarded-User", "X-Remote-User", "Remote-User",
    "X-Authenticated-User", "X-Acting-Department", "From", "X-Case", "X-Assurance", "Idempotency-Key", "If-None-Match", "Last-Event-ID",
    "Authorization",
)  # fmt: skip
COOKIES = ("subject", "person", "user", "user_id", "identifier", "case", "act_as", "messages", "sessionid")


@dataclass
class Try:
    """One request: the right one, with one thing planted in one place."""

    row: Row
    place: str = ""
    value: str = ""
    query: dict[str, str] = field(default_factory=dict)
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.row.method} {self.row.route} ({self.row.scenario}), {self.place}"


def secrets_of(world: AffairsWorld, name: str) -> dict[str, str]:
    """What names a citizen, who has an application, by kind."""
    applicant = world.applicant(name)
    case = Case.objects.of(applicant.subject).order_by("started_at")[0]
    return {
        "identifier": IDENTIFIERS[name],
        "account": str(world.people[name].pk),
        "username": str(world.people[name].username),
        "number": case.number,
        "case id": str(case.pk),
        "blind": applicant.subject.blind.hex(),
    }


def tries(row: Row, body: Mapping[str, Any], secrets: dict[str, str], chance: random.Random, *, each: int) -> Iterator[Try]:
    """Every place of one route, each with some of what names the other."""
    for place in _places(row):
        for kind in chance.sample(sorted(secrets), each):
            made = Try(row, f"{place}: {kind}", secrets[kind], body=json.loads(json.dumps(dict(body))))
            _plant(made, *place.split(" ", 1))
            yield made


def _places(row: Row) -> Iterator[str]:
    yield from (f"query {name}" for name in NAMES)
    yield from (f"header {name}" for name in HEADERS)
    yield from (f"cookie {name}" for name in COOKIES)
    if row.method == "POST":
        yield from (f"body {name}" for name in NAMES)
        yield from (f"inner {name}" for name in NAMES[:8])


def _plant(made: Try, where: str, name: str) -> None:
    if where == "query":
        made.query[name] = made.value
    elif where == "header":
        made.headers[name] = f"Basic {base64.b64encode(made.value.encode()).decode()}" if name == "Authorization" else made.value
    elif where == "cookie":
        made.cookies[name] = made.value
    elif where == "body":
        made.body[name] = made.value
    else:
        for member in list(made.body.values()):
            if isinstance(member, dict):
                member[name] = made.value


def sent(client: Client, city: Places, made: Try, *, as_form: bool = False) -> Any:
    """The answer to one try; the client is as before afterwards."""
    before = {name: morsel.value for name, morsel in client.cookies.items()}
    for name, value in made.cookies.items():
        client.cookies[name] = value
    try:
        path = made.row.path(city) + ("?" + "&".join(f"{name}={value}" for name, value in made.query.items()) if made.query else "")
        if as_form and made.row.method == "POST":
            return client.post(path, {name: value for name, value in made.body.items() if isinstance(value, str)}, headers=made.headers)
        data = json.dumps(made.body).encode()
        return client.generic(made.row.method, path, data=data, content_type="application/json", headers=made.headers)
    finally:
        client.cookies.clear()
        for name, value in before.items():
            client.cookies[name] = value


def state_of(world: AffairsWorld, name: str) -> Any:
    """Everything that stands about a citizen."""
    blind = world.applicant(name).subject.blind
    cases = Case.objects.filter(subject_blind=blind)
    return (
        sorted(cases.values_list("number", "state", "outcome", "channel")),
        sorted(Evidence.objects.filter(evidence_set__cases__in=cases).values_list("evidence_set", "requirement", "state", "preview")),
        sorted(Offer.objects.filter(subject_blind=blind).values_list("pk", "state")),
        Objection.objects.filter(subject_blind=blind).count(),
    )


def strangers(known: set[Any], own: bytes) -> bool:
    """Whether a case was begun for anybody but the caller."""
    begun = Case.objects.exclude(pk__in=known).values_list("subject_blind", flat=True)
    return any(bytes(blind) != own for blind in begun)


def leaks(answer: Any, secrets: Mapping[str, str]) -> bool:
    """Whether an answer tells anything of the other."""
    told = repr(dict(answer.headers)) + ("" if answer.streaming else answer.content.decode())
    return any(secret in told for secret in secrets.values())
