"""What is left of an agreement's limits, from the unsigned header fields of draft-ietf-httpapi-ratelimit-headers."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ONE = re.compile(r'\s*"([a-z]+)"((?:;[a-z]+=(?:"[a-z-]+"|[0-9]{1,15}))*)\s*')


def left(headers: Mapping[str, str]) -> dict[str, dict[str, int | str]]:
    """By limit: `most` in `window_s` seconds of `unit`, `remaining` of it for `ends_s` seconds. What cannot be read is left out.

    It informs and proves nothing: the fields are not signed.
    """
    policies, states = (_read(headers.get(name, "")) for name in ("ratelimit-policy", "ratelimit"))
    found: dict[str, dict[str, int | str]] = {}
    for name, policy in policies.items():
        state = states.get(name, {})
        if policy.get("q", "").isdigit() and state.get("r", "").isdigit():
            numbers = {"most": policy["q"], "window_s": policy.get("w", "0"), "remaining": state["r"], "ends_s": state.get("t", "0")}
            found[name] = {**{key: int(value) for key, value in numbers.items()}, "unit": policy.get("qu", '"requests"').strip('"')}
    return found


def _read(field: str) -> dict[str, dict[str, str]]:
    """Name → parameters of a list of items (RFC 9651), as far as this field needs it."""
    read: dict[str, dict[str, str]] = {}
    for one in field.split(","):
        if match := _ONE.fullmatch(one):
            read[match[1]] = dict(pair.split("=", 1) for pair in match[2].split(";") if pair)
    return read
