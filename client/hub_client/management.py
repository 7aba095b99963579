"""The hub's management API as a person's program reaches it: a token, JSON both ways, refusals as they were said."""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from audit.proof.canonical import fresh_nonce
from hub_client.configuration import Configuration
from hub_client.connection import Connection, Reply, Transport
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError

TOKEN_FILE = "hub.token"  # noqa: S105 - a file's name
JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class Token:
    """What `hub login` got: good for this hub alone."""

    base_url: str
    access_token: str
    scope: str
    person: str


def token_path(configuration: Configuration) -> Path:
    """Where the token is kept: beside hub.toml."""
    return configuration.folder / TOKEN_FILE


def keep_token(path: Path, token: Token) -> None:
    """Write it whole or not at all, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{fresh_nonce()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(token), file)
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise UsageError("CANNOT_WRITE", f"the token cannot be kept in {path}: {error.strerror}") from None


def read_token(configuration: Configuration) -> Token:
    """The token for this hub. Raises UsageError where there is none, it is another hub's, or others could read it."""
    path = token_path(configuration)
    if not path.is_file():
        raise UsageError("NOT_LOGGED_IN", "no token is kept here: run `hub login`")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UsageError("TOKEN_READABLE", f"others can read {path}: run `chmod 600 {path}`, and `hub login` again if somebody did")
    try:
        token = Token(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise UsageError("BAD_TOKEN_FILE", f"{path} cannot be read: run `hub login`") from None
    if token.base_url != configuration.address:
        raise UsageError("OTHER_HUB", f"the token in {path} is for {token.base_url}: run `hub login` for {configuration.address}")
    return token


@dataclass(frozen=True, slots=True)
class Management:
    """One person's way to the management API."""

    transport: Transport
    token: str = ""
    department: str = ""

    def get(self, path: str, **query: str) -> Any:
        """Read. `path` is relative to /api/v1/; its parts are quoted by `route`."""
        return self.call("GET", path + (f"?{urlencode(query)}" if query else ""))

    def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """Do something."""
        return self.call("POST", path, body or {}, **headers)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """Send and read JSON; None for an empty answer. Raises RefusedError with the problem, NetworkError, DataError."""
        raw = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return _read(self.raw(method, path, raw, JSON if raw is not None else "", **headers))

    def raw(self, method: str, path: str, body: bytes | None, content_type: str, **headers: str) -> Reply:
        """Send bytes; the reply as it came."""
        sent = {"accept": JSON, **({"content-type": content_type} if content_type else {})}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if self.department:
            sent["acting-department"] = self.department
        return self.transport.send(method, f"/api/v1/{path}", headers=sent, body=body)

    def form(self, path: str, **members: str) -> Any:
        """Send a form, as the standards of authorization have it."""
        return _read(self.raw("POST", path, urlencode(members).encode(), _FORM))

    def pages(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        for _ in range(_MOST_PAGES):
            page = self.get(path, **query)
            yield from page["results"]
            following = parse_qs(urlsplit(page.get("next") or "").query)
            if "cursor" not in following:
                return
            query = {**query, "cursor": following["cursor"][0]}


def open_management(configuration: Configuration, *, department: str = "", transport: Transport | None = None) -> Management:
    """The management API with the kept token."""
    token = read_token(configuration)
    return Management(transport or Connection(configuration.address), token.access_token, department)


def route(*parts: str) -> str:
    """A path from its parts; whatever somebody typed stays one part."""
    if not all(parts):
        raise UsageError("EMPTY_NAME", "a number or name is missing")
    return "/".join(quote(part, safe="") for part in parts)


def _read(reply: Reply) -> Any:
    if reply.status < 300:
        return _json(reply) if reply.body else None
    try:
        problem = _json(reply)
    except DataError:
        problem = None
    if not isinstance(problem, dict):
        raise NetworkError("NOT_THE_HUB", f"status {reply.status} and no word of the hub: is something in between?", status=reply.status)
    if reply.status in (502, 503, 504):
        raise NetworkError(str(problem.get("code", "UNAVAILABLE")), str(problem.get("detail", "the hub is not available now")), status=503)
    raise RefusedError(reply.status, problem)


def _json(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        raise DataError("BAD_JSON", "the answer is no JSON") from None
