"""How passkeys and the second step of allauth behave here."""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from exchange.accounts.columns import open_column, seal_column

_PLACE = "second step"


class InlineDrawings(DefaultMFAAdapter):  # type: ignore[misc]
    """Draws the QR code into the page, because our content policy loads no `data:` images, and keeps no secret in clear."""

    def build_totp_svg(self, url: str) -> str:
        """Inline SVG, without style attributes."""
        import segno

        drawing: str = segno.make(url).svg_inline(scale=4, border=2)
        return mark_safe(drawing)  # noqa: S308 - made by segno from digits and modules, nothing of it is typed by people

    def encrypt(self, text: str) -> str:
        """The secret of an app, or the seed of recovery codes, sealed with a key outside the database."""
        return base64.b64encode(seal_column(text, _PLACE)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return open_column(base64.b64decode(encrypted_text), _PLACE)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a passkey is called until its owner calls it something."""
        return _("My passkey")
