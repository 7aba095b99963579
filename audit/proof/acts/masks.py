"""Masks of an agreement: which items leave the hub only in part. Only agreed texts, and nothing else may ask around one."""

from collections.abc import Iterator, Mapping
from typing import cast

from audit.proof.acts.rows import filtered_items
from audit.proof.acts.standing import OrderFault
from audit.proof.canonical import JSON, Document

MASKABLE = frozenset({"code", "identifier", "text"})
"""Types of which a part can be shown. A part of a number or of a day would be another number, another day."""


def require_masks(version: Document, scope: Document) -> None:
    """The masks of an agreement or offer fit its items, and neither a fact nor the row filter reads what is masked.

    Raises OrderFault: MASK_ITEM for an item that is not in the scope, MASK_TYPE for one that is no text, MASK_AROUND where
    the rest of the scope would tell what the mask hides.
    """
    masks = masks_of(scope)
    declared = {item["name"]: item for item in cast("list[Document]", version["items"])}
    for name in masks:
        if name not in cast("list[str]", scope["items"]):
            raise OrderFault("MASK_ITEM", f"the item {name} is masked and not agreed")
        if declared[name].get("type") not in MASKABLE:
            raise OrderFault("MASK_TYPE", f"the item {name} is no text: it can be given or left out, not masked")
    read = {cast("str", fact["name"]): set(items_read(cast("Document", fact.get("expression") or {}))) for fact in _facts(version)}
    told = set(filtered_items(cast("Document | None", scope["row_filter"])))
    told |= {item for fact in _facts(scope) for item in read[cast("str", fact["fact"])]}
    for name in sorted(told & masks.keys()):
        raise OrderFault("MASK_AROUND", f"the item {name} is masked, and a fact or the row filter of the same text reads it")


def masked_at_least(offer: Document, agreement: Document) -> bool:
    """Whether an agreement hides all that the offer hides, of the items that it takes: more, never less."""
    own, items = masks_of(agreement), cast("list[str]", agreement["items"])
    return all(
        name in own and all(cast("int", own[name][end]) <= cast("int", mask[end]) for end in ("keep_first", "keep_last"))
        for name, mask in masks_of(offer).items()
        if name in items
    )


def masks_of(scope: Mapping[str, JSON]) -> dict[str, Document]:
    """Item → mask; a text without the member masks nothing."""
    return cast("dict[str, Document]", scope.get("masks") or {})


def items_read(expression: Mapping[str, JSON]) -> Iterator[str]:
    """Every item that a fact's expression reads."""
    if "item" in expression:
        yield cast("str", expression["item"])
    below = expression.get("of", [])
    for child in cast("list[Document]", below if isinstance(below, list) else [below]):
        yield from items_read(child)


def _facts(holder: Document) -> list[Document]:
    return cast("list[Document]", holder["facts"])
