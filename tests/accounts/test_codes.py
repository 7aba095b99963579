"""A one-time code to the registered phone: nothing is told to a stranger, nothing is guessed, nothing is good twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.models import EntryIndex
from catalog import work
from catalog.models import Work
from exchange.accounts import codes
from exchange.accounts.actions import bind, open_account
from exchange.accounts.errors import CodeOver, Invalid, TooManyTries, WrongCode
from exchange.accounts.models import Binding, CodeRequest, Message, Method, Person, RateCount
from exchange.accounts.outbox import shown_messages
from exchange.accounts.subject import Assurance, Subject, subject_of
from exchange.affairs.binding import registered_phone
from tests.accounts.registered import LUO, NAME, NO_PHONE, PHONE, TWIN, UNKNOWN, register_people
from tests.world import World, build_world

CLAIMS = {
    "right": (LUO, NAME),
    "another_name": (LUO, "罗小梅"),
    "no_phone": (NO_PHONE, "王素芬"),
    "unknown": (UNKNOWN, NAME),
    "name_of_another": (TWIN, NAME),
}


@pytest.fixture
def registers(world: World, settings: Settings) -> World:
    settings.DEMO = True
    register_people(world)
    return world


@pytest.fixture
def account(registers: World) -> Person:
    return open_account("luo", password="a-long-and-rare-password", acting_system="tests")


def ask(person: Person, identifier: str = LUO, name: str = NAME, address: str = "203.0.113.7") -> str:
    claim = codes.read_claim("person", identifier, name)
    return str(codes.ask_code(person, claim=claim, address=address, language="en").pk)


def work_off() -> None:
    for row in Work.objects.filter(name__in=[codes.WORK, "accounts.send"], state="WAITING").order_by("pk"):
        work.run(row.pk)
    if Work.objects.filter(name="accounts.send", state="WAITING").exists():
        work_off()


def sent_code() -> str:
    (_message, address, text) = shown_messages()[0]
    assert address == PHONE
    return str(re.findall(r"\d{6}", text)[0])


def test_name_identifier_and_code_bind_the_account(account: Person) -> None:
    asked = ask(account)
    work_off()
    bound = codes.confirm(account, request_id=asked, code=sent_code())
    assert (bound.method, bound.assurance) == (Method.CODE, "SUBSTANTIAL")
    assert subject_of(Person.objects.get(pk=account.pk)) == Subject("person", LUO)


@pytest.mark.parametrize("claim", [name for name in CLAIMS if name != "right"])
def test_a_claim_that_is_not_true_sends_nothing_and_binds_nobody(account: Person, claim: str) -> None:
    asked = ask(account, *CLAIMS[claim])
    work_off()
    assert not Message.objects.exists()
    with pytest.raises(WrongCode):
        codes.confirm(account, request_id=asked, code="000000")
    assert not Binding.objects.exists()


def test_whose_name_does_not_fit_is_not_asked_about_further(registers: World) -> None:
    from audit import follower, sequencer

    assert registered_phone(codes.read_claim("person", LUO, "罗小梅")) is None
    assert registered_phone(codes.read_claim("person", LUO, NAME)) == PHONE
    sequencer.sequence_once()
    follower.follow_once()
    assert list(
        EntryIndex.objects.filter(purpose="account_binding", type="exchange").order_by("entry").values_list("method", flat=True)
    ) == [
        "VERIFY",
        "VERIFY",
        "QUERY",
    ]


def test_a_code_is_good_once(account: Person) -> None:
    asked = ask(account)
    work_off()
    code = sent_code()
    codes.confirm(account, request_id=asked, code=code)
    with pytest.raises(CodeOver):
        codes.confirm(account, request_id=asked, code=code)
    assert Binding.objects.count() == 1


def test_a_code_of_another_account_binds_nobody(account: Person) -> None:
    other = open_account("other", password=None, acting_system="tests")
    asked = ask(account)
    work_off()
    with pytest.raises(CodeOver):
        codes.confirm(other, request_id=asked, code=sent_code())
    assert not Binding.objects.exists()


def test_five_wrong_codes_end_it_also_for_the_right_one(account: Person) -> None:
    asked = ask(account)
    work_off()
    code = sent_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(codes.MOST_TRIES):
        with pytest.raises(WrongCode):
            codes.confirm(account, request_id=asked, code=wrong)
    with pytest.raises(CodeOver):
        codes.confirm(account, request_id=asked, code=code)


def test_a_code_is_over_after_ten_minutes(account: Person) -> None:
    asked = ask(account)
    work_off()
    code = sent_code()
    with time_machine.travel(timezone.now() + codes.GOOD_FOR, tick=False), pytest.raises(CodeOver):
        codes.confirm(account, request_id=asked, code=code)


@pytest.mark.usefixtures("early_in_an_hour")
def test_three_codes_an_hour_for_an_identifier_whoever_asks(registers: World) -> None:
    for number in range(codes.CODES_AN_HOUR):
        ask(open_account(f"person{number}", password=None, acting_system="tests"), address=f"203.0.113.{number}")
    late = open_account("late", password=None, acting_system="tests")
    with pytest.raises(TooManyTries):
        ask(late, address="203.0.113.99")
    ask(late, TWIN, address="203.0.113.98")


@pytest.mark.usefixtures("early_in_an_hour")
def test_three_codes_an_hour_from_an_address_whomever_they_are_about(registers: World) -> None:
    for number, identifier in enumerate((LUO, NO_PHONE, UNKNOWN)):
        ask(open_account(f"person{number}", password=None, acting_system="tests"), identifier)
    with pytest.raises(TooManyTries):
        ask(open_account("late", password=None, acting_system="tests"), TWIN)


@pytest.mark.usefixtures("early_in_an_hour")
def test_an_unknown_person_is_counted_like_a_known_one(registers: World) -> None:
    for identifier in (LUO, UNKNOWN):
        outcomes = []
        RateCount.objects.all().delete()
        for number in range(codes.CODES_AN_HOUR + 1):
            person = open_account(f"{identifier[-2:]}x{number}", password=None, acting_system="tests")
            try:
                ask(person, identifier, address=f"198.51.100.{number}")
            except TooManyTries:
                outcomes.append("too many")
            else:
                outcomes.append("asked")
        assert outcomes == ["asked", "asked", "asked", "too many"]


def test_no_code_number_or_name_is_kept_in_clear(account: Person) -> None:
    ask(account)
    work_off()
    code = sent_code()
    rows: list[Any] = [
        list(CodeRequest.objects.values()),
        list(RateCount.objects.values()),
        list(Work.objects.values()),
        list(Message.objects.values()),
    ]
    for secret in (LUO, NAME, PHONE, code):
        assert secret not in str(rows)
        assert secret.encode() not in b"".join(bytes(row["claim_sealed"]) for row in rows[0])


def test_a_name_is_compared_as_it_is_printed_and_not_by_how_it_was_typed() -> None:
    claim = codes.read_claim("person", f" {LUO[:6]} {LUO[6:14]}-{LUO[14:].lower()} ", "  Luo   Xiaome\u0301i ")
    assert (claim.identifier, claim.name) == (LUO, "Luo Xiaom\u00e9i".replace("m\u00e9i", "méi"))
    assert LUO not in repr(claim)


@pytest.mark.parametrize(
    ("kind", "identifier", "name"),
    [
        ("person", LUO[:-1] + "x1", NAME),
        ("person", "1", NAME),
        ("household", "5101040170000001", NAME),
        ("none", LUO, NAME),
        ("person", LUO, " "),
    ],
)
def test_what_cannot_be_on_a_card_is_said_at_once(kind: str, identifier: str, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        codes.read_claim(kind, identifier, name)
    assert refused.value.faults
    assert LUO not in str(refused.value.faults)


def test_a_register_that_is_down_is_asked_again(account: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange.affairs import binding
    from exchange.delivery.handling import Response

    asked = ask(account)
    real = vars(binding)["handle"]
    monkeypatch.setattr(binding, "handle", lambda _arrivals: [Response(503, [], b"{}")])
    work_off()
    assert CodeRequest.objects.get(pk=asked).state == "WAITING"
    monkeypatch.setattr(binding, "handle", real)
    Work.objects.update(not_before=timezone.now())
    work_off()
    assert CodeRequest.objects.get(pk=asked).state == "SENT"


# --- On the pages ---------------------------------------------------------------------------------------------------

START, CODE = "/en/me/who-are-you", "/en/me/who-are-you/code"


def fill(client: Client, identifier: str, name: str) -> Any:
    return client.post(START, {"identifier": identifier, "name": name})


def without_token(page: bytes) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.decode())


def test_every_claim_reads_the_same_on_every_page(registers: World) -> None:
    seen = set()
    for number, (identifier, name) in enumerate(CLAIMS.values()):
        client = Client(REMOTE_ADDR=f"203.0.113.{number}")
        client.force_login(open_account("same", password=None, acting_system="tests"))
        first = fill(client, identifier, name)
        page = without_token(client.get(CODE).content)
        work_off()
        after = without_token(client.get(CODE).content)
        wrong = client.post(CODE, {"code": "not-it"})
        seen.add((first.status_code, first["Location"], page, after, wrong.status_code, without_token(wrong.content)))
        Person.objects.filter(username="same").update(username=f"same{number}")
        RateCount.objects.all().delete()
    assert len(seen) == 1


def test_the_work_done_for_a_claim_in_a_request_is_the_same(registers: World, django_assert_num_queries: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    counts = set()
    for number, (identifier, name) in enumerate(CLAIMS.values()):
        client = Client(REMOTE_ADDR=f"203.0.113.{number}")
        client.force_login(open_account(f"work{number}", password=None, acting_system="tests"))
        RateCount.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            fill(client, identifier, name)
        counts.add(len(captured))
    assert len(counts) == 1


def test_the_pages_bind_lead_back_and_change_the_session(account: Person, client: Client) -> None:
    client.force_login(account)
    client.get(f"{START}?next=/en/services")
    fill(client, LUO, NAME)
    work_off()
    before = client.session.session_key
    answer = client.post(CODE, {"code": sent_code()})
    assert answer["Location"] == "/en/services"
    assert client.session.session_key != before
    assert subject_of(Person.objects.get(pk=account.pk)) == Subject("person", LUO)


def test_a_code_typed_in_another_session_of_the_same_account_binds_nobody(account: Person) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.force_login(account)
    fill(here, LUO, NAME)
    work_off()
    answer = elsewhere.post(CODE, {"code": sent_code()})
    assert answer["Location"] == START
    assert not Binding.objects.exists()


def test_no_parameter_names_who_is_bound(account: Person) -> None:
    other = open_account("other", password=None, acting_system="tests")
    client = Client()
    client.force_login(account)
    fill(client, LUO, NAME)
    work_off()
    foreign = {name: str(value) for name, value in {"person": other.pk, "user": other.pk, "identifier": TWIN, "subject": TWIN}.items()}
    client.cookies.load({"identifier": TWIN, "binding_code": "x"})
    client.post(f"{CODE}?identifier={TWIN}&person={other.pk}", {"code": sent_code(), **foreign}, headers={"X-Subject": TWIN})
    assert subject_of(Person.objects.get(pk=account.pk)) == Subject("person", LUO)
    assert not Person.objects.get(pk=other.pk).identifier_blind


def test_the_way_back_stays_on_this_site(account: Person, client: Client) -> None:
    client.force_login(account)
    client.get(f"{START}?next=https://elsewhere.example/")
    bind(account, subject=Subject("person", LUO), method=Method.CODE, assurance=Assurance.LOW, acting_system="tests")
    assert client.get(START)["Location"] == "/en/me/account"


def test_somebody_at_work_does_not_bind_the_account_of_work(registers: World, client: Client) -> None:
    client.force_login(registers.person("asker"))
    assert fill(client, LUO, NAME).status_code == 200
    assert not CodeRequest.objects.exists()


def test_a_stranger_opens_an_account_that_opens_nothing(registers: World, client: Client) -> None:
    assert client.get(START).status_code == 200
    data = {"username": "new-one", "password": "a-long-and-rare-password", "again": "a-long-and-rare-password"}
    assert client.post(f"{START}/account", data)["Location"] == START
    assert client.get("/en/me/account").status_code == 200
    assert not Person.objects.get(username="new-one").identifier_blind


@pytest.mark.parametrize(
    "data",
    [
        {"username": "luo", "password": "short", "again": "short"},
        {"username": "luo", "password": "password123", "again": "password123"},
        {"username": LUO, "password": "a-long-and-rare-password", "again": "a-long-and-rare-password"},
        {"username": "a b", "password": "a-long-and-rare-password", "again": "a-long-and-rare-password"},
        {"username": "luo", "password": "a-long-and-rare-password", "again": "another-long-password"},
    ],
)
def test_a_weak_account_is_not_opened(founded: None, client: Client, data: dict[str, str]) -> None:
    assert client.post(f"{START}/account", data).status_code == 422
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_bind_once(settings: Settings) -> None:
    from audit import ceremony

    ceremony.found_hub()
    settings.DEMO = settings.ALLOW_HUB_CUSTODY = True
    register_people(build_world())
    person = open_account("luo", password=None, acting_system="tests")
    asked = ask(person)
    work_off()
    code, outcomes = sent_code(), []
    start = threading.Barrier(4)

    def confirm() -> None:
        start.wait()
        try:
            codes.confirm(person, request_id=asked, code=code)
            outcomes.append("bound")
        except CodeOver:
            outcomes.append("over")
        finally:
            connections.close_all()

    run_together(confirm, 4)
    assert sorted(outcomes) == ["bound", "over", "over", "over"]
    assert Binding.objects.count() == 1


def run_together(what: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=what) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
