"""A department's own datasets on pages: who may, what a faulty description or file is told, and what publishing changes."""

import io
import json
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog import actions
from catalog.lifecycle import LoadState
from catalog.models import Dataset, Load
from tests.world import World
from tests.world_data import CONDITIONAL, CONDITIONAL_ROWS, SUBJECTS

PAGES = ["console/datasets", "console/datasets/new", "console/datasets/R14"]
NEW = {**CONDITIONAL, "code": "R95", "name": "second_certificate"}
HEADING, FIRST = CONDITIONAL_ROWS.split("\n")[:2]


@pytest.fixture
def publisher(client: Client, world: World) -> Client:
    """A browser in which the owner's publisher is signed in."""
    client.force_login(world.person("publisher"))
    return client


def sent(data: bytes | str, name: str = "rows.csv") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())


def uploaded(client: Client, data: bytes | str, name: str = "rows.csv") -> Load:
    """Hand a file in by the page, and let the check run; the load as it is then."""
    answer = client.post("/en/console/datasets/R14", {"file": sent(data, name)})
    assert answer.status_code == 302, answer.content.decode()
    load = Load.objects.get(pk=answer["Location"].rsplit("/", 1)[1])
    assert load.state == LoadState.RECEIVED
    return actions.check_load(load)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_led_to_the_sign_in_and_back(client: Client, world: World, page: str) -> None:
    answer = client.get(f"/en/{page}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/accounts/login/")
    assert f"next=/en/{page}" in answer["Location"]


@pytest.mark.parametrize("name", ["approver", "asker", "outsider", "auditor", "reviewer"])
def test_who_does_not_publish_finds_nothing_to_publish(client: Client, world: World, name: str) -> None:
    client.force_login(world.person(name))
    load = world.conditional.loads.get()
    assert client.get("/en/console/datasets/R14").status_code == 404
    assert client.get(f"/en/console/loads/{load.pk}").status_code == 404
    assert client.post(f"/en/console/loads/{load.pk}/publish").status_code == 404
    assert client.post("/en/console/datasets/R14/offline", {"reason": "no"}).status_code == 404
    assert client.post("/en/console/datasets/R14", {"file": sent(CONDITIONAL_ROWS)}).status_code == 404
    assert client.get("/en/console/datasets/new").status_code == 403
    assert "for publishers" in client.get("/en/console/datasets").content.decode()
    world.conditional.refresh_from_db()
    assert not world.conditional.offline


def test_another_departments_publisher_does_not_see_it(client: Client, world: World) -> None:
    from exchange.accounts.actions import add_person
    from exchange.accounts.models import Role

    other = add_person("hsg.publisher", names={"en": "Other", "zh": ""}, department=world.outsider, role=Role.PUBLISHER, acting_user=None)
    client.force_login(other)
    load = world.conditional.loads.get()
    assert "Disability certificates" not in client.get("/en/console/datasets").content.decode()
    assert client.get("/en/console/datasets/R14").status_code == 404
    assert client.get(f"/en/console/loads/{load.pk}").status_code == 404
    stolen = client.post("/en/console/datasets/new", {"text": json.dumps(CONDITIONAL)})
    assert stolen.status_code == 400
    assert "govuk-error-summary" in stolen.content.decode()


