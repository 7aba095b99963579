"""The least that a purpose needs of each dataset: what its service matters ask, and what was agreed for it before.

What is asked for beyond it must be justified, item by item. Rooms above this one know the matters: they name a source when the
hub starts; the agreements are read from the verified acts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from audit.proof.acts import Standing
from catalog.models import in_active_language

Allowed = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Because:
    """What a proposal rests on: a service `matter` or an `agreement`, by its code or id, with its title in both languages."""

    kind: str
    name: str
    titles: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        title = in_active_language(self.titles.get("en", ""), self.titles.get("zh", ""))
        if self.kind == "matter":
            return _("The service matter %(code)s, %(title)s, asks for this.") % {"code": self.name, "title": title}
        return _("In force already for the same purpose: %(title)s.") % {"title": title}


@dataclass(frozen=True)
class Proposal:
    """What a purpose needs of one dataset. `facts`: fact → parameter → allowed values."""

    dataset: str
    items: tuple[str, ...] = ()
    facts: Mapping[str, Allowed] = field(default_factory=dict)
    because: tuple[Because, ...] = ()

    @property
    def wishes(self) -> frozenset[str]:
        """The proposed items and facts, as `items.grade` and `facts.valid`."""
        return frozenset({*(f"items.{name}" for name in self.items), *(f"facts.{name}" for name in self.facts)})

    @property
    def document(self) -> dict[str, Any]:
        """As it is copied into the part that was sent."""
        reasons = [{"kind": row.kind, "name": row.name, "titles": dict(row.titles)} for row in self.because]
        return {"items": sorted(self.items), "facts": sorted(self.facts), "because": reasons}


Source = Callable[[str], Iterable[Proposal]]
_SOURCES: dict[str, Source] = {}


def add_source(name: str, source: Source) -> None:
    """A room above says what a purpose (its code) needs; called when the hub starts."""
    _SOURCES[name] = source


def the_least(purpose: str, standing: Standing) -> dict[str, Proposal]:
    """Dataset → what is proposed for the purpose, from every source together."""
    found: dict[str, Proposal] = {}
    for source in _SOURCES.values():
        found = merged([*found.values(), *source(purpose)])
    return merged([*found.values(), *agreed_before(purpose, standing)])


def agreed_before(purpose: str, standing: Standing) -> Iterator[Proposal]:
    """What is in force for the same purpose, whoever asked. Allowed values are the requester's own matter: names only."""
    for entry in standing.agreements.values():
        text: Mapping[str, Any] = entry.agreement
        if entry.state.value == "IN_FORCE" and purpose in text["purposes"]:
            parties = f"{text['provider']} → {text['requester']}"
            reason = Because("agreement", str(text["requester"]), {"en": parties, "zh": parties})
            yield Proposal(text["dataset"], tuple(text["items"]), {fact["fact"]: {} for fact in text["facts"]}, (reason,))


def merged(proposals: Iterable[Proposal]) -> dict[str, Proposal]:
    """One proposal for each dataset; values that several sources allow are joined."""
    found: dict[str, Proposal] = {}
    for more in proposals:
        before = found.get(more.dataset, Proposal(more.dataset))
        facts = {name: _joined(before.facts.get(name, {}), more.facts.get(name, {})) for name in {**before.facts, **more.facts}}
        items, because = dict.fromkeys([*before.items, *more.items]), dict.fromkeys([*map(_key, before.because), *map(_key, more.because)])
        reasons = {_key(row): row for row in (*before.because, *more.because)}
        found[more.dataset] = Proposal(more.dataset, tuple(items), facts, tuple(reasons[key] for key in because))
    return found


def beyond_faults(dataset: str, asked: Sequence[str], justified: Mapping[str, str], least: Proposal | None) -> list[Fault]:
    """A fault for each wish (`items.grade`) that goes beyond the least and says not why."""
    proposed = least.wishes if least else frozenset()
    text = _("This goes beyond what the purpose is known to need: say why it is needed.")
    return [
        Fault(f"{dataset}.{wish}", "unjustified", text) for wish in asked if wish not in proposed and not justified.get(wish, "").strip()
    ]


def _key(row: Because) -> tuple[str, str]:
    return row.kind, row.name


def _joined(one: Allowed, other: Allowed) -> dict[str, Mapping[str, Any]]:
    """Lists of values joined; of two other rules the first."""
    joined: dict[str, Mapping[str, Any]] = {**other, **one}
    for name in one.keys() & other.keys():
        if "in" in one[name] and "in" in other[name]:
            joined[name] = {"in": [*dict.fromkeys([*one[name]["in"], *other[name]["in"]])]}
    return joined
