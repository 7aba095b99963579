"""The command over HTTP: what is typed, what is printed, and the exit codes."""

import http.server
import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hub_client.asking import Trying, choose_agreement, read_fact, read_subjects
from hub_client.command import main
from hub_client.configuration import Configuration, KnownAgreement, load
from hub_client.errors import UsageError

from audit.proof.canonical import b64url, dumps
from audit.proof.keys import write_private_key
from tests.audit.proof.charter import GROUND, HUB
from tests.client.fake_hub import AGREEMENT, SYSTEM_KEYID, SYSTEM_PEM, FakeHub

PROJECT = Path(__file__).resolve().parents[2]


class _Served(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["content-length"])))

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def _answer(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.hub.send(self.command, self.path, headers=headers, body=body)  # type: ignore[attr-defined]
        self.send_response(reply.status)
        for name, value in {**reply.headers, "content-length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    """A fake hub on a free port of the loopback address, at the real time."""
    import time

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Served)
    fake = FakeHub(clock=time.time, address=f"http://127.0.0.1:{server.server_port}")
    server.hub = fake  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a demo.json and its key, and a hub.toml made from them."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "BASE_URL", "KEYID", "PRIVATE_KEY_FILE", "AUTHORITY_ROOT", "LOG_ORIGIN", "RECEIPTS"):
        monkeypatch.delenv(f"HUB_{name}", raising=False)
    (tmp_path / "keys").mkdir()
    write_private_key(tmp_path / "keys" / "request.pem", SYSTEM_PEM)
    agreement = {
        "id": AGREEMENT,
        "requester": "CAB-affairs",
        "dataset": "R01",
        "methods": ["VERIFY", "QUERY", "BATCH"],
        "purpose": "old_age_allowance",
        "items": ["grade"],
        "facts": [{"fact": "age_at_least", "with": {"n": 80}}],
        "subjects": ["510104194001010011", "510104194101010012"],
    }
    demo = {
        "base_url": hub.address,
        "authority_root": b64url(GROUND.root),
        "people": [],
        "systems": [{"department": "CAB", "code": "CAB-affairs", "keyid": SYSTEM_KEYID, "private_key_file": "keys/request.pem"}],
        "agreements": [agreement],
    }
    (tmp_path / "demo.json").write_bytes(dumps(demo))
    assert main(["configure", "--from", "demo.json", "--system", "CAB-affairs"]) == 0
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_configure_pins_the_hub_and_remembers_agreements(home: Path) -> None:
    configuration = load({}, {})
    assert configuration.log_origin == HUB
    assert configuration.agreements[0] == KnownAgreement(AGREEMENT, "R01", "old_age_allowance", ("VERIFY", "QUERY", "BATCH"))
    assert configuration.key_file == home / "keys" / "request.pem"


def test_configure_says_which_systems_there_are_and_writes_over_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = run(capsys, "configure", "--from", "demo.json", "--output", "new.toml")
    assert (code, shown["error"]["code"]) == (2, "WHICH_SYSTEM")
    assert "CAB-affairs" in shown["error"]["detail"]
    code, shown = run(capsys, "configure", "--from", "demo.json", "--system", "CAB-affairs")
    assert (code, shown["error"]["code"]) == (2, "EXISTS")
    assert run(capsys, "configure", "--from", "demo.json", "--system", "CAB-affairs", "--force")[0] == 0


def test_a_fact_is_asked_and_its_receipt_verified_offline(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = run(
        capsys, "verify-fact", "--subject", "510104194001010011", "--fact", "age_at_least:n=80", "--case", "c-1", "--officer", "7"
    )
    assert code == 0
    assert shown["answers"][0] == {"fact": "age_at_least", "with": {"n": 80}, "answer": "YES", "as_of": "2026-11-20T08:00:00Z"}
    path = shown["receipt_file"]
    assert run(capsys, "verify", path, "--save")[1]["state"] == "IN_LOG"
    assert run(capsys, "verify", path, "--offline") == (0, run(capsys, "verify", path)[1])
    raw = Path(path).read_text()
    Path(path).write_text(raw.replace("YES", "NO!"))
    code, shown = run(capsys, "verify", path, "--offline")
    assert (code, shown["error"]["code"]) == (1, "BAD_RECEIPT")


def test_query_and_batch_and_lines_for_people(hub: FakeHub, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["query", "--agreement", AGREEMENT[:6], "--subject", "510104194001010011", "--kind", "person"]) == 0
    assert "grade: 2" in capsys.readouterr().out
    assert hub.sent[-1][1]["subject"] == {"kind": "person", "id": "510104194001010011"}
    (home / "people.csv").write_text("case,subject\nc-1,510104194001010011\n,510104194101010012\n", "utf-8")
    assert main(["batch", "--subjects", "people.csv", "--fact", "alive", "--officer", "automatic"]) == 0
    out = capsys.readouterr().out
    assert out.count("alive: YES") == 2
    sent = hub.sent[-1][1]
    assert sent["subjects"] == [{"subject": "510104194001010011", "case": "c-1"}, "510104194101010012"]
    assert sent["officer"] == "automatic"


def test_a_refusal_is_exit_code_three_with_its_receipt(hub: FakeHub, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub.refusal = {"status": 403, "code": "REVOKED", "detail": "the agreement was revoked"}
    code, shown = run(capsys, "query", "--subject", "x")
    assert (code, shown["error"]["code"]) == (3, "REVOKED")
    assert run(capsys, "verify", shown["error"]["receipt_file"])[1]["route"]["outcome"] == "REFUSED"
    assert main(["query", "--subject", "x"]) == 3
    assert "receipt for the refusal" in capsys.readouterr().err


def test_a_dead_hub_is_exit_code_four_and_a_short_outage_is_overcome(
    hub: FakeHub, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("hub_client.asking.Trying", partial(Trying, sleep=waited.append))
    hub.door = (503, "LOG_BEHIND")
    code, shown = run(capsys, "query", "--subject", "x")
    assert (code, shown["error"]["code"]) == (4, "LOG_BEHIND")
    assert len(waited) == 2
    code, shown = run(capsys, "query", "--subject", "x", "--base-url", "http://127.0.0.1:9", "--retries", "0")
    assert (code, shown["error"]["code"]) == (4, "UNREACHABLE")


def test_a_lying_hub_is_exit_code_one(hub: FakeHub, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hub.lie_body = lambda body: {**body, "answer": {"state": "NO_RECORD"}}
    code, shown = run(capsys, "query", "--subject", "x")
    assert (code, shown["error"]["code"]) == (1, "BAD_RECEIPT")
    assert not (home / "receipts").exists()


def test_the_doctor_is_content(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = run(capsys, "doctor")
    assert code == 0
    assert shown["healthy"]
    code, shown = run(capsys, "doctor", "--keyid", "CAB-affairs/request-9")
    assert code == 1
    assert not shown["healthy"]


def test_a_new_key_is_made_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = run(capsys, "keys", "new", "--system", "cab-new", "--out", "new.pem")
    assert code == 0
    assert shown["keyid"] == "cab-new/request-1"
    assert (home / "new.pem").stat().st_mode & 0o777 == 0o600
    code, shown = run(capsys, "keys", "new", "--system", "cab-new", "--out", "new.pem")
    assert (code, shown["error"]["code"]) == (2, "KEY_EXISTS")
    code, shown = run(capsys, "keys", "new", "--system", "cab-new", "--out", "nowhere/new.pem")
    assert (code, shown["error"]["code"]) == (2, "CANNOT_WRITE")
    code, shown = run(capsys, "query", "--subject", "x", "--private-key-file", "demo.json")
    assert (code, shown["error"]["code"]) == (2, "BAD_KEY_FILE")
    code, shown = run(capsys, "keys", "new", "--system", "cab new")
    assert (code, shown["error"]["code"]) == (2, "BAD_KEYID")


@pytest.mark.parametrize("arguments", [["query"], ["verify-fact", "--subject", "x"], ["nothing"], []])
def test_wrong_use_is_exit_code_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_without_a_configuration_the_next_step_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    code, shown = run(capsys, "doctor")
    assert code == 2
    assert "hub configure" in shown["findings"][0]["text"]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("alive", {"fact": "alive", "with": {}}),
        ("age_at_least:n=80", {"fact": "age_at_least", "with": {"n": 80}}),
        ("grade_in:grades=1|2", {"fact": "grade_in", "with": {"grades": [1, 2]}}),
        ('lives_in:division="510104",since=2020-01-01', {"fact": "lives_in", "with": {"division": "510104", "since": "2020-01-01"}}),
        ("lives_in:division='510104'", {"fact": "lives_in", "with": {"division": "510104"}}),
        ('{"fact":"lives_in","with":{"division":"510104"}}', {"fact": "lives_in", "with": {"division": "510104"}}),
        ("at:code=007", {"fact": "at", "with": {"code": "007"}}),
    ],
)
def test_facts_as_they_are_typed(text: str, fact: dict[str, Any]) -> None:
    assert read_fact(text) == fact


@pytest.mark.parametrize("text", ["", ":n=1", "a:b", "a:=1", "{", "[1]:x"])
def test_what_is_no_fact_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_fact(text)


@pytest.mark.parametrize(
    ("content", "subjects"),
    [
        ("a\nb\n\n", ["a", "b"]),
        ("\ufeffsubject\na\n", ["a"]),
        ('[{"kind":"person","id":"a"}]', [{"kind": "person", "id": "a"}]),
    ],
)
def test_subjects_from_a_file(tmp_path: Path, content: str, subjects: list[Any]) -> None:
    (tmp_path / "f").write_text(content, "utf-8")
    assert read_subjects(tmp_path / "f") == subjects


@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]", b"[1", b"\xff\xfe", b"a\n" * 1001])
def test_a_file_without_subjects_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(UsageError):
        read_subjects(tmp_path / "f")
    with pytest.raises(UsageError, match="nowhere"):
        read_subjects(tmp_path / "nowhere")


def test_only_a_filed_receipt_takes_the_proof_in(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, shown = run(capsys, "query", "--subject", "x")
    bundle = json.loads(Path(shown["receipt_file"]).read_text())
    Path("answer.json").write_text(bundle["answer"]["body"])
    assert run(capsys, "verify", "answer.json")[0] == 0
    code, shown = run(capsys, "verify", "answer.json", "--save")
    assert (code, shown["error"]["code"]) == (2, "CANNOT_SAVE")
    assert Path("answer.json").read_text() == bundle["answer"]["body"]


def test_a_file_that_is_not_there_or_not_of_a_demonstration_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = run(capsys, "query", "--subject", "x", "--config", "nowhere.toml")
    assert (code, shown["error"]["code"]) == (2, "NO_CONFIGURATION")
    code, shown = run(capsys, "verify", "nowhere.json")
    assert (code, shown["error"]["code"]) == (2, "NO_FILE")
    Path("other.json").write_text('{"systems":[{"code":"a"}]}')
    code, shown = run(capsys, "configure", "--from", "other.json", "--system", "a", "--force")
    assert (code, shown["error"]["code"]) == (2, "BAD_DEMO")


def test_the_relay_starts_serves_and_stops(hub: FakeHub, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = run(capsys, "relay", "--port", hub.address.rpartition(":")[2])
    assert (code, shown["error"]["code"]) == (2, "PORT")
    command = [sys.executable, str(PROJECT / "client" / "hub"), "relay", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={}) as process:
        assert process.stdout
        assert process.stderr
        listening = json.loads(process.stdout.readline())["listening"]
        request = urllib.request.Request(  # noqa: S310 - an address of our own
            f"{listening}/{AGREEMENT}/query",
            data=dumps({"purpose": "p", "subject": "x"}),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            assert json.loads(response.read())["answer"]["state"] == "FOUND"
        process.terminate()
        assert process.wait(timeout=60) == 0, process.stderr.read()


def test_a_reader_that_closes_early_sees_no_error(home: Path) -> None:
    command = f"'{sys.executable}' '{PROJECT / 'client' / 'hub'}' query --subject x --json | true"
    result = subprocess.run(["/bin/sh", "-c", command], check=False, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    assert "Traceback" not in result.stderr


def test_a_call_without_a_purpose_is_not_sent(hub: FakeHub, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = AGREEMENT[::-1]
    code, shown = run(capsys, "query", "--agreement", other, "--subject", "x")
    assert (code, shown["error"]["code"]) == (2, "NO_PURPOSE")
    assert not hub.sent


def test_an_agreement_must_be_clear() -> None:
    from argparse import Namespace

    two = (KnownAgreement("a" * 32, "R01", "p", ("QUERY",)), KnownAgreement("b" * 32, "R13", "p", ("VERIFY",)))
    configuration = Configuration(agreements=two)
    nothing = Namespace(agreement=None, dataset=None)
    assert choose_agreement(configuration, nothing, "QUERY") == two[0]
    assert choose_agreement(configuration, Namespace(agreement=None, dataset="R13"), "VERIFY") == two[1]
    assert choose_agreement(configuration, Namespace(agreement="b", dataset=None), "QUERY") == two[1]
    assert choose_agreement(configuration, Namespace(agreement="c" * 32, dataset=None), "QUERY").id == "c" * 32
    with pytest.raises(UsageError, match="aaaa"):
        choose_agreement(Configuration(agreements=(two[0], two[0])), nothing, "QUERY")
    with pytest.raises(UsageError, match="none known"):
        choose_agreement(Configuration(), nothing, "QUERY")


@pytest.mark.parametrize(
    "content",
    ["base_url = 1", "unknown = 'x'", "base_url = ", "[[agreements]]\ndataset = 'R01'", "agreements = ['x']"],
)
def test_a_configuration_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "hub.toml"
    path.write_text(content)
    with pytest.raises(UsageError) as caught:
        load({"config": str(path)}, {})
    assert str(path) in str(caught.value)


def test_options_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "hub.toml"
    path.write_text('base_url = "https://file.example"\nkeyid = "a/file"\nreceipts = "kept"\n')
    environment = {"HUB_CONFIG": str(path), "HUB_BASE_URL": "https://environment.example", "HUB_KEYID": "a/environment"}
    found = load({"keyid": "a/option"}, environment)
    assert (found.base_url, found.keyid) == ("https://environment.example", "a/option")
    assert found.receipts_folder == tmp_path / "kept"


@pytest.mark.parametrize(
    "address", ["http://hub.example", "ftp://hub.example", "hub.example", "https://hub.example?x", "https://a:b@hub.example", "https://"]
)
def test_an_address_that_is_not_safe_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        _ = Configuration(base_url=address).address


def test_the_client_stands_without_the_hub() -> None:
    """No Django, no orjson, nothing of the rooms above the proofs."""
    program = (
        "import sys; sys.modules['orjson'] = None\n"
        "import hub_client.command\n"
        "names = {name.split('.')[0] for name in sys.modules} & {'django', 'catalog', 'exchange', 'httpx', 'celery'}\n"
        "above = [name for name in sys.modules if name.startswith('audit.') and not name.startswith('audit.proof')]\n"
        "assert not names and not above, (names, above)\n"
    )
    paths = f"{PROJECT / 'client'}:{PROJECT}"
    result = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, env={"PYTHONPATH": paths})
    assert result.returncode == 0, result.stderr


def test_the_command_starts_from_a_checkout() -> None:
    result = subprocess.run(
        [sys.executable, str(PROJECT / "client" / "hub"), "--help"], check=False, capture_output=True, text=True, env={}
    )
    assert result.returncode == 0, result.stderr
    assert "verify-fact" in result.stdout


def test_a_root_that_begins_with_a_hyphen_is_no_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = "-" + "A" * 42
    main(["verify", str(tmp_path / "missing.json"), "--offline", "--authority-root", key, "--json"])
    assert "missing.json" in capsys.readouterr().out
