"""Leaves of the vendored style sheet only what citizens' pages use: they are opened on phones, on slow lines.

A style sheet is cut into its rules; a rule stays when one of its selectors names nothing but classes that we write into templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PARTS = (
    "label",
    "form-group",
    "hint",
    "error-message",
    "error-summary",
    "visually-hidden",
    "fieldset",
    "input",
    "textarea",
    "select",
    "radios",
    "checkboxes",
    "file-upload",
)
# Sizes, rows and scripted behaviour that our templates do not use.
_UNUSED = re.compile(
    r"__(conditional|divider|prefix|suffix|wrapper)|--(small|inline|conditional|width-\w+|[slmx]{1,2})(?![\w-])|-wrapper|drop-zone"
)
_CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")


def trim(css: str) -> str:
    """The rules for `_PARTS` alone, in their order; rules for bare elements and the page's frame are ours (site.css)."""
    return "".join(_trimmed(head, body) for head, body in blocks(css)) + "\n"


def _trimmed(head: str, body: str) -> str:
    if head.startswith(("@media", "@supports")):
        inner = "".join(_trimmed(*block) for block in blocks(body))
        return f"{head}{{{inner}}}" if inner else ""
    if head.startswith("@"):
        return ""
    kept = [selector for selector in head.split(",") if _is_used(selector)]
    return f"{','.join(kept)}{{{body}}}" if kept else ""


def _is_used(selector: str) -> bool:
    classes = _CLASS.findall(selector)
    return bool(classes) and not _UNUSED.search(selector) and all(_is_ours(name) for name in classes)


def _is_ours(name: str) -> bool:
    bare = name.removeprefix("govuk-")
    return bare != name and any(bare == part or bare.startswith((f"{part}_", f"{part}--")) for part in _PARTS)


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each rule or at-rule of one level: what stands before its brace, and what stands between its braces."""
    start = position = 0
    while (opening := css.find("{", position)) >= 0:
        closing = _closing(css, opening)
        yield css[start:opening].rsplit(";", 1)[-1].strip(), css[opening + 1 : closing]
        start = position = closing + 1


def _closing(css: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(css)):
        depth += {"{": 1, "}": -1}.get(css[position], 0)
        if depth == 0:
            return position
    raise ValueError("a brace of the style sheet is not closed")
