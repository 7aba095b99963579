"""The samples in other languages against a running hub: what they print, what they refuse to believe, and their exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pytest

from audit.proof.canonical import b64url
from audit.proof.keys import public_key_of
from audit.proof.receipt import verify_receipt
from exchange.starting.environment import ROOT
from tests.journeys import standing_between
from tests.journeys.calling import told
from tests.journeys.hub_process import RunningHub, free_port
from tests.journeys.standing_between import Between, change

SAMPLES = ROOT / "client" / "samples"
LANGUAGES = ("java", "php", "go", "csharp")
# In CI these are installed (.ci/run); the others run where somebody has them.
REQUIRED = ("java", "php")
SYSTEM, DATASET = "PSB-traffic", "R14"
_SECONDS = 240


@dataclass
class Sample:
    """One sample, built, with the environment that it reads."""

    command: list[str]
    environment: dict[str, str]

    def run(self, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end; `changes` are variables without their prefix HUB_."""
        environment = self.environment | {f"HUB_{name}": value for name, value in changes.items()}
        return subprocess.run(
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )


@pytest.fixture(scope="module")
def between(_session_hub: RunningHub) -> Iterator[Between]:
    """Somebody between the samples and the hub."""
    with standing_between.between(_session_hub) as made:
        yield made


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str] | None]:
    """How to run the sample of a language, compiled once in whatever order the tests come; None where the language is missing."""
    return cache(lambda language: _built(language, tmp_path_factory.mktemp(language)))


@pytest.fixture(params=LANGUAGES)
def sample(request: pytest.FixtureRequest, hub: RunningHub, built: Callable[[str], list[str] | None]) -> Sample:
    """The sample of one language; skipped where the language is not installed."""
    command = built(request.param)
    if command is None:
        assert request.param not in REQUIRED or not os.environ.get("CI"), f"{request.param} is not installed, and in CI it must be"
        pytest.skip(f"{request.param} is not installed")
    return Sample(command, _environment(hub, request.param))


def _built(language: str, folder: Path) -> list[str] | None:
    """How to run the sample; None where the language is missing. Raises CalledProcessError where it does not compile."""
    program = shutil.which({"java": "javac", "php": "php", "go": "go", "csharp": "dotnet"}[language])
    if program is None:
        return None
    if language == "java":
        _compile([program, "-Xlint:all", "-Werror", "-d", str(folder), str(SAMPLES / "Ask.java")], folder)
        return [str(Path(program).with_name("java")), "-cp", str(folder), "Ask"]
    if language == "php":
        return [program, "-d", "error_reporting=-1", "-d", "display_errors=stderr", str(SAMPLES / "ask.php")]
    if language == "go":
        _compile([program, "build", "-o", str(folder / "ask"), str(SAMPLES / "ask.go")], folder)
        return [str(folder / "ask")]
    _compile([program, "new", "console", "-o", str(folder)], folder)
    shutil.copy(SAMPLES / "Ask.cs", folder / "Program.cs")
    _compile([program, "build", str(folder), "-o", str(folder / "out")], folder)
    return [program, str(next((folder / "out").glob("*.dll")))]


def _compile(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "HOME": str(folder), "GOCACHE": str(folder / "cache"), "GO111MODULE": "off", "GOFLAGS": ""}
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=True)


def _environment(hub: RunningHub, language: str) -> dict[str, str]:
    demo, agreement = hub.demo, hub.agreement(SYSTEM, DATASET)
    keys = told(httpx.get(f"{hub.url}/api/v1/keys", trust_env=False))
    given = {
        "BASE_URL": hub.url,
        "KEYID": f"{SYSTEM}/system-1",
        "PRIVATE_KEY_FILE": str(hub.place.home / "keys" / SYSTEM / "system-1.pem"),
        "AUTHORITY_ROOT": demo["authority_root"],
        "LOG_ORIGIN": keys["log"],
        "AGREEMENT": agreement["id"],
        "PURPOSE": agreement["purpose"],
        "SUBJECT": agreement["subjects"][LANGUAGES.index(language)],  # a fact is answered three times a subject
        "CASE": "S-1",
        "OFFICER": "automatic",
        "FACTS": json.dumps([agreement["facts"][0]]),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "DJANGO_"))}
    return kept | {f"HUB_{name}": value for name, value in given.items()}


