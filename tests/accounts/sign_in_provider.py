"""A sign-in provider of our own on loopback: it signs what a test tells it to, and insists on PKCE and on its client's secret."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from audit.proof.canonical import b64url
from audit.proof.keys import generate_private_key, public_key_of

CLIENT_ID, SECRET, KID = "hub", "a-secret-of-the-tests", "key-1"


@dataclass
class Provider:
    """What it will say: `claims` over the right ones (None leaves a claim out), and how it signs."""

    issuer: str = ""
    key: bytes = field(default_factory=generate_private_key)
    signing_key: bytes | None = None
    algorithm: str = "EdDSA"
    claims: dict[str, Any] = field(default_factory=dict)
    named: str = ""
    down: bool = False
    challenge: str = ""
    nonce: str = ""
    seen: list[str] = field(default_factory=list)

    def begin(self, address: str) -> str:
        """What a browser does at the provider: keep the challenge and the nonce, hand out a code. Returns the query of the way back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        self.challenge, self.nonce = asked["code_challenge"], asked["nonce"]
        return f"code=good&state={asked['state']}"

    def token(self) -> str:
        """The ID token."""
        now = int(time.time())
        right = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "somebody", "iat": now, "exp": now + 300, "nonce": self.nonce}
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        key: Any = self.signing_key or self.key
        return jwt.encode(claims, "" if self.algorithm == "none" else key, algorithm=self.algorithm, headers={"kid": KID})

    def answer(self, path: str, body: dict[str, str]) -> dict[str, Any] | None:
        """The document at `path`; None is a refusal."""
        self.seen.append(path)
        if path.endswith("openid-configuration"):
            addresses = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token", "userinfo")}
            return {"issuer": self.named or self.issuer, "jwks_uri": f"{self.issuer}/keys", **addresses}
        if path == "/keys":
            return {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": KID, "alg": "EdDSA", "x": b64url(public_key_of(self.key))}]}
        if path == "/token" and self._is_right(body):
            return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.token()}
        return None

    def _is_right(self, body: dict[str, str]) -> bool:
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return (body.get("code"), body.get("client_secret"), challenge) == ("good", SECRET, self.challenge)


@contextmanager
def running() -> Iterator[Provider]:
    """The provider at a free port of this machine."""
    provider = Provider()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send({name: values[0] for name, values in parse_qs(body).items()})

        def _send(self, body: dict[str, str]) -> None:
            document = None if provider.down else provider.answer(urlsplit(self.path).path, body)
            text = json.dumps(document or {"error": "refused"}).encode()
            self.send_response(503 if provider.down else 200 if document else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
