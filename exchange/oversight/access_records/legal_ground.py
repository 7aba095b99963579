"""On what ground somebody was looked up: the text of the agreement as it was signed, read from the verified acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit import acts
from audit.errors import HubError
from exchange.oversight.access_records.records import AccessRecord


def legal_ground(record: AccessRecord) -> list[Mapping[str, Any]]:
    """`{text: {en, zh}, article}` each; where the agreement cannot be read, the articles alone, as the entry has them."""
    named = record.route.get("legal_basis")
    articles: list[Mapping[str, Any]] = [{"text": {}, "article": str(article)} for article in named] if isinstance(named, list) else []
    try:
        standing = acts.standing().agreements.get(str(record.route.get("agreement") or ""))
    except HubError:
        return articles
    signed: Any = standing.agreement.get("legal_basis") if standing else None
    return [row for row in signed if isinstance(row, dict)] if isinstance(signed, list) else articles
