"""Tags about clocks of requests: what a part's page says about its own."""

from __future__ import annotations

from django import template

from exchange.sharing.clocks.parts import PartClock, read_clock
from exchange.sharing.models import RequestPart

register = template.Library()


@register.simple_tag
def part_clock(part: RequestPart) -> PartClock:
    """The clock of a part, folded from its events: `{% part_clock part as clock %}`."""
    return read_clock(part)
