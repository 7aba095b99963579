"""`hub keys list` and `hub keys rotate`: the next key is made, handed in, certified, used; then the old one's end is asked for.

Each step is remembered beside hub.toml before the next begins, so that the same command goes on after a kill. The old key works
until hub.toml names the new one, and that is written only once the hub has answered a request signed with the new one.
"""

import json
import re
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from audit.proof.canonical import b64url
from audit.proof.keys import PemSigner, SignatureError
from hub_client import configuration, doctor
from hub_client.configuration import Configuration
from hub_client.connection import Connection, Transport
from hub_client.errors import DataError, Exit, RefusedError, UsageError
from hub_client.keyfile import make_key
from hub_client.management import Management, open_management, route
from hub_client.registering import Commands, Shown, command, load
from hub_client.tables import table

STATE_FILE = "hub.rotation.json"
POLL_S = 20.0
_NUMBERED = re.compile(r"(.*?)(\d*)\Z")

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Rotation:
    """How far it is. `request` is empty until the key is handed in; `is_switched` once hub.toml names the new key."""

    old: str
    new: str
    file: str
    request: str = ""
    is_switched: bool = False


def add(actions: "Commands[ArgumentParser]") -> None:
    """Register the commands below `hub keys`."""
    command(actions, "list", "the keys of your systems, and what waits about them", _list)
    rotate = command(actions, "rotate", "replace this system's key without a gap; goes on where it broke off", _rotate)
    rotate.add_argument("--name", default="", help="the new key's name (the next number)")
    rotate.add_argument("--wait", type=float, default=0.0, metavar="MINUTES", help="wait so long for the certificate (0: look once)")
    for parser in (rotate,):
        parser.add_argument("--department", default="", help="for which of your departments")


def rotate(
    source: Path, hub: Management, transport: Transport, *, name: str = "", wait_s: float = 0.0, sleep: Sleep = time.sleep
) -> tuple[Rotation, str]:
    """Go as far as it goes now; the rotation and its state: WAITING for the certificate, or DONE.

    `source` is the hub.toml. Raises UsageError, DataError, and RefusedError where an administrator said no.
    """
    settings = configuration.load({"config": str(source)}, {})
    place = settings.folder / STATE_FILE
    found = _read(place) or _planned(settings, hub, name)
    _keep(place, found)
    public_key = _made(settings, found)
    if not found.request:
        found = _handed_in(hub, found, public_key)
        _keep(place, found)
    if not found.is_switched:
        if not _certified(hub, found, wait_s, sleep):
            return found, "WAITING"
        found = _switched(source, settings, found, transport)
        _keep(place, found)
    _ask_end(hub, found.old)
    place.unlink()
    return found, "DONE"


def _planned(settings: Configuration, hub: Management, name: str) -> Rotation:
    old = settings.require("keyid")
    system, _, old_name = old.partition("/")
    rows = {row["code"]: row for row in hub.get("systems")["results"]}
    if system not in rows:
        raise UsageError("NOT_YOUR_SYSTEM", f"{system} is no system of the departments for which you act")
    taken = {str(key["keyid"]).partition("/")[2] for key in (*rows[system]["keys"], *rows[system]["waiting"])}
    new_name = name or _next(old_name, taken)
    if new_name in taken:
        raise UsageError("NAME_TAKEN", f"{system} has a key {new_name} already: choose another --name")
    return Rotation(old, f"{system}/{new_name}", str(settings.key_file.parent / f"{new_name}.pem"))


def _next(name: str, taken: set[str]) -> str:
    """`request-1` is followed by `request-2`, or by the next number that no key has."""
    stem, number = _NUMBERED.fullmatch(name).groups()  # type: ignore[union-attr]  # it fits every text
    stem, count = (stem, int(number)) if number else (f"{name}-", 1)
    while f"{stem}{count + 1}" in taken:
        count += 1
    return f"{stem}{count + 1}"


def _made(settings: Configuration, found: Rotation) -> str:
    """The new key's public half; the file is made unless an earlier run made it."""
    path = Path(found.file)
    if not path.exists():
        return make_key(found.new, path).public_key
    try:
        return b64url(PemSigner(found.new, path).public_key)
    except (OSError, SignatureError) as error:
        raise UsageError("BAD_KEY_FILE", f"{path}: {error}; move it away, delete {settings.folder / STATE_FILE}, and begin anew") from None


