"""Where the client finds the hub, its own key, and what it trusts: hub.toml, the environment, options (the last wins)."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from audit.proof.canonical import CanonicalError, unb64url
from audit.proof.keys import SignatureError, require_public_key
from hub_client.errors import UsageError

FILE_NAME = "hub.toml"
LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_TEXTS = ("base_url", "keyid", "private_key_file", "authority_root", "log_origin", "receipts")
_ENVIRONMENT = {name: f"HUB_{name.upper()}" for name in _TEXTS}


@dataclass(frozen=True, slots=True)
class KnownAgreement:
    """An agreement in force as hub.toml remembers it, so that a command need not repeat it."""

    id: str
    dataset: str = ""
    purpose: str = ""
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that a command needs. Texts that nobody gave are empty; the accessors below say what is missing."""

    base_url: str = ""
    keyid: str = ""
    private_key_file: str = ""
    authority_root: str = ""
    log_origin: str = ""
    receipts: str = "receipts"
    agreements: tuple[KnownAgreement, ...] = ()
    folder: Path = Path()
    source: str = "no file"

    def require(self, name: str) -> str:
        """A setting's text; UsageError says how to give it."""
        value: str = getattr(self, name)
        if not value:
            raise UsageError("NOT_CONFIGURED", f"{name} is not set: run `hub configure`, or set {_ENVIRONMENT[name]}")
        return value

    @property
    def root(self) -> bytes:
        """The pinned public key of the authority, 32 bytes."""
        try:
            key = unb64url(self.require("authority_root"))
            require_public_key(key)
        except (CanonicalError, SignatureError) as error:
            raise UsageError("BAD_ROOT", f"authority_root is no public key in base64url: {error}") from None
        return key

    @property
    def address(self) -> str:
        """The hub's address without a slash at its end; https, unless it is this machine."""
        base_url = self.require("base_url").rstrip("/")
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise UsageError("BAD_ADDRESS", "base_url is written https://hub.example")
        if parts.scheme == "http" and parts.hostname not in LOCAL_NAMES:
            raise UsageError("NOT_ENCRYPTED", "base_url must begin with https:// unless the hub runs on this machine")
        return base_url

    @property
    def key_file(self) -> Path:
        """The private key's file; relative paths count from the folder of hub.toml."""
        return self.folder / self.require("private_key_file")

    @property
    def receipts_folder(self) -> Path:
        """Where receipts are filed."""
        return self.folder / self.receipts


def load(options: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Configuration:
    """Read hub.toml (`--config`, HUB_CONFIG, ./hub.toml or the one in ~/.config/mianzheng), environment and options."""
    surroundings = os.environ if environment is None else environment
    path = _path(options.get("config"), surroundings)
    configuration = _read(path) if path else Configuration()
    given: dict[str, Any] = {name: surroundings[variable] for name, variable in _ENVIRONMENT.items() if surroundings.get(variable)}
    given |= {name: str(options[name]) for name in _TEXTS if options.get(name)}
    for name in ("private_key_file", "receipts"):
        if name in given:  # a path typed now counts from where one stands
            given[name] = str(Path(given[name]).absolute())
    return replace(configuration, **given)


def write(path: Path, configuration: Configuration) -> None:
    """Write hub.toml, whole or not at all."""
    lines = [f"{name} = {_quoted(getattr(configuration, name))}" for name in _TEXTS if getattr(configuration, name)]
    for agreement in configuration.agreements:
        lines += ["", "[[agreements]]", f"id = {_quoted(agreement.id)}", f"dataset = {_quoted(agreement.dataset)}"]
        lines += [f"purpose = {_quoted(agreement.purpose)}", f"methods = {json.dumps(list(agreement.methods))}"]
    draft = path.with_name(f".{path.name}.new")
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    draft.replace(path)


def _path(named: Any, environment: Mapping[str, str]) -> Path | None:
    if named or environment.get("HUB_CONFIG"):
        path = Path(named or environment["HUB_CONFIG"])
        if not path.is_file():
            raise UsageError("NO_CONFIGURATION", f"there is no file {path}; make one with `hub configure`")
        return path
    usual = (Path(FILE_NAME), Path(environment.get("HOME", "/nonexistent")) / ".config" / "mianzheng" / FILE_NAME)
    return next((path for path in usual if path.is_file()), None)


def _read(path: Path) -> Configuration:
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError("BAD_CONFIGURATION", f"{path} cannot be read: {error}") from None
    unknown = content.keys() - {*_TEXTS, "agreements"}
    texts = {name: content[name] for name in _TEXTS if name in content}
    if unknown or not all(isinstance(value, str) for value in texts.values()):
        raise UsageError("BAD_CONFIGURATION", f"{path}: unknown or malformed {', '.join(sorted(unknown)) or 'text'}")
    agreements = tuple(_agreement(path, entry) for entry in content.get("agreements", []))
    return Configuration(**texts, agreements=agreements, folder=path.parent.absolute(), source=str(path))


def _agreement(path: Path, entry: Any) -> KnownAgreement:
    try:
        return KnownAgreement(
            id=str(entry["id"]),
            dataset=str(entry.get("dataset", "")),
            purpose=str(entry.get("purpose", "")),
            methods=tuple(str(method) for method in entry.get("methods", ())),
        )
    except (KeyError, TypeError, AttributeError):
        raise UsageError("BAD_CONFIGURATION", f"{path}: each of [[agreements]] needs an id") from None


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are the same."""
    return json.dumps(text, ensure_ascii=False)