@pytest.mark.parametrize("kind", ["yaml file", "json file", "pasted"])
def test_a_description_is_signed_and_published(publisher: Client, world: World, kind: str) -> None:
    texts = {"yaml file": yaml.safe_dump(NEW, allow_unicode=True), "json file": json.dumps(NEW), "pasted": json.dumps(NEW)}
    data = {"text": texts[kind]} if kind == "pasted" else {"file": sent(texts[kind], "description.yaml")}
    answer = publisher.post("/en/console/datasets/new", data)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == "/en/console/datasets/R95"
    assert world.standing.versions["R95"].version["name"] == "second_certificate"
    assert "Now load its file" in publisher.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Choose a file, or paste the description."),
        ("code: R95\ncode: R96\n", "line 2"),
        ("code: [R95\n", "line 2"),
        ('{"code": "R95", "code": "R96"}', "line 1"),
        ("- a\n- b\n", "must be one object"),
        ("a: &x [1]\nb: *x\n", "Line 2: write the text out"),
        ("[" * 200, "Line 1: write the text out"),
        ("{on: 1}", "quotation marks"),
        (json.dumps({**NEW, "items": []}), "items"),
        (json.dumps({**NEW, "sharing_attribute": "PUBLIC"}), "sharing_attribute"),
        (json.dumps({**NEW, "provider": "CAB"}), "provider"),
        ("code: R95\nmade: 2020-01-01\n", "made"),
        ("x" * 400_001, "at most 400000 characters"),
    ],
)
def test_a_faulty_description_names_its_faults_and_publishes_nothing(publisher: Client, world: World, text: str, told: str) -> None:
    before = world.standing.head.seq
    answer = publisher.post("/en/console/datasets/new", {"text": text})
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert world.standing.head.seq == before


@pytest.mark.parametrize(("raw", "told"), [(b"\xff\xfe\x00", "UTF-8"), (b"a" * 1_000_001, "at most 1000000 bytes")])
def test_a_file_that_is_no_description_is_refused(publisher: Client, raw: bytes, told: str) -> None:
    answer = publisher.post("/en/console/datasets/new", {"file": sent(raw, "description.yaml")})
    assert answer.status_code == 400
    assert told in answer.content.decode()


