"""The fake hub that departments use in their own tests: it answers, refuses, waits and lies as it is told, and truly signs."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hub_client import AsyncClient, Client, Purpose, Settings
from hub_client.client import file_nowhere
from hub_client.errors import DataError, NetworkError, RefusedError
from hub_client.pool import Pool
from hub_client.session import Session
from hub_client.testing import AGREEMENT, FakeHub
from hub_client.testing.answering import Held

PROJECT = Path(__file__).resolve().parents[2]
PURPOSE = Purpose("testing", case="C-1", officer="automatic")
PERSON = "510104194001010011"


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub(records={PERSON: [{"grade": 2}]}, facts={PERSON: {"alive": "YES"}})


def test_records_and_facts_are_those_that_the_test_gave(hub: FakeHub, tmp_path: Path) -> None:
    client = hub.client(tmp_path)
    found = client.query(AGREEMENT, PERSON, PURPOSE)
    assert (found.state, found.records) == ("FOUND", ({"grade": 2},))
    assert client.query(AGREEMENT, "nobody", PURPOSE).state == "NO_RECORD"
    verified = client.verify(AGREEMENT, PERSON, ["alive", "age_at_least:n=80"], PURPOSE)
    assert [(one.fact, one.answer) for one in verified.answers] == [("alive", "YES"), ("age_at_least", "UNKNOWN")]
    assert verified.answers[1].parameters == {"n": 80}
    assert Path(verified.exchange.receipt_file).is_file()
    assert hub.calls == 3


def test_a_batch_of_more_than_a_thousand_is_several_exchanges_in_order(hub: FakeHub, tmp_path: Path) -> None:
    subjects = [PERSON, *(f"nobody-{n}" for n in range(1_400))]
    batch = hub.client(tmp_path, filing=file_nowhere).batch(AGREEMENT, subjects, PURPOSE)
    assert [line.subject for line in batch.lines] == subjects
    assert (len(batch.exchanges), batch.lines[0].records, batch.lines[1].state) == (2, ({"grade": 2},), "NO_RECORD")
    assert not (tmp_path / "receipts").exists()


def test_a_refusal_is_an_error_with_its_code_and_its_receipt(hub: FakeHub, tmp_path: Path) -> None:
    hub.refuse("REVOKED")
    with pytest.raises(RefusedError) as refused:
        hub.client(tmp_path).query(AGREEMENT, PERSON, PURPOSE)
    assert refused.value.code == "REVOKED"
    assert Path(str(refused.value.receipt_file)).is_file()
    hub.allow()
    assert hub.client(tmp_path).query(AGREEMENT, PERSON, PURPOSE).state == "FOUND"


def test_a_result_that_comes_later_is_waited_for_and_has_a_receipt_of_its_own(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub_client.results._PAUSES_S", (0,))
    hub.wait(3)
    assert hub.client(tmp_path, wait_s=60).query(AGREEMENT, PERSON, PURPOSE).records == ({"grade": 2},)
    assert len(list((tmp_path / "receipts").glob("2*.json"))) == 2


def test_a_result_that_does_not_come_is_named_and_fetched_later_once(hub: FakeHub, tmp_path: Path) -> None:
    hub.wait(2)
    client = hub.client(tmp_path, wait_s=0)
    with pytest.raises(NetworkError) as waiting:
        client.query(AGREEMENT, PERSON, PURPOSE)
    assert waiting.value.code == "WAITING"
    named = waiting.value.data
    found: Any = client.result(named["agreement"], named["intent"])
    assert found.records == ({"grade": 2},)
    with pytest.raises(RefusedError, match="no such result"):
        client.result(named["agreement"], named["intent"])


@pytest.mark.parametrize("member", ["intent", "outcome", "agreement"])
def test_the_result_of_another_question_is_not_believed(hub: FakeHub, tmp_path: Path, member: str) -> None:
    hub.wait(1)
    others = {"intent": "sha256:" + "0" * 64, "outcome": "WAITING", "agreement": "z" * 32}
    hub.lie_route = lambda route: {**route, member: others[member]} if "intent" in route else route
    with pytest.raises(DataError):
        hub.client(tmp_path, wait_s=60).query(AGREEMENT, PERSON, PURPOSE)


def test_the_result_of_another_request_is_not_believed(hub: FakeHub, tmp_path: Path) -> None:
    """Everything is signed, and the outcome's receipt names a request that we never made."""
    hub.wait(1)
    made: list[Any] = []

    def another(message: dict[str, Any]) -> dict[str, Any]:
        made.append(message)
        return {**message, "signature": "A" * 86} if len(made) == 2 else message

    hub.lie_message = another
    with pytest.raises(DataError) as caught:
        hub.client(tmp_path, wait_s=60).query(AGREEMENT, PERSON, PURPOSE)
    assert caught.value.code == "OTHER_REQUEST"


