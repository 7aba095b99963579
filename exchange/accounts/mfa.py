"""How the second factor of allauth behaves here."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.safestring import mark_safe


class InlineDrawings(DefaultMFAAdapter):  # type: ignore[misc]
    """Draws the QR code of a second factor into the page: our content policy loads no `data:` images."""

    def build_totp_svg(self, url: str) -> str:
        """Inline SVG, without style attributes."""
        import segno

        drawing: str = segno.make(url).svg_inline(scale=4, border=2)
        return mark_safe(drawing)  # noqa: S308 - made by segno from digits and modules, nothing of it is typed by people
