"""Puts what a holder shows back into the claims it was taken from (RFC 9901 sections 4.2 and 7.1).

Everything that could be read in two ways is refused: a digest twice, a disclosure that leads nowhere, a name taken.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from audit.proof.canonical import JSON, CanonicalError, Document, b64url, loads, unb64url

MAX_DEPTH = 16
_RESERVED = frozenset({"_sd", "..."})


class ClaimsError(ValueError):
    """A disclosure is malformed, or does not belong to these claims in exactly one way."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure: its text as it was handed over, its claim's name (None: an element of a list), its value."""

    text: str
    name: str | None
    value: JSON

    @property
    def digest(self) -> str:
        """What stands for it in the claims."""
        return digest_of(self.text)


def digest_of(text: str) -> str:
    """SHA-256 over the ASCII bytes of a disclosure's text, as base64url (RFC 9901 section 4.2.3)."""
    return b64url(hashlib.sha256(text.encode("ascii")).digest())


def open_disclosures(texts: Sequence[str]) -> list[Disclosure]:
    """Read disclosures strictly: `[salt, name, value]` of an object's member, `[salt, value]` of a list's element."""
    if len(set(texts)) != len(texts):
        raise ClaimsError("a disclosure stands twice")
    return [_open(text) for text in texts]


def reveal(payload: Document, disclosures: Sequence[Disclosure]) -> Document:
    """The claims with everything that is shown in its place and every trace of digests gone.

    Raises ClaimsError where a digest stands twice, a disclosure belongs nowhere, or a claim's name is taken.
    """
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise ClaimsError("the digests are of another algorithm")
    walk = _Walk({item.digest: item for item in disclosures})
    claims = walk.object({name: value for name, value in payload.items() if name != "_sd_alg"}, MAX_DEPTH)
    if walk.waiting:
        raise ClaimsError("a disclosure belongs to no place in the signed document")
    return claims


def _open(text: str) -> Disclosure:
    try:
        value = loads(unb64url(text), max_depth=MAX_DEPTH, allow_floats=True)
    except CanonicalError as error:
        raise ClaimsError(str(error)) from None
    if not isinstance(value, list) or len(value) not in (2, 3) or not all(isinstance(part, str) for part in value[:-1]):
        raise ClaimsError("a disclosure is neither [salt, name, value] nor [salt, value]")
    name = value[1] if len(value) == 3 else None
    if name in _RESERVED:
        raise ClaimsError("a disclosure has a reserved name")
    return Disclosure(text, name, value[-1])


@dataclass
class _Walk:
    """One pass over the claims: which disclosures still wait for their place, which digests have been met."""

    waiting: dict[str, Disclosure]
    met: set[str] = field(default_factory=set)

    def object(self, members: Document, depth: int) -> Document:
        """An object with its hidden members that are shown."""
        if "..." in members:
            raise ClaimsError("a claim has a reserved name")
        open_members = {name: self.value(value, depth) for name, value in members.items() if name != "_sd"}
        for item in self._shown(members.get("_sd", [])):
            if item.name is None:
                raise ClaimsError("an element of a list is shown as a member of an object")
            if item.name in open_members:
                raise ClaimsError("a shown claim has a name that is taken")
            open_members[item.name] = self.value(item.value, depth)
        return open_members

    def value(self, value: JSON, depth: int) -> JSON:
        """Anything, looked into."""
        if depth == 0:
            raise ClaimsError("nested too deep")
        if isinstance(value, dict):
            return self.object(value, depth - 1)
        if isinstance(value, list):
            return [self.value(item, depth - 1) for element in value for item in self._element(element)]
        return value

    def _element(self, element: JSON) -> list[JSON]:
        """The element itself; what a placeholder stands for, where it is shown; nothing where it is not."""
        if not isinstance(element, dict) or "..." not in element:
            return [element]
        if len(element) != 1:
            raise ClaimsError("a placeholder in a list has more than its digest")
        shown = self._shown([element["..."]])
        if any(item.name is not None for item in shown):
            raise ClaimsError("a member of an object is shown as an element of a list")
        return [item.value for item in shown]

    def _shown(self, digests: JSON) -> list[Disclosure]:
        """Those of `digests` that are shown, each taken once."""
        if not isinstance(digests, list):
            raise ClaimsError("the digests are no list")
        found = []
        for digest in digests:
            if not isinstance(digest, str) or digest in self.met:
                raise ClaimsError("a digest is no text, or stands twice")
            self.met.add(digest)
            if digest in self.waiting:
                found.append(self.waiting.pop(digest))
        return found