def test_a_sample_is_at_most_a_hundred_lines() -> None:
    files = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md")
    assert [path.name for path in files] == ["Ask.cs", "Ask.java", "ask.go", "ask.php"]
    assert {path.name: len(path.read_text("utf-8").splitlines()) for path in files if len(path.read_text("utf-8").splitlines()) > 100} == {}


def test_a_sample_prints_both_answers_with_their_receipts(sample: Sample, hub: RunningHub) -> None:
    ended = sample.run()
    assert (ended.returncode, ended.stderr) == (0, "")
    facts, found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert facts["answers"][0]["answer"] in ("YES", "NO", "UNKNOWN")
    assert (found["answer"]["state"], len(found["answer"]["records"])) == ("FOUND", 1)
    for answer in (facts, found):
        proved = verify_receipt(answer["receipt"], public_key=_answer_key(hub), log=sample.environment["HUB_LOG_ORIGIN"])
        assert proved.route is not None
        assert (proved.route["agreement"], proved.route["outcome"]) == (sample.environment["HUB_AGREEMENT"], "ANSWERED")


def _answer_key(hub: RunningHub) -> bytes:
    return public_key_of((hub.place.home / "keys" / "hub" / "answer-1.pem").read_bytes())


@pytest.mark.parametrize("within", ["/verify", "/query"])
def test_a_sample_does_not_print_an_answer_that_was_changed(sample: Sample, between: Between, within: str) -> None:
    with between.lying(change(b'"as_of":"2', b'"as_of":"1', within)):
        ended = sample.run(BASE_URL=between.url)
    assert (ended.returncode, len(ended.stdout.splitlines())) == (1, 0 if within == "/verify" else 1), ended
    assert "does not verify" in ended.stderr


def test_a_sample_believes_no_certificate_that_the_root_did_not_sign(sample: Sample, between: Between, hub: RunningHub) -> None:
    true, false = b64url(_answer_key(hub)).encode(), b64url(bytes(range(32))).encode()

    def forging(path: str, body: bytes) -> bytes:
        if path != "/api/v1/keys":
            return body
        document = json.loads(body)
        for stored in document["acts"]:
            stored["act"] = b64encode(b64decode(stored["act"]).replace(true, false)).decode()
        return json.dumps(document, separators=(",", ":")).encode()

    with between.lying(forging):
        ended = sample.run(BASE_URL=between.url)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_a_sample_says_a_refusal_with_its_code(sample: Sample) -> None:
    ended = sample.run(PURPOSE="another_purpose")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "PURPOSE_NOT_AGREED" in ended.stderr


def test_a_changed_refusal_is_no_refusal(sample: Sample, between: Between) -> None:
    with between.lying(change(b"PURPOSE_NOT_AGREED", b"PURPOSE_NOT_AGREEN", "/verify")):
        ended = sample.run(PURPOSE="another_purpose", BASE_URL=between.url)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_a_sample_says_why_the_hub_does_not_know_it(sample: Sample) -> None:
    ended = sample.run(KEYID=f"{SYSTEM}/never-certified")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert "KEY_UNKNOWN" in ended.stderr


def test_a_sample_believes_no_other_root(sample: Sample, hub: RunningHub) -> None:
    other = b64url(_answer_key(hub))  # a good key, and not the root's
    ended = sample.run(AUTHORITY_ROOT=other)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_a_sample_believes_no_key_of_another_hub(sample: Sample) -> None:
    ended = sample.run(LOG_ORIGIN="other.example/log")
    assert (ended.returncode, ended.stdout) == (1, "")


def test_a_hub_that_is_gone_is_a_matter_of_the_network(sample: Sample) -> None:
    ended = sample.run(BASE_URL=f"http://127.0.0.1:{free_port()}")
    assert (ended.returncode, ended.stdout) == (4, "")