def _handed_in(hub: Management, found: Rotation, public_key: str) -> Rotation:
    system, _, name = found.new.partition("/")
    asked = hub.post("key_requests", {"wish": "CERTIFY", "system": system, "name": name, "public_key": public_key})
    return replace(found, request=str(asked["id"]))


def _certified(hub: Management, found: Rotation, wait_s: float, sleep: Sleep) -> bool:
    """Whether an administrator certified it, looked at until the time is over. Raises RefusedError for a no."""
    left = wait_s
    while True:
        asked = hub.get(route("key_requests", found.request))
        if asked["state"] == "REFUSED":
            detail = f"an administrator refused {found.new}: ask why, delete {STATE_FILE} and its key file, and begin anew"
            raise RefusedError(403, {"code": "KEY_REFUSED", "detail": detail})
        if asked["state"] == "DONE" or left <= 0:
            return bool(asked["state"] == "DONE")
        pause = min(POLL_S, left)
        sleep(pause)
        left -= pause


def _switched(source: Path, settings: Configuration, found: Rotation, transport: Transport) -> Rotation:
    """hub.toml names the new key, after the hub has answered a request that the new key signed."""
    file = Path(found.file)
    shown = str(file.relative_to(settings.folder)) if file.is_relative_to(settings.folder) else str(file)
    renewed = replace(settings, keyid=found.new, private_key_file=shown)
    faults = [item.text for item in doctor.examine(renewed, transport) if item.state is doctor.State.BAD]
    if faults:
        raise DataError("NEW_KEY_FAILS", f"the new key does not work yet, so {source} keeps the old one: {'; '.join(faults)}")
    configuration.write(source, renewed)
    return replace(found, is_switched=True)


def _ask_end(hub: Management, keyid: str) -> None:
    """Ask an administrator to end the old key; where it has ended already there is nothing to ask."""
    system, _, name = keyid.partition("/")
    try:
        hub.post("key_requests", {"wish": "REVOKE", "system": system, "name": name})
    except RefusedError as refused:
        if refused.problem.get("code") != "KEY_ENDED":
            raise


def _read(place: Path) -> Rotation | None:
    if not place.is_file():
        return None
    try:
        return Rotation(**json.loads(place.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise UsageError("BAD_STATE", f"{place} cannot be read: look at hub keys list, then delete it") from None


def _keep(place: Path, found: Rotation) -> None:
    draft = place.with_name(f".{place.name}.new")
    draft.write_text(json.dumps(asdict(found)), encoding="utf-8")
    draft.replace(place)


def _rotate(options: Namespace) -> Shown:
    settings = load(options)
    source = Path(settings.source)
    if not source.is_file():
        raise UsageError("NO_CONFIGURATION", "a rotation changes hub.toml: make one with `hub configure`")
    hub, transport = open_management(settings, department=options.department), Connection(settings.address)
    found, state = rotate(source, hub, transport, name=options.name, wait_s=options.wait * 60)
    document: dict[str, Any] = {**asdict(found), "state": state}
    if state == "WAITING":
        with suppress(OSError, SignatureError):
            document["public_key"] = b64url(PemSigner(found.new, Path(found.file)).public_key)
        return document, list(_waiting(document)), Exit.OK
    return document, [f"{source} names {found.new} now.", f"The end of {found.old} is asked for: an administrator ends it."], Exit.OK


def _waiting(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"{document['new']} waits for its certificate; {document['old']} works meanwhile."
    yield f"public key: {document.get('public_key', '?')}"
    yield "An administrator compares it on the page Systems and keys and certifies it. Then run the same command again."


def _list(options: Namespace) -> Shown:
    rows = open_management(load(options)).get("systems")["results"]
    cells = [_key_cells(key) for row in rows for key in row["keys"]]
    cells += [(asked["keyid"], f"waits: {asked['wish']}", "", str(asked["asked_at"])[:10]) for row in rows for asked in row["waiting"]]
    lines = table(("key", "state", "private key kept by", "until, or asked on"), cells) if cells else ["No keys."]
    return {"systems": rows}, lines, Exit.OK


def _key_cells(key: Mapping[str, Any]) -> tuple[str, ...]:
    return key["keyid"], "ended" if key["is_revoked"] else "certified", key["custody"], str(key["not_after"])[:10]
