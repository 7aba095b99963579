"""What people write is shown to others as text, files are given as files, and what is kept is sealed wherever it lies."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from audit.follower import follow_once
from audit.sequencer import sequence_once
from exchange.affairs.models import Case, CounterVisit, Objection, Upload
from exchange.oversight import actions as oversight_actions
from exchange.oversight.access_records import access_records
from exchange.oversight.models import Question
from tests.affairs.conftest import affairs_world  # noqa: F401 - a fixture
from tests.affairs.world import IDENTIFIERS, AffairsWorld
from tests.portal.citizen_pages import Citizen

SCRIPT = "\"'><script>alert(7)</script><img src=x onerror=alert(7)>{{ 7|add:7 }}"
BANK = "\"'><script>alert(7)</script>"  # within the 40 characters of its field
LIVE = ("<script>alert(7)", "<img src=x", "14}}")
NUMBER = "6222020912345678901"
POLYGLOT = b"\x89PNG\r\n\x1a\n<!doctype html><script>alert(7)</script><svg onload=alert(7)>"
FILE_NAME = 'my "<script>alert(7)</script>" 张伟的证件.png'


@dataclass
class Story:
    """One application in which everybody writes markup; `pages` are those that were read on the way."""

    world: AffairsWorld
    pages: dict[str, str] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)

    def signed_in(self, name: str) -> Client:
        """Somebody of the staff."""
        client = Client()
        client.force_login(self.world.staff[name])
        return client

    def read(self, client: Client, *paths: str) -> None:
        """Keep what somebody reads."""
        for path in paths:
            answer = client.get(f"/en/{path}")
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            self._keep(path, answer)

    def press(self, client: Client, path: str, **fields: Any) -> None:
        """Send a form that is taken."""
        answer = client.post(f"/en/{path}", fields)
        assert answer.status_code == 302, f"{path}: {answer.status_code}"
        self._keep(path, answer)

    def _keep(self, path: str, answer: Any) -> None:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.pages[f"{len(self.pages)} {path}"] = content.decode()
        self.headers.append(f"{dict(answer.headers)} {answer.cookies}")

    def tell(self) -> Case:
        """From the first question to the answer of an appeal."""
        case = self.applied()
        self.decided(case)
        self.looked_at_again(case)
        return case

    def applied(self) -> Case:
        """Disputed, with an account of one's own and a file, and handed in."""
        citizen = Citizen(self.world, "to_officer")
        case = citizen.asks()
        here = f"me/cases/{case.number}"
        self.press(citizen.client, f"{here}/items/certificate_valid", do="dispute", words=SCRIPT)
        self.press(citizen.client, f"{here}/items/other_account", do="provide", bank=BANK, number=NUMBER)
        file = SimpleUploadedFile(FILE_NAME, POLYGLOT, content_type="text/html")
        self.press(citizen.client, f"{here}/items/grade_severe", do="upload", file=file)
        self.read(citizen.client, here, f"{here}/items/certificate_valid")
        citizen.hands_in(case)
        assert case.state == "SUBMITTED"
        return case

    def decided(self, case: Case) -> None:
        """The provider answers, the officer sends a notice and refuses; everybody reads."""
        officer, provider, here = self.signed_in("cab_officer"), self.signed_in("dpf_officer"), f"console/cases/{case.number}"
        objection = f"console/objections/{Objection.objects.get().pk}"
        self.read(provider, objection, "console/objections")
        self.press(provider, objection, upheld="no", answer=SCRIPT)
        self.read(officer, "console/cases", here)
        self.press(officer, f"{here}/notice", missing=SCRIPT)
        self.press(officer, f"{here}/items/grade_severe", answer="UNKNOWN", reason=SCRIPT)
        citizen = Citizen(self.world, "to_officer").client
        self.read(citizen, f"me/cases/{case.number}", "me/questions")
        self.press(citizen, f"me/cases/{case.number}/answer")
        self.press(officer, f"{here}/decide", outcome="REFUSED", article=SCRIPT, reason=SCRIPT)

    def looked_at_again(self, case: Case) -> None:
        """An appeal that is upheld, a licence, a question why; everybody reads."""
        citizen, other = Citizen(self.world, "to_officer").client, self.signed_in("cab_officer_2")
        self.press(citizen, f"me/cases/{case.number}/appeal", words=SCRIPT)
        self.read(other, f"console/cases/{case.number}")
        self.press(other, f"console/cases/{case.number}/appeal", upheld="yes", reason=SCRIPT)
        sequence_once()
        while follow_once():
            pass
        applicant = self.world.applicant("to_officer")
        line = next(line for line in access_records(applicant.subject).lines if line.is_answerable)
        oversight_actions.ask_why(line.entry, words=SCRIPT, applicant=applicant)
        question = f"console/questions/{Question.objects.get().pk}"
        asked = self.signed_in("cab_officer")
        self.read(asked, "console/questions", question)
        self.press(asked, question, words=SCRIPT)
        licence = case.licences.get().pk
        self.read(citizen, f"me/cases/{case.number}", "me/questions", f"me/access/{line.entry}", f"me/licences/{licence}")
        self.read(citizen, "me", "me/account", "me/access", f"me/licences/{licence}/print")


@pytest.fixture
def story(affairs_world: AffairsWorld) -> Story:  # noqa: F811
    return Story(affairs_world)


