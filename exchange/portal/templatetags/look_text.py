"""Tags for words, times, numbers and addresses; loaded through `look`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from exchange.portal.theme import theme_of

register = template.Library()
LANGUAGES = ("en", "zh-hans")
NAMES = {"en": "English", "zh-hans": "中文"}
NOTHING = "–"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def current_language() -> str:
    """Return `en` or `zh-hans`, also where no language is active (error pages, commands)."""
    return "zh-hans" if (get_language() or "en").startswith("zh") else "en"


@register.simple_tag(name="bilingual")
@register.filter(name="bilingual")
def bilingual(value: object) -> str:
    """Pick the text of the active language from {en, zh} (a mapping, or an object with .en and .zh); other values become text."""
    if value is None or value == "":
        return ""
    wanted, other = ("zh", "en") if current_language() == "zh-hans" else ("en", "zh")
    if isinstance(value, Mapping):
        return str(value.get(wanted) or value.get(other) or "")
    if hasattr(value, "en") and hasattr(value, "zh"):
        return str(getattr(value, wanted) or getattr(value, other))
    return str(value)


@register.simple_tag(name="count")
@register.filter(name="count")
def count(value: int | float | Decimal | None, decimals: int = 0) -> str:
    """Write a number with thousands separators; a missing number is a dash, never an empty place."""
    if value is None or value == "":
        return NOTHING
    return f"{value:,.{decimals}f}"


def _as_time(value: datetime | date | str | int) -> datetime | date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    elif isinstance(value, int):
        value = datetime.fromtimestamp(value / 1000, tz=UTC)
    if isinstance(value, datetime):
        aware = value if timezone.is_aware(value) else value.replace(tzinfo=UTC)
        return timezone.localtime(aware)
    return value


@register.simple_tag(name="when")
def when(value: datetime | date | str | int | None, precision: str = "minute") -> SafeString | str:
    """Write a time in local words inside a `time` element that also holds ISO 8601.

    `value`: datetime, date, ISO text, or milliseconds since 1970. `precision`: date, minute or second.
    """
    if value is None or value == "":
        return NOTHING
    moment = _as_time(value)
    if not isinstance(moment, datetime):
        precision = "date"
    iso = moment.isoformat(timespec="seconds") if isinstance(moment, datetime) else moment.isoformat()
    return format_html('<time datetime="{}" title="{}" class="mz-number">{}</time>', iso, iso, _spoken(moment, precision))


@register.simple_tag(name="clock")
def clock(value: datetime | str | int) -> SafeString | str:
    """Write the hour and minute alone, where the day stands above it."""
    moment = _as_time(value)
    if not isinstance(moment, datetime):
        return NOTHING
    iso = moment.isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}" class="mz-number">{}</time>', iso, iso, moment.strftime("%H:%M"))


def _spoken(moment: datetime | date, precision: str) -> str:
    clock = {"minute": "%H:%M", "second": "%H:%M:%S"}.get(precision, "")
    hours = moment.strftime(clock) if clock and isinstance(moment, datetime) else ""
    if current_language() == "zh-hans":
        return f"{moment.year}年{moment.month}月{moment.day}日 {hours}".strip()
    day = f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {hours}" if hours else day


@register.simple_tag
def page_url(path: str = "", language: str = "") -> str:
    """Return the address of a page below the language prefix: `page_url 'verify'` → `/en/verify`."""
    return f"/{language or current_language()}/{path.lstrip('/')}"


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, path: str, text: str) -> SafeString:
    """`{% nav_link 'catalog' _('Catalogue') %}`: one entry of the navigation; marked when the reader is in that part."""
    request: HttpRequest | None = context.get("request")
    address = page_url(path)
    here = request.path if request is not None else ""
    is_here = here == address or here.startswith(f"{address}/")
    current = format_html(' aria-current="{}"', "page" if here == address else "true") if is_here else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', address, current, text)


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, Any]]:
    """Return, for each other language, code, name and the address of this same page (with its query).

    A page whose address has no language says so with `request.asks_language`: then the query carries the choice.
    """
    request: HttpRequest | None = context.get("request")
    path = request.path if request is not None else "/"
    query = request.META.get("QUERY_STRING", "") if request is not None and request.method == "GET" else ""
    rest = path.lstrip("/").split("/", 1)
    bare = (rest[1] if len(rest) > 1 else "") if rest[0] in LANGUAGES else ""
    address = {code: f"/{code}/{bare}" + (f"?{query}" if query else "") for code in LANGUAGES}
    if getattr(request, "asks_language", False):
        address = {code: f"{path}?language={code}" for code in LANGUAGES}
    return [{"code": code, "name": NAMES[code], "url": address[code]} for code in LANGUAGES if code != current_language()]


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString | str:
    """Return ` data-theme="…"` for the html element when the reader has chosen; else nothing, and the device decides."""
    theme = theme_of(context.get("request"))
    return format_html(' data-theme="{}"', theme) if theme else ""


@register.simple_tag(takes_context=True)
def other_theme(context: template.Context) -> str:
    """Return the theme that the switch leads to without JavaScript."""
    return "light" if theme_of(context.get("request")) == "dark" else "dark"


@register.simple_tag(takes_context=True)
def plays(context: template.Context, *roles: str) -> bool:
    """`{% plays "AUDITOR" "REVIEWER" as is_auditor %}`: whether the reader plays one of the roles for any department now."""
    from exchange.accounts.acting import departments_as

    reader = context.get("user")
    return bool(reader and reader.is_authenticated and any(departments_as(reader, role) for role in roles))


@register.simple_tag(takes_context=True)
def is_citizen(context: template.Context) -> bool:
    """Whether the reader's account stands for a person of the registers: a citizen, not somebody at work for an office."""
    return bool(getattr(context.get("user"), "identifier_blind", None))


@register.simple_tag(takes_context=True)
def for_citizens(context: template.Context) -> bool:
    """Whether the address is one of the citizens' pages, so that an error speaks their words."""
    request: HttpRequest | None = context.get("request")
    parts = request.path.split("/") if request is not None else []
    return len(parts) > 2 and parts[2] in {"me", "services", "apply"}


@register.simple_tag
def phone_line() -> str:
    """The number at which a person helps citizens, as the jurisdiction says; empty where it has none."""
    words = _words_of(Path(settings.JURISDICTION_DIR))
    return bilingual(words.get("phone_line"))


@cache
def _words_of(folder: Path) -> Mapping[str, Any]:
    """What the jurisdiction in `folder` calls its things; read once in a process."""
    from exchange.jurisdictions.reading import read_document

    words: Mapping[str, Any] = read_document(folder / "words.yaml", "words")["words"]
    return words


@register.simple_tag
def is_demo() -> bool:
    """Whether this hub shows an invented city."""
    return bool(getattr(settings, "DEMO", False))
