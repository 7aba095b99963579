"""QR codes as inline SVG: drawn here, so that no address of a person's licence goes to somebody who draws codes."""

from __future__ import annotations

import io

from django.utils.safestring import SafeString, mark_safe

LONGEST = 2_600  # characters that still fit, with the lowest correction, into the largest code


def drawn(text: str) -> SafeString | str:
    """The code of a text (ISO/IEC 18004) as an SVG element; empty for a text that does not fit."""
    if len(text) > LONGEST:
        return ""
    import segno

    drawing = io.BytesIO()
    code = segno.make(text, error="m" if len(text) < 200 else "l", micro=False, boost_error=False)
    code.save(drawing, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2)
    return mark_safe(drawing.getvalue().decode())  # noqa: S308 - modules drawn by segno; nothing of the text stands in them
