"""The file demo.json: scripts read it, and it says that the city is finished, for it is written last. Quick to import."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from exchange.sharing.lifecycle import AgreementState
from exchange.sharing.models import Agreement


def path() -> Path:
    """Where demo.json stands."""
    return Path(settings.HUB_HOME) / "demo.json"


def is_finished() -> bool:
    """Whether the file is there and tells of agreements in this database."""
    found = read()
    named = {agreement["id"] for agreement in found.get("agreements", [])}
    return "agreements" in found and Agreement.objects.filter(agreement_id__in=named).count() == len(named) and Agreement.objects.exists()


def refresh(base_url: str) -> None:
    """Write the address of this start, and leave out agreements that somebody has ended since; all else stays."""
    found = read()
    named = [agreement["id"] for agreement in found["agreements"]]
    in_force = set(Agreement.objects.filter(agreement_id__in=named, state=AgreementState.IN_FORCE).values_list("agreement_id", flat=True))
    agreements = [agreement for agreement in found["agreements"] if agreement["id"] in in_force]
    now = {**found, "base_url": base_url, "agreements": agreements}
    if now != found:
        write(now)


def read() -> dict[str, Any]:
    """What the file says; nothing where it is missing or damaged."""
    try:
        found = json.loads(path().read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(content: dict[str, Any]) -> None:
    """Put the file there whole, mode 0600: it holds passwords and names private keys."""
    part = path().with_suffix(".part")
    part.unlink(missing_ok=True)
    with open(part, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        json.dump(content, file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path())
