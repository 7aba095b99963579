"""Who may stand where. Pure."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Who a person is to a request or an agreement."""

    AUTHORITY = "AUTHORITY"
    PROVIDER = "PROVIDER"
    REQUESTER = "REQUESTER"
