"""Reads what the log says of a case, straight from what was written: the routes in clear, and who is named, with the person's key."""

from __future__ import annotations

from typing import Any

import orjson

from audit.models import Blob
from audit.proof.canonical import unb64url
from audit.proof.disclosure import open_disclosure
from audit.proof.envelope import open_person
from audit.subjects import blind_of, find_keys


def routes(**wanted: Any) -> list[dict[str, Any]]:
    """The routes of all entries, oldest first, that have these members."""
    parts = [part for body in Blob.objects.order_by("pk").values_list("body", flat=True) for part in orjson.loads(bytes(body))]
    read = [route_of(part) for part in parts]
    return [route for route in read if all(route.get(name) == value for name, value in wanted.items())]


def route_of(part: dict[str, Any]) -> dict[str, Any]:
    """The route disclosure of one entry's part of a blob."""
    opened = [open_disclosure(text) for text in part["disclosures"]]
    return next(dict(value) for _, name, value in opened if name == "route")


def lines_about(kind: str, identifier: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(route, person disclosure) of every entry that names somebody, oldest first."""
    blind = blind_of(kind, identifier)
    key = find_keys([blind]).get(blind)
    found = []
    for body in Blob.objects.order_by("pk").values_list("body", flat=True):
        for part in orjson.loads(bytes(body)):
            for position, person in enumerate(part["persons"]):
                if key and unb64url(person["blind"]) == blind:
                    named = open_person(key, unb64url(part["nonce"]), position, unb64url(person["ciphertext"]))
                    found.append((route_of(part), named))
    return found
