"""Verifies an ID token (OpenID Connect Core 1.0, section 3.1.3.7): signature, issuer, audience, times, nonce. Always all of it.

The library allauth skips the signature where the token came over a direct connection; we do not.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
REQUIRED = ("aud", "exp", "iat", "iss", "nonce", "sub")
LEEWAY_S = 60


class TokenRefused(ValueError):
    """The token does not prove anything; the text says which rule it breaks, never what it holds."""


@dataclass(frozen=True)
class Expected:
    """Whom the token must be from and for, and the nonce of this very sign-in."""

    issuer: str
    client_id: str
    nonce: str


def verified_claims(raw: str, *, keys: Mapping[str, Any], expected: Expected) -> dict[str, Any]:
    """The claims of a token, once everything holds. `keys` is the provider's JWK set. Raises TokenRefused."""
    import jwt

    try:
        header = jwt.get_unverified_header(raw)
        if header.get("alg") not in ALGORITHMS:
            raise TokenRefused("the token is signed by no algorithm that we take")
        key = _key_of(jwt.PyJWKSet.from_dict(dict(keys)).keys, header.get("kid"))
        claims: dict[str, Any] = jwt.decode(
            raw,
            key=key,
            algorithms=[header["alg"]],
            issuer=expected.issuer,
            audience=expected.client_id,
            leeway=LEEWAY_S,
            options={"require": list(REQUIRED)},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused(type(error).__name__) from None
    _require_ours(claims, expected)
    return claims


def _key_of(keys: Any, kid: str | None) -> Any:
    found = [key for key in keys if kid is None or key.key_id == kid]
    if len(found) != 1:
        raise TokenRefused("the token names no key of the provider")
    return found[0]


def _require_ours(claims: Mapping[str, Any], expected: Expected) -> None:
    if not expected.nonce or not hmac.compare_digest(str(claims["nonce"]).encode(), expected.nonce.encode()):
        raise TokenRefused("the token is for another sign-in")
    audience = claims["aud"]
    is_shared = isinstance(audience, list) and len(audience) > 1
    if (is_shared or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise TokenRefused("the token is for another program")
