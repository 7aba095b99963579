"""Which roles one person never plays together: whoever reads and checks the log does nothing that it records (pure)."""

from __future__ import annotations

from collections.abc import Iterable

CHECKS = frozenset({"AUDITOR"})
IS_CHECKED = frozenset({"CLERK", "OFFICER", "REVIEWER"})


def conflicting(roles: Iterable[str]) -> frozenset[str]:
    """The roles among `roles` that must not come together; none where all may. In whichever departments they are played."""
    found = frozenset(str(role) for role in roles)
    together = found & (CHECKS | IS_CHECKED)
    return together if together & CHECKS and together & IS_CHECKED else frozenset()
