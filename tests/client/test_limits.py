"""What is left of the limits is read from the header fields; what cannot be read is left out."""

from __future__ import annotations

from hub_client.limits import left

FIELDS = {
    "ratelimit-policy": '"day";q=100;w=86400;qu="subjects", "refusals";q=60;w=60',
    "ratelimit": '"day";r=99;t=3600, "refusals";r=59;t=12',
}


def test_each_limit_is_read_with_what_is_left() -> None:
    day = {"most": 100, "window_s": 86400, "remaining": 99, "ends_s": 3600, "unit": "subjects"}
    assert left(FIELDS) == {"day": day, "refusals": {"most": 60, "window_s": 60, "remaining": 59, "ends_s": 12, "unit": "requests"}}


def test_what_cannot_be_read_is_left_out() -> None:
    assert left({}) == {}
    assert left({**FIELDS, "ratelimit": '"day";r=-1, refusals;r=1'}) == {}
    assert left({**FIELDS, "ratelimit-policy": "100, 100;w=60"}) == {}
