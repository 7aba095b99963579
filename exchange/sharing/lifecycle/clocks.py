"""The moves of an extension, in one table. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State
from exchange.sharing.lifecycle.sides import Side


class ExtensionState(State):
    """Where an extension stands; it is asked for once in all."""

    ASKED = "ASKED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


class ExtensionEvent(StrEnum):
    """What may happen to an extension."""

    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"


_ASKED = frozenset({ExtensionState.ASKED})

EXTENSION: Mapping[ExtensionEvent, tuple[frozenset[ExtensionState], ExtensionState | None]] = {
    ExtensionEvent.GRANT_EXTENSION: (_ASKED, ExtensionState.GRANTED),
    ExtensionEvent.REFUSE_EXTENSION: (_ASKED, ExtensionState.REFUSED),
}

EXTENSION_SIDES: Mapping[ExtensionEvent, frozenset[Side]] = {
    ExtensionEvent.GRANT_EXTENSION: frozenset({Side.AUTHORITY}),
    ExtensionEvent.REFUSE_EXTENSION: frozenset({Side.AUTHORITY}),
}
