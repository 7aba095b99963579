"""The sign-in providers that the hub trusts: from the environment (OIDC_PROVIDERS), never from a table that somebody can write to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from exchange.accounts.subject import Assurance

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class SignInProvider:
    """One provider: `identifier_claim` holds an identifier of `kind`, `levels` says how sure each `acr` value makes us.

    `title` is {en, zh}; `default_level` counts where the token has no `acr`, or one that is not in `levels`.
    """

    id: str
    title: Mapping[str, str]
    issuer: str
    client_id: str
    secret: str
    kind: str
    identifier_claim: str
    name_claim: str = "name"
    levels: Mapping[str, Assurance] = field(default_factory=dict)
    default_level: Assurance = Assurance.SUBSTANTIAL

    @property
    def is_safe(self) -> bool:
        """Whether it is spoken to over https, or is on this machine."""
        address = urlsplit(self.issuer)
        return address.scheme == "https" or address.hostname in LOOPBACK


def providers() -> dict[str, SignInProvider]:
    """Those of the settings by id, in their order. Raises KeyError or ValueError for an entry that is not complete."""
    return {entry["id"]: _read(entry) for entry in settings.OIDC_PROVIDERS}


def _read(entry: Mapping[str, Any]) -> SignInProvider:
    known = {name: entry[name] for name in ("id", "issuer", "client_id", "kind", "identifier_claim")}
    title = entry.get("title") or entry["id"]
    return SignInProvider(
        **known,
        title=title if isinstance(title, Mapping) else {"en": title, "zh": title},
        secret=entry.get("secret", ""),
        name_claim=entry.get("name_claim", "name"),
        levels={acr: Assurance(level) for acr, level in entry.get("levels", {}).items()},
        default_level=Assurance(entry.get("default_level", Assurance.SUBSTANTIAL)),
    )
