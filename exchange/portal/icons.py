"""Our own small icons: a status is always an icon and a word, never colour alone."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_STROKES = {
    "check": "M5 12.500l4.500 4.500L19 7.500",
    "clock": "M12 6.500v6l4 2.500M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
    "alert": "M12 8v5.500M12 17v.2M12 3.200L2.500 20h19z",
    "stop": "M7 7l10 10M17 7L7 17",
    "dot": "M12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
    "info": "M12 11v6M12 7.500v.2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
    "question": "M9 9.200a3 3 0 1 1 4.500 2.700c-1 .6-1.500 1.100-1.500 2.300M12 17.500v.2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
    "pause": "M9 6v12M15 6v12",
    "pencil": "M4 20l1-4.500L16 4.500l3.500 3.500-11 11zM13.500 7l3.500 3.500",
    "open": "M8 11V8a4 4 0 0 1 7.500-2M6 11h12v9H6z",
    "lock": "M8 11V8a4 4 0 0 1 8 0v3M6 11h12v9H6z",
    "gate": "M8 11V8a4 4 0 0 1 8 0v3M6 11h12v9H6zM12 14.500v2.500",
    "seal": "M5 11.500V6l7-3 7 3v5.500c0 4.500-3 7.800-7 9.500-4-1.700-7-5-7-9.500zM8.500 12l2.600 2.600L15.800 9.500",
    "theme": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18",
    "person": "M12 4.200a3.800 3.800 0 1 0 0 7.600 3.800 3.800 0 0 0 0-7.600zM4.500 20.500c.6-4 3.600-6 7.500-6s6.900 2 7.500 6",
    "file": "M6 3.500h8l4.500 4.500v12.500H6zM13.500 3.500v5h5M9 13h6M9 16.500h6",
    "inbox": "M4 13l3-8h10l3 8v6H4zM4 13h5l1.500 2.500h3L15 13h5",
}
NAMES = frozenset(_STROKES)


def icon(name: str, css_class: str = "") -> SafeString:
    """Return an inline drawing, hidden from screen readers: the word beside it speaks. Raises KeyError for an unknown name."""
    stroke = mark_safe(_STROKES[name])  # noqa: S308 - a constant of this file
    klass = format_html(' class="{}"', css_class) if css_class else ""
    return format_html(
        '<svg{} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"'
        ' aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        klass,
        stroke,
    )
