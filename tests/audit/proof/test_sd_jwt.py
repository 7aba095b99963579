"""SD-JWT against the RFC's own examples and a library by others; and everything that must be refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from audit.proof.canonical import b64url, dumps, unb64url
from audit.proof.disclosed_claims import ClaimsError, Disclosure, digest_of, open_disclosures, reveal
from audit.proof.keys import PemSigner, generate_private_key
from audit.proof.sd_jwt import MAX_SIZE, SdJwtError, issue, present, read_part, sign_jwt, verify

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "sd_jwt.json").read_text("utf-8"))
PEM = generate_private_key()
SIGNER = PemSigner("hub/licence-1", PEM)
KEYS = {SIGNER.keyid: SIGNER.public_key}
OPEN: dict[str, Any] = {"iss": "https://hub.example", "licence": "abc", "benefits": [{"code": "care"}], "exp": 2_000}
HIDDEN: dict[str, Any] = {"identifier": "510000195001018882", "amounts": {"care": "120.00"}, "name": "王秀英"}
NOW = 1_000


def _issued(**more: Any) -> str:
    return issue(SIGNER, claims=OPEN, hidden=HIDDEN, **more)


def _signed(payload: dict[str, Any], *disclosures: str, kind: str = "dc+sd-jwt") -> str:
    return "~".join([sign_jwt(SIGNER, payload, kind=kind), *disclosures, ""])


def _disclosure(*parts: Any) -> str:
    return b64url(json.dumps(parts).encode())


def _refused(text: str, match: str | None = None, **how: Any) -> None:
    with pytest.raises(SdJwtError, match=match):
        verify(text, keys=how.pop("keys", KEYS), now=how.pop("now", NOW), **how)


@pytest.mark.parametrize("example", VECTORS["examples"], ids=lambda example: example["section"])
def test_examples_of_the_rfc_give_the_claims_that_it_prints(example: dict[str, Any]) -> None:
    """The RFC signs with ES256, which is refused here; so its signature is checked by the other library."""
    jwt, *disclosures, last = example["text"].split("~")
    assert last == ""
    assert reveal(read_part(jwt.split(".")[1]), open_disclosures(disclosures)) == example["claims"]
    judged = SDJWTVerifier(example["text"], lambda _issuer, _header: JWK(**VECTORS["issuer_key"]))
    assert judged.get_verified_payload() == example["claims"]
    _refused(example["text"], "header")


def test_what_is_issued_here_is_verified_by_another_library() -> None:
    key = JWK.from_pem(PEM)
    for names in ([], ["name"], ["identifier", "amounts"], list(HIDDEN)):
        shown = present(_issued(), names)
        read = SDJWTVerifier(shown, lambda _issuer, _header: key)
        assert read.get_verified_payload() == OPEN | {name: HIDDEN[name] for name in names}


def test_what_another_library_issues_is_verified_here() -> None:
    claims = {**OPEN, SDObj("name"): "王秀英", "list": [1, SDObj("two"), 3], "deep": {SDObj("inner"): {"x": 1}}}
    header = {"typ": "dc+sd-jwt", "kid": "hub/licence-1"}
    issuer = SDJWTIssuer(claims, JWK.from_pem(PEM), sign_alg="EdDSA", add_decoy_claims=True, extra_header_parameters=header)
    verified = verify(issuer.sd_jwt_issuance, keys=KEYS, now=NOW)
    assert verified.claims == OPEN | {"name": "王秀英", "list": [1, "two", 3], "deep": {"inner": {"x": 1}}}


def test_all_of_it_and_parts_of_it_verify() -> None:
    text = _issued()
    assert verify(text, keys=KEYS, now=NOW).claims == OPEN | HIDDEN
    part = verify(present(text, ["name"]), keys=KEYS, now=NOW)
    assert part.claims == OPEN | {"name": "王秀英"}
    assert part.shown == ("name",)
    assert verify(present(text, []), keys=KEYS, now=NOW).claims == OPEN


def test_nothing_hidden_stands_in_what_is_shown() -> None:
    payload = unb64url(present(_issued(), []).split(".")[1]).decode()
    for value in ("510000195001018882", "120.00", "王秀英", "identifier", "amounts"):
        assert value not in payload


def test_number_of_hidden_claims_is_not_told() -> None:
    for hidden in ({}, {"name": "Wang"}, HIDDEN):
        payload = read_part(issue(SIGNER, claims=OPEN, hidden=hidden).split(".")[1])
        assert len(payload["_sd"]) == 6
        assert payload["_sd"] == sorted(payload["_sd"])  # their order tells nothing either


def test_salts_differ_and_have_128_bits() -> None:
    salts = [json.loads(unb64url(part))[0] for part in "~".join((_issued(), _issued())).split("~") if part and "." not in part]
    assert len(set(salts)) == 2 * len(HIDDEN)
    assert {len(unb64url(salt)) for salt in salts} == {16}


@pytest.mark.parametrize("name", ["_sd", "_sd_alg", "..."])
def test_reserved_names_are_not_issued(name: str) -> None:
    with pytest.raises(SdJwtError):
        issue(SIGNER, claims={name: 1}, hidden={})
    with pytest.raises(SdJwtError):
        issue(SIGNER, claims={}, hidden={name: 1})


def test_claim_is_not_issued_both_open_and_hidden() -> None:
    with pytest.raises(SdJwtError):
        issue(SIGNER, claims={"name": 1}, hidden={"name": 2})


def _header(**changes: Any) -> Callable[[str], str]:
    """Swap the header for a changed one; the signature is made again, so that only the header is at fault."""

    def forge(text: str) -> str:
        jwt, rest = text.split("~", 1)
        header = {name: value for name, value in (read_part(jwt.split(".")[0]) | changes).items() if value is not None}
        signed = f"{b64url(dumps(header))}.{jwt.split('.')[1]}"
        return f"{signed}.{b64url(SIGNER.sign(signed.encode()))}~{rest}"

    return forge


def _flip(text: str) -> str:
    jwt, rest = text.split("~", 1)
    head, payload, signature = jwt.split(".")
    return f"{head}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}~{rest}"


def _other_payload(text: str) -> str:
    jwt, rest = text.split("~", 1)
    head, _payload, signature = jwt.split(".")
    return f"{head}.{b64url(dumps(OPEN | {'licence': 'xyz'}))}.{signature}~{rest}"


FORGED: dict[str, Callable[[str], str]] = {
    "algorithm none": _header(alg="none"),
    "algorithm of a shared secret": _header(alg="HS256"),
    "another algorithm": _header(alg="ES256"),
    "algorithm in small letters": _header(alg="eddsa"),
    "no algorithm": _header(alg=None),
    "no type": _header(typ=None),
    "another type": _header(typ="statuslist+jwt"),
    "a key of its own": _header(jwk={"kty": "OKP"}),
    "what must be understood": _header(crit=["exp"]),
    "unknown key": _header(kid="hub/licence-2"),
    "no key": _header(kid=None),
    "a list for a key": _header(kid=["hub/licence-1"]),
    "signature altered": _flip,
    "payload altered": _other_payload,
    "signature gone": lambda text: text.split("~")[0].rpartition(".")[0] + ".~" + text.split("~", 1)[1],
    "cut off": lambda text: text[:-1],
    "cut off in a disclosure": lambda text: text[:-10] + "~",
    "empty": lambda _: "",
    "only a tilde": lambda _: "~",
    "key binding": lambda text: text + text.split("~")[0],
    "padding": lambda text: text.replace("~", "=~", 1),
    "space": lambda text: " " + text,
    "line end": lambda text: text + "\n",
    "beyond ASCII": lambda text: text + "é",
    "disclosure twice": lambda text: text + text.split("~")[1] + "~",
    "four parts": lambda text: "e30." + text,
    "too long": lambda text: text + "A" * MAX_SIZE + "~",
    "too many": lambda text: text + "".join(f"{_disclosure('s', f'n{n}', 1)}~" for n in range(100)),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_forged_ones_are_refused(forge: Callable[[str], str]) -> None:
    text = _issued()
    verify(text, keys=KEYS, now=NOW)  # the control: as it was issued it holds
    _refused(forge(text))


def test_every_single_changed_character_is_refused() -> None:
    text = present(_issued(), ["name"])
    for place in range(0, len(text), 7):
        if text[place] not in "~.":
            changed = "A" if text[place] != "A" else "B"
            _refused(text[:place] + changed + text[place + 1 :])


def test_disclosure_of_another_document_is_refused() -> None:
    mine, theirs = present(_issued(), []), _issued().split("~")[1]
    _refused(mine + theirs + "~", "belongs to no place")


def test_unsigned_keys_verify_nothing() -> None:
    other = PemSigner("hub/licence-1", generate_private_key())
    _refused(_issued(), keys={other.keyid: other.public_key})
    _refused(_issued(), keys={})


@pytest.mark.parametrize(
    ("payload", "now"), [({"exp": 1_000}, 1_000), ({"nbf": 1_001}, 1_000), ({"exp": "9999"}, 1), ({"exp": True}, 0), ({"nbf": None}, 1)]
)
def test_ended_and_not_yet_begun_are_refused(payload: dict[str, Any], now: int) -> None:
    _refused(_signed(payload), now=now)


def test_last_second_holds() -> None:
    assert verify(_signed({"exp": 1_001, "nbf": 1_000}), keys=KEYS, now=1_000)


HIDDEN_ONE = _disclosure("salt", "name", "Wang")
DIGEST = digest_of(HIDDEN_ONE)
ELEMENT = _disclosure("salt", "two")
NESTED = _disclosure("salt", "outer", {"_sd": [DIGEST]})


def test_nested_ones_show_only_with_what_holds_them() -> None:
    payload = {"_sd": [digest_of(NESTED)]}
    assert verify(_signed(payload, NESTED, HIDDEN_ONE), keys=KEYS, now=NOW).claims == {"outer": {"name": "Wang"}}
    assert verify(_signed(payload, NESTED), keys=KEYS, now=NOW).claims == {"outer": {}}
    _refused(_signed(payload, HIDDEN_ONE), "belongs to no place")
    with pytest.raises(SdJwtError, match="belongs to no place"):
        present(_signed(payload, NESTED, HIDDEN_ONE), ["name"])


def test_elements_of_lists_come_and_go() -> None:
    payload = {"list": [1, {"...": digest_of(ELEMENT)}, 3]}
    assert verify(_signed(payload, ELEMENT), keys=KEYS, now=NOW).claims == {"list": [1, "two", 3]}
    assert verify(_signed(payload), keys=KEYS, now=NOW).claims == {"list": [1, 3]}


REFUSED_CLAIMS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "name is taken": ({"name": "Li", "_sd": [DIGEST]}, (HIDDEN_ONE,)),
    "two of one name": (
        {"_sd": [DIGEST, digest_of(_disclosure("other", "name", "Li"))]},
        (HIDDEN_ONE, _disclosure("other", "name", "Li")),
    ),
    "digest twice": ({"_sd": [DIGEST, DIGEST]}, ()),
    "digest twice at two places": ({"_sd": [DIGEST], "deep": {"_sd": [DIGEST]}}, (HIDDEN_ONE,)),
    "digest of a list twice": ({"list": [{"...": DIGEST}, {"...": DIGEST}]}, ()),
    "digest in object and list": ({"_sd": [DIGEST], "list": [{"...": DIGEST}]}, ()),
    "digest twice through a disclosure": ({"_sd": [DIGEST, digest_of(NESTED)]}, (NESTED,)),
    "belongs nowhere": ({"a": 1}, (HIDDEN_ONE,)),
    "digests are no list": ({"_sd": DIGEST}, ()),
    "digest is no text": ({"_sd": [1]}, ()),
    "element's digest is no text": ({"list": [{"...": 1}]}, ()),
    "placeholder with more": ({"list": [{"...": DIGEST, "more": 1}]}, ()),
    "placeholder outside a list": ({"deep": {"...": DIGEST}}, ()),
    "element as a member": ({"_sd": [digest_of(ELEMENT)]}, (ELEMENT,)),
    "member as an element": ({"list": [{"...": DIGEST}]}, (HIDDEN_ONE,)),
    "another digest algorithm": ({"_sd_alg": "sha-512", "_sd": []}, ()),
    "digest algorithm is no text": ({"_sd_alg": ["sha-256"]}, ()),
}


@pytest.mark.parametrize(("payload", "disclosures"), REFUSED_CLAIMS.values(), ids=REFUSED_CLAIMS)
def test_claims_that_can_be_read_in_two_ways_are_refused(payload: dict[str, Any], disclosures: tuple[str, ...]) -> None:
    _refused(_signed(payload, *disclosures))


MALFORMED: dict[str, str] = {
    "no list": b64url(b'{"salt":"name"}'),
    "one part": _disclosure("salt"),
    "four parts": _disclosure("salt", "name", "Wang", 1),
    "salt is no text": _disclosure(1, "name", "Wang"),
    "name is no text": _disclosure("salt", 1, "Wang"),
    "name _sd": _disclosure("salt", "_sd", []),
    "name ...": _disclosure("salt", "...", "x"),
    "no JSON": b64url(b"salt"),
    "a key twice": b64url(b'["salt","name",{"a":1,"a":2}]'),
    "not a number": b64url(b'["salt","name",NaN]'),
    "standard base64": "WyJz+/==",
    "unused bits": HIDDEN_ONE[:-1] + chr(ord(HIDDEN_ONE[-1]) + 1),
    "deeper than ever": b64url(b'["s","n",' + b"[" * 40 + b"]" * 40 + b"]"),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_malformed_disclosures_are_refused_even_where_the_digest_is_signed(text: str) -> None:
    _refused(_signed({"_sd": [digest_of(text)]}, text))


def test_disclosure_within_deep_nesting_is_refused_not_followed_for_ever() -> None:
    payload: dict[str, Any] = {"end": 1}
    for _ in range(30):
        payload = {"deep": payload}
    _refused(_signed(payload), "deep")


def test_digest_is_over_the_text_as_it_was_handed_over() -> None:
    spaced = Disclosure("WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd", "given_name", "John")
    assert spaced.digest == "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4"  # RFC 9901 section 5.1
    assert spaced.digest == b64url(hashlib.sha256(spaced.text.encode()).digest())


_NAMES = st.text("abcdefghij", min_size=1, max_size=5)
_CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")  # canonical JSON has neither
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(_CHARACTERS, max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=6), st.data())
def test_any_choice_shows_exactly_what_was_chosen(hidden: dict[str, Any], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(hidden)) if hidden else st.nothing()))
    text = issue(SIGNER, claims={"OPEN": 1}, hidden=hidden)
    assert verify(present(text, chosen), keys=KEYS, now=NOW).claims == {"OPEN": 1} | {name: hidden[name] for name in chosen}


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: b64url(raw) + "." + b64url(raw) + ".~"))
def test_nothing_but_a_refusal_comes_of_rubbish(text: str) -> None:
    _refused(text)


def test_error_never_quotes_what_was_handed_in() -> None:
    for text in (_disclosure("s", "name", "510000195001018882"), b64url(b'["510000195001018882"')):
        with pytest.raises(SdJwtError) as refused:
            verify(_signed({"_sd": []}, text), keys=KEYS, now=NOW)
        assert "510000195001018882" not in str(refused.value)


def test_claims_error_is_one_of_values() -> None:
    assert issubclass(ClaimsError, ValueError)
