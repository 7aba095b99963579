"""A hub of the tests' own, that asks a department's endpoint and verifies what it says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hub_client.configuration import Configuration
from hub_client.providing import Asked, Endpoint, Given, HubKeys, described
from hub_client.testing import FakeHub

from audit.proof import message
from audit.proof.canonical import b64url, dumps, fresh_nonce
from audit.proof.keys import PemSigner, generate_private_key

URL = "https://register.example.gov.cn/hub"
PERSON = "51010119900101123X"
PEM = generate_private_key()
SIGNER = PemSigner("DEPT/answer-1", PEM)
DOCUMENT: dict[str, Any] = {
    "code": "R14",
    "items": [
        {"name": "person", "type": "identifier", "required": True},
        {"name": "kind", "type": "code", "code_list": "kinds"},
        {"name": "grade", "type": "integer"},
        {"name": "until", "type": "date"},
        {"name": "sum", "type": "decimal"},
        {"name": "lives", "type": "boolean"},
    ],
    "subjects": [{"item": "person", "kind": "person"}],
    "code_lists": {"kinds": [{"code": "visual"}, {"code": "hearing"}]},
    "column_mapping": {"person": "身份证号", "kind": "类别", "grade": "等级", "until": "有效期", "sum": "金额", "lives": "在世"},
    "provider_answer_key": "DEPT/answer-1",
    "store": {"kind": "http", "url": URL},
}
DESCRIPTION = described(DOCUMENT)
ROW = {"身份证号": PERSON, "类别": "visual", "等级": 2, "有效期": date(2031, 12, 31), "金额": Decimal("12.50"), "在世": True}
WRITTEN = {"身份证号": PERSON, "类别": "visual", "等级": 2, "有效期": "2031-12-31", "金额": "12.5", "在世": True}


class Asking:
    """A hub of the test's own, that asks an endpoint."""

    def __init__(self, answers: Callable[[Asked], Given] | None = None, **more: Any) -> None:
        self.hub = FakeHub()
        self.keys = HubKeys(
            Configuration(base_url=self.hub.address, authority_root=b64url(self.hub.keys.root), log_origin=self.hub.keys.hub), self.hub
        )
        self.endpoint = Endpoint(URL, SIGNER, self.keys, **more)
        self.endpoint.answer_all(DESCRIPTION, answers or (lambda asked: Given({who: [ROW] for who in asked.subjects})))

    def question(self, **changes: Any) -> dict[str, Any]:
        """A right question, but for `changes`."""
        return {
            "v": 1,
            "hub": self.hub.keys.hub,
            "errand": "0" * 32,
            "dataset": "R14",
            "version": "sha256:" + "0" * 64,
            "subjects": [{"kind": "person", "id": PERSON}],
            "items": list(ROW),
            **changes,
        }

    def signed(self, body: bytes, *, signer: Any = None, url: str = URL, shift_s: int = 0, nonce: str = "") -> dict[str, str]:
        """The headers of a question."""
        signed = message.sign_provider_request(
            signer or self.hub.keys.answer, target_uri=url, body=body, created=int(time.time()) + shift_s, nonce=nonce or fresh_nonce()
        )
        return {**signed, "content-type": "application/json"}

    def ask(self, *, raw: bytes | None = None, question: Mapping[str, Any] | None = None, **how: Any) -> tuple[int, Any]:
        """Status and body; an answer's signature is verified."""
        body = dumps(dict(question or self.question())) if raw is None else raw
        headers = self.signed(body, **how)
        handed = self.endpoint.handle(pairs(headers), body)
        if handed.status == 200:
            self.verify(headers, body, handed.headers, handed.body)
        return handed.status, json.loads(handed.body)

    def verify(self, headers: Mapping[str, str], body: bytes, told: Mapping[str, str], answer: bytes) -> None:
        """As the hub does."""
        parsed = message.parse_request(method="POST", target_uri=URL, headers=headers, body=body, tag=message.PROVIDER_REQUEST_TAG)
        message.verify_answer(
            status=200, headers=told, body=answer, request=parsed, public_key=SIGNER.public_key, tag=message.PROVIDER_ANSWER_TAG
        )

    def code(self, **how: Any) -> tuple[int, str]:
        """Status and code of a refusal, which says nothing else."""
        status, body = self.ask(**how)
        assert body.keys() == {"status", "code"}
        return status, body["code"]


def pairs(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Header lines as they come in."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def giving(*records: Any) -> Asking:
    """A service that gives these records about whomever it is asked."""
    return Asking(lambda asked: Given({asked.subjects[0]: records}))