def test_a_result_that_is_not_signed_for_our_asking_is_not_believed(hub: FakeHub, tmp_path: Path) -> None:
    hub.wait(1)
    first: list[Any] = []

    def replayed(reply: Any) -> Any:
        first.append(reply)
        return reply if reply.status == 202 else replace(reply, headers={**reply.headers, "signature": first[0].headers["signature"]})

    hub.lie_reply = replayed
    with pytest.raises(DataError) as caught:
        hub.client(tmp_path, wait_s=60).query(AGREEMENT, PERSON, PURPOSE)
    assert caught.value.code == "SIGNATURE_WRONG"


class Chatty(FakeHub):
    """Says more than WAITING, with signature and receipt."""

    def _with_receipt(self, answer: dict[str, Any], held: Held, **route: Any) -> dict[str, Any]:
        more = {"answer": {"state": "FOUND"}} if answer.get("state") == "WAITING" else {}
        return super()._with_receipt({**answer, **more}, held, **route)


def test_what_waits_holds_nothing_that_looks_like_an_answer(tmp_path: Path) -> None:
    hub = Chatty(records={PERSON: [{"grade": 2}]})
    hub.wait(1)
    with pytest.raises(DataError) as caught:
        hub.client(tmp_path).query(AGREEMENT, PERSON, PURPOSE)
    assert caught.value.code == "OTHER_ANSWER"


def test_a_hub_that_lies_is_noticed(hub: FakeHub, tmp_path: Path) -> None:
    hub.tamper(lambda body: {**body, "answer": {**body["answer"], "records": [{"grade": 4}]}})
    with pytest.raises(DataError) as caught:
        hub.client(tmp_path).query(AGREEMENT, PERSON, PURPOSE)
    assert caught.value.code == "BAD_RECEIPT"
    assert not (tmp_path / "receipts").exists()


def test_a_call_with_another_key_is_refused_by_the_fake_as_by_the_hub(hub: FakeHub, tmp_path: Path) -> None:
    stranger = FakeHub()
    session = Session(hub.configuration(tmp_path), stranger.keys.system, hub, hub.clock)
    with pytest.raises(RefusedError) as refused:
        Client(session).query(AGREEMENT, PERSON, PURPOSE)
    assert (refused.value.status, refused.value.code) == (401, "SIGNATURE_WRONG")


def test_changes_come_page_by_page(tmp_path: Path) -> None:
    hub = FakeHub(changed=[{"row": str(n), "state": "SET", "record": {"n": n}} for n in range(5)])
    client = hub.client(tmp_path)
    first = client.changes(AGREEMENT, PURPOSE, most=3)
    rest = client.changes(AGREEMENT, PURPOSE, cursor=first.cursor)
    assert (len(first.changes), first.more, len(rest.changes), rest.more) == (3, True, 2, False)


def test_over_http_connections_are_used_again_by_many_calls_at_once(hub: FakeHub, tmp_path: Path) -> None:
    async def run() -> list[str]:
        async with AsyncClient(Client.open(hub.configuration(tmp_path), Settings(filing=file_nowhere)), at_once=4) as client:
            found = await asyncio.gather(*(client.query(AGREEMENT, PERSON, PURPOSE) for _ in range(12)))
            pool = client.client.session.transport
            assert isinstance(pool, Pool)
            assert 1 <= len(pool._idle) <= 5
            return [one.state for one in found]

    with hub.served():
        assert asyncio.run(run()) == ["FOUND"] * 12
    assert hub.calls == 12


def test_a_connection_that_the_hub_closed_meanwhile_is_replaced(hub: FakeHub, tmp_path: Path) -> None:
    with hub.served() as address:
        client = Client.open(hub.configuration(tmp_path), Settings(filing=file_nowhere))
        client.query(AGREEMENT, PERSON, PURPOSE)
    port = int(address.rpartition(":")[2])
    with hub.served(port), client:
        assert client.query(AGREEMENT, PERSON, PURPOSE).state == "FOUND"


def test_the_example_of_the_readme_passes(tmp_path: Path) -> None:
    text = (PROJECT / "client" / "README.md").read_text()
    (example,) = re.findall(r"```python\n(# test_grades\.py\n.*?)```", text, re.DOTALL)
    (tmp_path / "test_grades.py").write_text(example)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(tmp_path)]
    ran = subprocess.run(
        [*command, str(tmp_path / "test_grades.py")],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": f"{PROJECT / 'client'}:{PROJECT}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 passed" in ran.stdout


def test_receipts_of_the_fake_hub_are_as_real_as_the_hubs(hub: FakeHub, tmp_path: Path) -> None:
    filed = json.loads(Path(hub.client(tmp_path).query(AGREEMENT, PERSON, PURPOSE).exchange.receipt_file).read_bytes())
    assert filed["receipt"]["log"] == hub.keys.hub