def test_what_people_write_is_shown_to_others_as_text(story: Story) -> None:
    story.tell()
    for path, page in story.pages.items():
        assert [live for live in LIVE if live in page] == [], path
    shown = [path for path, page in story.pages.items() if "&lt;script&gt;alert(7)" in page]
    readers = " ".join(shown)
    for place in ("me/cases", "console/cases/", "console/objections/", "console/questions/", "me/questions", "me/licences"):
        assert place in readers, f"nothing of it is shown at {place}: this test looks at nothing"


def test_a_file_is_given_as_a_file_and_never_as_a_page(story: Story) -> None:
    case = story.applied()
    address = f"/en/console/cases/{case.number}/uploads/{Upload.objects.get().pk}"
    answer = story.signed_in("cab_officer").get(address)
    assert answer.content == POLYGLOT
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert re.fullmatch(r'attachment; filename="[\w.-]+"', answer["Content-Disposition"])
    for who in ("dpf_officer", "cab_admin", "cab_clerk", "cab_signer", "auditor"):
        assert story.signed_in(who).get(address).status_code in {403, 404}, who
    for name in ("to_officer", "granted"):
        assert Citizen(story.world, name).client.get(address).status_code == 302, name  # to the page of those who work in no office


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(7)'/>", b"<html>%PDF-1.7", b"GIF89a", b"PK\x03\x04", b""]
)
def test_what_is_no_picture_and_no_pdf_is_not_taken_whatever_it_is_called(story: Story, content: bytes) -> None:
    citizen = Citizen(story.world, "to_officer")
    case = citizen.asks()
    file, before = SimpleUploadedFile("photo.png", content, content_type="image/png"), files()
    assert citizen.press(f"me/cases/{case.number}/items/grade_severe", do="upload", file=file).status_code == 422
    assert not Upload.objects.exists()
    assert files() == before


def files() -> set[Path]:
    """What citizens have handed in, as it lies on the disk."""
    return set((Path(settings.FILES_DIR) / "uploads").glob("*"))


def stored() -> Iterator[tuple[str, bytes]]:
    """Every cell of every table of the database, as bytes."""
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if not table.startswith("sqlite_")]
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name from the database itself
            for row in cursor.fetchall():
                for cell in row:
                    yield table, bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


def test_what_is_kept_names_nobody_wherever_it_lies(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    clerk = story.signed_in("cab_clerk")
    clerk.post("/en/counter", {"matter": "M04", "kind": "person", "identifier": IDENTIFIERS["old"]})
    assert CounterVisit.objects.filter(state="WAITING").exists()
    clerk.post("/en/counter/visit/confirmed")
    clerk.post("/en/counter/visit/account")
    case = story.tell()
    secret = {
        "identifier": IDENTIFIERS["to_officer"].encode(),
        "number typed at a counter": IDENTIFIERS["old"].encode(),
        "words": b"alert(7)",
        "account": NUMBER.encode(),
        "last digits": NUMBER[-8:].encode(),
        "name of a file": "张伟的证件".encode(),
        "content of a file": b"svg onload",
    }
    found = {(table, name) for table, cell in stored() for name, value in secret.items() if value in cell}
    assert found == set(), "it stands in clear in the database"
    assert any(case.number.encode() in cell for _table, cell in stored()), "this test reads no table"
    assert [name for name, value in secret.items() for path in files() if value in path.read_bytes()] == [], "it stands in clear in a file"
    logged = "\n".join(logging.Formatter().format(record) for record in caplog.records if not record.name.startswith("django.db"))
    sent = "\n".join([logged, *story.headers, *story.pages])
    assert [name for name, value in secret.items() if value.decode() in sent] == [], "it stands in a log line or a header"
    assert case.licences.exists()


def test_a_page_tells_no_other_site_where_the_reader_came_from(story: Story) -> None:
    citizen = Citizen(story.world, "granted")
    case = citizen.starts()
    answer = citizen.open(f"me/cases/{case.number}")
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]
    assert "script-src" in answer["Content-Security-Policy"] or "default-src" in answer["Content-Security-Policy"]
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(7)", "http:///evil.example"]
)
@pytest.mark.parametrize("path", ["accounts/login/", "me/who-are-you", "demo/sign-in/officer"])
def test_nobody_is_led_to_another_site(story: Story, elsewhere: str, path: str) -> None:
    client = Client()
    if path != "accounts/login/":
        client.force_login(story.world.people["granted"])
    for answer in (client.get(f"/en/{path}", {"next": elsewhere}), client.post(f"/en/{path}", {"next": elsewhere})):
        assert "evil.example" not in answer.get("Location", "")
        assert "javascript:" not in answer.get("Location", "")
        assert f'href="{elsewhere}' not in answer.content.decode()


@pytest.mark.parametrize("body", ["[" * 50_000, '{"matter":' * 50_000, '{"matter": ' + "[" * 50_000 + "]" * 50_000 + "}"])
def test_a_body_without_bottom_is_the_senders_fault(story: Story, body: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(story.world.people["granted"])
    answer = client.post("/api/v1/affairs/cases", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "PARSE_ERROR")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/v/%00",
        "/en/me/licences/a%00b",
        "/en/screen/%00",
        "/api/v1/affairs/cases/%00",
        "/api/v1/affairs/licences/%00/status",
        "/en/catalog?q=%00",
    ],
)
def test_an_address_with_a_nul_is_no_address(story: Story, address: str) -> None:
    client = Citizen(story.world, "granted").client
    assert client.get(address).status_code == 404
