"""Where two readings of one signed request part: the first line that differs, so that a builder knows what to mend. Pure."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

LONGEST = 8_192


def first_difference(sent: object, computed: str) -> dict[str, Any] | None:
    """`{line, yours, hub}` of the first line where the caller's own signature base and the hub's differ; None where none does.

    `line` counts from 1; a line that one side lacks is null. What is no text, or longer than LONGEST, differs from line 1 on.
    """
    if not isinstance(sent, str) or len(sent) > LONGEST:
        return {"line": 1, "yours": None, "hub": computed.split("\n")[0]}
    pairs = zip_longest(sent.split("\n"), computed.split("\n"))
    for number, (yours, ours) in enumerate(pairs, start=1):
        if yours != ours:
            return {"line": number, "yours": yours, "hub": ours}
    return None
