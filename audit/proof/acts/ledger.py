"""The standing while it is being extended: private, mutable copies that become a new Standing at the end."""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from audit.proof.acts.standing import Head, Standing

_NAMES = tuple(item.name for item in fields(Standing))


class Ledger:
    """Copies of a Standing's collections, with the same names. One lives no longer than one call of `extend`.

    The signature and scope checks read a Standing; `view` lends them one over the live collections.
    """

    def __init__(self, standing: Standing) -> None:
        """Copy the collections shallowly: what they hold is never changed, only replaced."""
        self.ground = standing.ground
        self.head = standing.head
        self.at = standing.at
        self.certificates = dict(standing.certificates)
        self.systems = dict(standing.systems)
        self.datasets = dict(standing.datasets)
        self.versions = dict(standing.versions)
        self.all_versions = dict(standing.all_versions)
        self.revisions = dict(standing.revisions)
        self.offers = dict(standing.offers)
        self.restricted = set(standing.restricted)
        self.agreements = dict(standing.agreements)
        self.act_seqs = dict(standing.act_seqs)
        self.deeds = dict(standing.deeds)
        self.nonces = set(standing.nonces)
        self.public_keys = set(standing.public_keys)
        self.departments = set(standing.departments)

    def view(self) -> Standing:
        """A Standing over the live collections, for checks inside one act. It must not outlive the ledger."""
        live: dict[str, Any] = {name: getattr(self, name) for name in _NAMES}
        return Standing(**live)

    def advance(self, head: Head, at: str) -> None:
        """Take an accepted act as the new head."""
        self.head, self.at = head, at
        self.act_seqs[head.hash] = head.seq

    def freeze(self) -> Standing:
        """A Standing that nobody can change from outside. The ledger must not be used afterwards."""
        frozen: dict[str, Any] = {name: _frozen(getattr(self, name)) for name in _NAMES}
        return Standing(**frozen)


def with_member(members: Mapping[str, str], name: str = "", value: str = "") -> Mapping[str, str]:
    """A read-only copy of a mapping, with one more member if one is named."""
    return MappingProxyType({**members, name: value} if name else dict(members))


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType(value)
    return frozenset(value) if isinstance(value, set) else value
