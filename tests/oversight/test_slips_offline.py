"""The client's `hub verify` checks slips and the file to take away with the pinned root alone, and so does /verify."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from hub_client.command import main
from hub_client.configuration import Configuration
from hub_client.errors import DataError
from hub_client.slips import check_slips

from audit.ground import authority_root, log_origin
from audit.keys_document import keys_document
from audit.proof.canonical import b64url, dumps
from exchange.oversight.access_records.recount import recount
from exchange.oversight.slips import make_slip, take_away
from tests.oversight.citizens import looked_up, subject
from tests.oversight.test_slips import LIST_CHANGES, SLIP_CHANGES
from tests.world import World
from tests.world_data import SUBJECTS


@pytest.fixture
def files(world: World, tmp_path: Path) -> Path:
    """A folder with the hub's keys, one slip and the whole file of a person."""
    looked_up(world)
    (tmp_path / "keys.json").write_bytes(dumps(keys_document()))
    (tmp_path / "slip.json").write_bytes(dumps(make_slip(subject(), recount(subject()).entries[-1])))
    (tmp_path / "list.json").write_bytes(b"".join(take_away(subject())))
    return tmp_path


def hub_verify(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    trusted = ["--authority-root", b64url(authority_root()), "--log-origin", log_origin(), "--base-url", settings.PUBLIC_URLS[0]]
    code = main(["verify", str(path), "--offline", "--json", *trusted])
    return code, json.loads(capsys.readouterr().out)


def test_a_slip_is_verified_offline_with_the_keys_beside_it(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = hub_verify(files / "slip.json", capsys)
    assert (code, shown["kind"], shown["persons"], shown["route"]["requester"]) == (0, "slip", 1, "CAB")
    assert SUBJECTS[0] not in json.dumps(shown)


def test_the_whole_file_is_verified_with_nothing_beside_it(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "keys.json").unlink()
    code, shown = hub_verify(files / "list.json", capsys)
    assert (code, shown["lines"], shown["proved"], shown["unproved"]) == (
        0,
        len(recount(subject()).entries),
    ) * 1 + (
        len(recount(subject()).entries),
        [],
    )


@pytest.mark.parametrize(("file", "changes"), [("slip.json", SLIP_CHANGES), ("list.json", LIST_CHANGES)])
def test_what_was_changed_is_found_offline(files: Path, file: str, changes: dict[str, Any]) -> None:
    trusted = Configuration(authority_root=b64url(authority_root()), log_origin=log_origin())
    for name, change in changes.items():
        if name == "form":
            continue
        document = json.loads((files / file).read_bytes())
        change(document)
        with pytest.raises(DataError):
            check_slips(document, trusted, transport=None, folder=files)


def test_another_root_believes_nothing(files: Path) -> None:
    stranger = Configuration(authority_root=b64url(b"\x01" + bytes(31)), log_origin=log_origin())
    for file in ("slip.json", "list.json"):
        with pytest.raises(Exception, match="root"):
            check_slips(json.loads((files / file).read_bytes()), stranger, transport=None, folder=files)


def posted(raw: bytes) -> str:
    return Client().post("/en/verify", {"receipt": raw.decode()}).content.decode()


def test_the_public_page_reads_a_slip_and_names_nobody(files: Path) -> None:
    text = posted((files / "slip.json").read_bytes())
    assert "This proof slip is genuine" in text
    assert "Civil Affairs Bureau" in text
    whole = posted((files / "list.json").read_bytes())
    assert "These lines are genuine" in whole
    for shown in (text, whole):
        assert SUBJECTS[0] not in shown.split("<textarea")[0]


def test_the_public_page_says_what_does_not_hold(files: Path) -> None:
    slip, whole = (json.loads((files / name).read_bytes()) for name in ("slip.json", "list.json"))
    SLIP_CHANGES["person"](slip)
    LIST_CHANGES["a sentence"](whole)
    assert "This proof slip was changed" in posted(dumps(slip))
    assert "This proof slip was changed" in posted(dumps(whole))
    slip = json.loads((files / "slip.json").read_bytes())
    slip["log"] = "elsewhere"
    assert "of another hub" in posted(dumps(slip))
