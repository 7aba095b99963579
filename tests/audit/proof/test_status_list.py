"""Lists of statuses: the draft's own bytes, and everything that is no list of ours."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from audit.proof.canonical import b64url, unb64url
from audit.proof.keys import PemSigner, generate_private_key
from audit.proof.sd_jwt import read_part, sign_jwt
from audit.proof.status_list import SIZE, TYPE, Status, StatusList, StatusListError, issue_list, pack, verify_list

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "status_list.json").read_text("utf-8"))
SIGNER = PemSigner("hub/licence-1", generate_private_key())
KEYS = {SIGNER.keyid: SIGNER.public_key}
URI = "https://hub.example/v/status/1"


def _issued(statuses: dict[int, Status], **changes: Any) -> str:
    return issue_list(SIGNER, **{"uri": URI, "packed": pack(statuses), "at": 1_000, "ttl": 300, "until": 2_000, **changes})


def test_bytes_are_those_that_the_draft_prints() -> None:
    statuses = {index: Status(status) for index, status in enumerate(VECTOR["statuses"])}
    packed = pack(statuses, len(statuses))
    assert packed.hex() == VECTOR["bytes"]
    assert b64url(zlib.compress(packed, 9)) == VECTOR["lst"]
    assert zlib.decompress(unb64url(VECTOR["lst"])) == packed
    assert [StatusList(packed).at(index) for index in range(12)] == VECTOR["statuses"]


def test_only_those_that_are_named_are_not_valid() -> None:
    listed = verify_list(_issued({0: Status.REVOKED, SIZE - 1: Status.CHANGED, 7: Status.SUSPENDED}), uri=URI, keys=KEYS, now=1_500)
    assert [listed.at(index) for index in (0, 1, 7, SIZE - 1)] == [Status.REVOKED, Status.VALID, Status.SUSPENDED, Status.CHANGED]


def test_list_is_named_for_what_it_is() -> None:
    header, claims = map(read_part, _issued({}).split(".")[:2])
    assert header == {"alg": "EdDSA", "kid": "hub/licence-1", "typ": "statuslist+jwt"}
    assert {name: claims[name] for name in ("sub", "iat", "exp", "ttl")} == {"sub": URI, "iat": 1_000, "exp": 2_000, "ttl": 300}


def test_a_list_in_which_nothing_stands_is_as_long_as_any_other() -> None:
    assert len(_issued({})) < 400
    assert len(pack({})) == SIZE // 4


@pytest.mark.parametrize("index", [-1, SIZE])
def test_places_beyond_the_list_say_nothing(index: int) -> None:
    with pytest.raises(StatusListError):
        StatusList(pack({})).at(index)


def _signed(**claims: Any) -> str:
    usual = {"sub": URI, "iat": 1, "exp": 2_000, "status_list": {"bits": 2, "lst": b64url(zlib.compress(b"\0"))}}
    return sign_jwt(SIGNER, usual | claims, kind=TYPE)


def _lst(packed: bytes) -> dict[str, Any]:
    return {"bits": 2, "lst": b64url(zlib.compress(packed))}


REFUSED = {
    "another address": _signed(sub="https://hub.example/v/status/2"),
    "too old": _signed(exp=1_000),
    "no end": _signed(exp=None),
    "one bit": _signed(status_list={"bits": 1, "lst": "eNrbuRgAAhcBXQ"}),
    "no list": _signed(status_list=None),
    "not packed": _signed(status_list={"bits": 2, "lst": b64url(b"\0\0")}),
    "broken off": _signed(status_list={"bits": 2, "lst": b64url(zlib.compress(bytes(4_000))[:-6])}),
    "padding": _signed(status_list={"bits": 2, "lst": "eNo76fITAAPfAgc="}),
    "blown up": _signed(status_list=_lst(bytes(SIZE * 40))),
    "another kind": sign_jwt(SIGNER, {"sub": URI, "exp": 2_000, "status_list": _lst(b"\0")}, kind="dc+sd-jwt"),
    "another key": sign_jwt(PemSigner("hub/licence-1", generate_private_key()), {"sub": URI}, kind=TYPE),
    "nothing": "",
}


@pytest.mark.parametrize("jwt", REFUSED.values(), ids=REFUSED)
def test_what_is_no_list_of_ours_is_refused(jwt: str) -> None:
    verify_list(_signed(), uri=URI, keys=KEYS, now=1_500)  # the control: the usual one is read
    with pytest.raises(StatusListError):
        verify_list(jwt, uri=URI, keys=KEYS, now=1_500)
