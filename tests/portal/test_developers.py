"""/developers: from a public key to a file that works, and what is said about a wrong one."""

from __future__ import annotations

import html
import tomllib
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.proof.canonical import b64url
from audit.proof.keys import generate_private_key, public_key_of
from exchange.delivery.models import SandboxKey
from exchange.delivery.sandbox.identity import identity
from tests.world import World


def test_a_key_leads_to_a_file_that_the_client_can_use(world: World, client: Client, settings: Any) -> None:
    settings.PUBLIC_URLS = ["https://hub.test.example"]
    assert "hub keys new" in client.get("/en/developers").content.decode()
    answer = client.post("/en/developers", {"public_key": b64url(public_key_of(generate_private_key()))})
    key = SandboxKey.objects.get()
    assert answer["Location"] == f"/en/developers/keys/{key.system}"
    page = client.get(answer["Location"]).content.decode()
    dataset = str(world.agreement.document["dataset"])
    assert f"--dataset {dataset}" in page
    written = tomllib.loads(client.get(f"{answer['Location']}/hub.toml").content.decode())
    assert written["base_url"] == "https://hub.test.example/sandbox"
    assert (written["keyid"], written["authority_root"]) == (key.keyid, identity().root)
    assert dataset in {entry["dataset"] for entry in written["agreements"]}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_wrong_key_is_answered_beside_its_field(db: None, client: Client, language: str) -> None:
    answer = client.post(f"/{language}/developers", {"public_key": "-----BEGIN PRIVATE KEY-----"})
    assert answer.status_code == 422
    assert "43" in answer.content.decode()
    assert "BEGIN PRIVATE" not in answer.content.decode().replace('value="-----BEGIN PRIVATE KEY-----"', "")
    assert not SandboxKey.objects.exists()


def test_a_key_that_ran_out_has_no_page(db: None, client: Client) -> None:
    SandboxKey.objects.create(system="try-old", public_key=b"x" * 32, expires_at=timezone.now())
    assert client.get("/en/developers/keys/try-old").status_code == 404
    assert client.get("/en/developers/keys/try-old/hub.toml").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "These samples sign"), ("zh-hans", "下列示例")])
def test_the_samples_stand_on_the_page_as_they_are(db: None, client: Client, language: str, words: str, settings: Any) -> None:
    page = html.unescape(client.get(f"/{language}/developers").content.decode())
    assert words in page
    for name in ("Ask.java", "ask.php", "ask.go", "Ask.cs"):
        assert (settings.BASE_DIR / "client" / "samples" / name).read_text("utf-8").strip() in page