def test_while_a_file_is_checked_the_page_asks_again_with_and_without_scripts(publisher: Client, world: World) -> None:
    answer = publisher.post("/en/console/datasets/R14", {"file": sent(CONDITIONAL_ROWS)})
    address = answer["Location"]
    page = publisher.get(address).content.decode()
    assert f'hx-get="{address}"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    part = publisher.get(address, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "progress" in part.content.decode()
    actions.check_load(Load.objects.get(pk=address.rsplit("/", 1)[1]))
    done = publisher.get(address, headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    assert "http-equiv" not in publisher.get(address).content.decode()


def test_a_file_that_passes_is_published_and_only_then_current(publisher: Client, world: World) -> None:
    load = uploaded(publisher, f"{HEADING}\n{FIRST}\n")
    assert load.state == LoadState.READY, load.report
    page = publisher.get(f"/en/console/loads/{load.pk}").content.decode()
    assert "The file passed every check" in page
    assert SUBJECTS[0] not in page
    assert _rows() == 20
    answer = publisher.post(f"/en/console/loads/{load.pk}/publish", follow=True)
    assert "Every answer comes from this revision" in answer.content.decode()
    assert _rows() == 1
    assert "Published" in publisher.get(f"/en/console/loads/{load.pk}").content.decode()
    again = publisher.post(f"/en/console/loads/{load.pk}/publish", follow=True)
    assert "mz-notice--" in again.content.decode() or "govuk-notification-banner" in again.content.decode()
    assert len([message for message in again.context["messages"] if message.level_tag == "error"]) == 1


def _rows() -> int:
    revision = Dataset.objects.get(code="R14").current_revision
    return revision.row_count if revision else 0


def test_a_load_of_an_older_description_is_not_published(publisher: Client, world: World) -> None:
    load = uploaded(publisher, f"{HEADING}\n{FIRST}\n")
    document: dict[str, Any] = {**CONDITIONAL, "description": {"en": "Changed.", "zh": "变了。"}}
    actions.publish_version(world.owner, document=document, acting_user=world.person("publisher"))
    answer = publisher.post(f"/en/console/loads/{load.pk}/publish", follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert _rows() != 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (CONDITIONAL_ROWS.encode() + "510121195001150028,视力".encode("gb18030"), "another encoding"),
        (CONDITIONAL_ROWS.replace("残疾等级", "等级").encode(), "Missing columns: 残疾等级."),
        (HEADING.encode() + b"\n", "holds no rows"),
        (f'{HEADING}\n"{FIRST}\n'.encode(), "quotation mark"),
        (b"PK\x03\x04 no workbook", "workbook cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(publisher: Client, world: World, data: bytes, told: str) -> None:
    load = uploaded(publisher, data, "rows.xlsx" if data.startswith(b"PK") else "rows.csv")
    assert load.state == LoadState.REFUSED
    page = publisher.get(f"/en/console/loads/{load.pk}").content.decode()
    assert "The file was refused" in page
    assert told in page
    assert "Publish this revision" not in page


def test_faults_are_listed_by_row_item_and_rule_and_never_by_value(publisher: Client, world: World) -> None:
    secret = "not-a-number-4711"
    bad = f"{HEADING}\n{FIRST.replace(',1,', f',{secret},')}\n{FIRST}\n"
    load = uploaded(publisher, bad)
    assert load.state == LoadState.REFUSED
    text = publisher.get(f"/en/console/loads/{load.pk}").content.decode()
    assert "The value is not of the declared type" in text
    assert "<code>grade</code>" in text
    assert secret not in text
    chinese = publisher.get(f"/zh-hans/console/loads/{load.pk}").content.decode()
    assert "The value is not of the declared type" not in chinese


def test_a_file_in_gb18030_is_read(publisher: Client) -> None:
    load = uploaded(publisher, f"{HEADING}\n{FIRST}\n".encode("gb18030"))
    assert load.state == LoadState.READY, load.report
    assert "GB18030" in publisher.get(f"/en/console/loads/{load.pk}").content.decode().upper()


def test_a_file_beyond_the_limit_is_refused_on_the_form(publisher: Client, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 100
    answer = publisher.post("/en/console/datasets/R14", {"file": sent("x" * 101)})
    assert answer.status_code == 400
    assert "at most 100 bytes" in answer.content.decode()
    missing = publisher.post("/en/console/datasets/R14", {})
    assert missing.status_code == 400
    assert "govuk-error-summary" in missing.content.decode()


def test_restricting_needs_a_reason_and_is_undone_by_freeing(publisher: Client, world: World) -> None:
    refused = publisher.post("/en/console/datasets/R14/restrict", {"item": "grade", "reason": " "}, follow=True)
    assert "Write the reason" in refused.content.decode()
    assert ("R14", "grade") not in world.standing.restricted
    publisher.post("/en/console/datasets/R14/restrict", {"item": "grade", "reason": "Under review"})
    assert ("R14", "grade") in world.standing.restricted
    assert "Share Grade again" in publisher.get("/en/console/datasets/R14").content.decode()
    publisher.post("/en/console/datasets/R14/unrestrict", {"item": "grade", "reason": "Done"})
    assert ("R14", "grade") not in world.standing.restricted


def test_an_item_that_is_not_there_is_refused_in_words(publisher: Client) -> None:
    answer = publisher.post("/en/console/datasets/R14/restrict", {"item": "salary", "reason": "x"}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_going_offline_needs_a_reason_and_coming_back_does_not(publisher: Client, world: World) -> None:
    publisher.post("/en/console/datasets/R14/offline", {"reason": ""})
    assert not Dataset.objects.get(code="R14").offline
    publisher.post("/en/console/datasets/R14/offline", {"reason": "Moving"})
    assert Dataset.objects.get(code="R14").offline
    page = publisher.get("/en/console/datasets/R14").content.decode()
    assert "Bring it back" in page
    assert "Moving" in page
    publisher.post("/en/console/datasets/R14/online")
    assert not Dataset.objects.get(code="R14").offline


@pytest.mark.parametrize("move", ["restrict", "unrestrict", "offline", "online"])
def test_changes_are_made_by_forms_only(publisher: Client, move: str) -> None:
    assert publisher.get(f"/en/console/datasets/R14/{move}").status_code == 405


def test_forms_are_guarded_against_forgery(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.person("publisher"))
    assert browser.post("/en/console/datasets/R14/offline", {"reason": "forged"}).status_code == 403
    assert browser.post("/en/console/datasets/R14", {"file": io.BytesIO(b"x")}).status_code == 403
