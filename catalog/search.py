"""Finds datasets by words and by Chinese: one function makes the tokens, so both databases and languages answer alike.

A token is a word, or a pair of neighbouring Chinese characters; the last character of a run stands alone too. A query
asks for tokens that begin with each of its own, so one character finds every pair that it begins. Tokens reach the
database as plain ASCII words, which SQLite's FTS5 and PostgreSQL's `simple` configuration both leave as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from audit.errors import Invalid
from audit.proof.canonical import CanonicalError, b64url, unb64url
from catalog.models import Dataset
from catalog.querysets import DatasetQuerySet

PAGE = 20
MOST_TOKENS = 32
LONGEST_QUERY = 400
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_PLAIN = re.compile(r"[a-z0-9]+")
FACETS: Mapping[str, str] = {
    "provider": "provider_id",
    "sharing_attribute": "sharing_attribute",
    "sensitivity": "sensitivity",
    "update_frequency": "update_frequency",
    "open": "open",
}


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order, without repetition: lower-case words and overlapping pairs of Chinese characters."""
    found: dict[str, None] = {}
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        for token in _of_run(run):
            found.setdefault(token)
    return list(found)


def _of_run(run: str) -> Iterator[str]:
    if not re.match(rf"[{_CJK}]", run):
        yield run
        return
    yield from (run[place : place + 2] for place in range(len(run) - 1))
    yield run[-1]


def _encoded(token: str) -> str:
    """A token as an ASCII word; beginnings of tokens stay beginnings of words."""
    return "t" + token if _PLAIN.fullmatch(token) else "x" + token.encode().hex()


@dataclass(frozen=True)
class Results:
    """One page of datasets, how many there are in all, counts by facet and value, and where the next page begins."""

    datasets: list[Dataset]
    total: int
    facets: dict[str, list[tuple[Any, int]]] = field(default_factory=dict)
    next_cursor: str | None = None


def search(text: str = "", *, filters: Mapping[str, Sequence[str]] | None = None, cursor: str | None = None, size: int = PAGE) -> Results:
    """Published datasets that hold every token of the text, those that hold them in the title first, then by code.

    `filters` maps names of FACETS to allowed values; an unknown name or a cursor that is none of ours raises Invalid.
    """
    asked = tokens(text[:LONGEST_QUERY])[:MOST_TOKENS]
    everything = _matching(asked)
    if text.strip() and not asked:
        everything = everything.none()
    chosen = _filters(filters or {})
    found = everything.filter(Q(*chosen.values()))
    page = list(_after(found, cursor).with_details()[: size + 1])
    following = _cursor(page[size - 1]) if len(page) > size else None
    return Results(page[:size], found.count(), _facets(everything, chosen), following)


def _matching(asked: Sequence[str]) -> DatasetQuerySet:
    """Published datasets that hold all tokens, with what orders them: `rank` (0: all in the title) and `place` (the code)."""
    # byte order on both databases, whatever the collation of the installation
    place = Collate("code", "C") if connection.vendor == "postgresql" else F("code")
    published = Dataset.objects.published()
    if not asked:
        return published.annotate(rank=Value(0), place=place)
    rank = Case(When(pk__in=_holding("title", asked), then=Value(0)), default=Value(1), output_field=IntegerField())
    return published.filter(pk__in=_holding("body", asked)).annotate(rank=rank, place=place)


def _holding(column: str, asked: Sequence[str]) -> RawSQL:
    """Ids of the datasets that hold all tokens in a column, `title` or `body`."""
    words = [_encoded(token) for token in asked]
    if connection.vendor == "postgresql":
        name = {"title": "search_title", "body": "search_text"}[column]
        sql = f"SELECT id FROM catalog_dataset WHERE to_tsvector('simple', {name}) @@ to_tsquery('simple', %s)"  # noqa: S608 - of two names
        return RawSQL(sql, [" & ".join(f"{word}:*" for word in words)])  # noqa: S611 - the query is a parameter
    sql = "SELECT rowid FROM catalog_search WHERE catalog_search MATCH %s"
    return RawSQL(sql, [" AND ".join(f'{column} : "{word}"*' for word in words)])  # noqa: S611 - the query is a parameter


def _filters(filters: Mapping[str, Sequence[str]]) -> dict[str, Q]:
    unknown = sorted(set(filters) - set(FACETS))
    if unknown:
        raise Invalid(_("Unknown filters: %(names)s") % {"names": ", ".join(unknown)}, code="UNKNOWN_FILTER")
    return {name: Q(**{f"{FACETS[name]}__in": [_value(name, value) for value in values]}) for name, values in filters.items() if values}


def _value(name: str, value: str) -> Any:
    if name == "open":
        return str(value).lower() in ("true", "1", "yes")
    if name == "sensitivity":
        return int(value) if str(value).isdecimal() and len(str(value)) < 3 else 0
    return str(value)


def _cursor(last: Dataset) -> str:
    rank = vars(last)["rank"]  # annotated in _matching
    return b64url(f"{rank}:{last.code}".encode())


def _after(found: DatasetQuerySet, cursor: str | None) -> DatasetQuerySet:
    """What follows a cursor, in order; results that come or go meanwhile shift nothing."""
    if cursor:
        try:
            rank, _colon, code = unb64url(cursor).decode().partition(":")
            found = found.filter(Q(("rank__gt", int(rank))) | Q(("rank", int(rank)), ("place__gt", code)))
        except (CanonicalError, ValueError):
            raise Invalid(_("This list cannot be continued from there. Start again."), code="BAD_CURSOR") from None
    return found.order_by(F("rank"), F("place"))


def _facets(everything: DatasetQuerySet, chosen: Mapping[str, Q]) -> dict[str, list[tuple[Any, int]]]:
    """For each facet its values and counts under the other facets' filters."""
    counted = {}
    for name, column in FACETS.items():
        others = Q(*(condition for other, condition in chosen.items() if other != name))
        rows = everything.filter(others).order_by(column).values_list(column).annotate(count=Count("pk"))
        counted[name] = [(value, count) for value, count in rows]
    return counted


def index(dataset_pk: int) -> None:
    """Write the tokens of a dataset: titles, description, provider, and the items and facts that may be asked for."""
    dataset = Dataset.objects.select_related("provider", "current_version").get(pk=dataset_pk)
    title, body = (" ".join(map(_encoded, tokens(text))) for text in (_title_text(dataset), _body_text(dataset)))
    Dataset.objects.filter(pk=dataset_pk).update(search_title=title, search_text=body)
    if connection.vendor == "sqlite":
        with connection.cursor() as handle:
            handle.execute("DELETE FROM catalog_search WHERE rowid = %s", [dataset_pk])
            handle.execute("INSERT INTO catalog_search (rowid, title, body) VALUES (%s, %s, %s)", [dataset_pk, title, body])


def _title_text(dataset: Dataset) -> str:
    return " ".join((dataset.code, dataset.name.replace("_", " "), dataset.title_en, dataset.title_zh))


def _body_text(dataset: Dataset) -> str:
    provider, version = dataset.provider, dataset.current_version
    parts = [_title_text(dataset), dataset.description_en, dataset.description_zh, provider.code, provider.name_en, provider.name_zh]
    if version is not None:
        named = [*version.items.may_be_asked(), *version.facts.all()]
        parts += [f"{entry.name.replace('_', ' ')} {entry.title_en} {entry.title_zh}" for entry in named]
    return " ".join(parts)
