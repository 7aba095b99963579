"""Component tags: chips, cards, tables, steps, tiles, notices; loaded through `look`. Each renders one file of templates/components."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify

from exchange.portal import icons, tones
from exchange.portal.templatetags.look_text import bilingual

register = template.Library()


@dataclass(frozen=True)
class Step:
    """One step of a timeline. `state`: done, current, coming or stopped; who and when are empty while it has not happened."""

    title: str
    state: str = "coming"
    who: str = ""
    when: datetime | str | None = None
    note: str = ""


@dataclass(frozen=True)
class Tab:
    """One tab: a link to its own address, so that it works without JavaScript."""

    title: str
    url: str
    current: bool = False
    count: int | None = None


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "check" %}`: a small drawing beside a word; names in exchange.portal.icons."""
    return icons.icon(name)


def _chip(tone: str, icon_name: str, word: object, css_class: str = "") -> SafeString:
    return format_html('<span class="mz-chip mz-chip--{} {}">{}{}</span>', tone, css_class, icons.icon(icon_name), word)


@register.simple_tag
def chip(tone: str, text: str, icon: str = "") -> SafeString:
    """`{% chip "found" "Confirmed" %}`: tones found, waiting, attention, stopped, neutral. Always an icon and a word."""
    chosen = tones.tone_of(tone)
    return _chip(chosen, icon or tones.ICONS[chosen], text)


@register.simple_tag
def state_chip(state: object) -> SafeString:
    """`{% state_chip part.state %}`: the chip of a state of the hub (DRAFT, IN_FORCE, ANSWERED, YES …)."""
    face = tones.face_of(state)
    return _chip(face.tone, face.icon, face.word)


@register.simple_tag
def state_word(state: object) -> str:
    """`{% state_word part.state %}`: the word alone, for sentences and options."""
    return str(tones.face_of(state).word)


@register.simple_tag
def sensitivity_chip(level: int) -> SafeString:
    """`{% sensitivity_chip 3 %}`: bars and a word for the classes 1 to 4."""
    bars = format_html_join("", '<i class="{}"></i>', (("is-on" if step <= int(level) else "",) for step in range(1, 5)))
    word = tones.SENSITIVITY.get(int(level), level)
    return format_html(
        '<span class="mz-chip mz-chip--plain"><span class="mz-level" aria-hidden="true">{}</span>{} {}</span>', bars, level, word
    )


@register.simple_tag
def sharing_chip(attribute: object) -> SafeString:
    """`{% sharing_chip "CONDITIONAL" %}`: the sharing attribute of a dataset or item."""
    face = tones.SHARING.get(str(getattr(attribute, "value", attribute)))
    return _chip(face.tone, face.icon, face.word) if face else chip("neutral", str(attribute))


@register.simple_tag
def department_chip(department: object, name: object = "") -> SafeString:
    """`{% department_chip department %}` or `{% department_chip "PSB" name %}`.

    `department`: an object with .code and a bilingual .name (or .name_en and .name_zh).
    """
    code = getattr(department, "code", department)
    shown = name or getattr(department, "name", "") or {"en": getattr(department, "name_en", ""), "zh": getattr(department, "name_zh", "")}
    return format_html('<span class="mz-chip mz-chip--department"><span class="mz-chip__code">{}</span>{}</span>', code, bilingual(shown))


def _component(name: str, **context: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", context)


@register.simple_block_tag
def card(content: str, *, title: str = "", tone: str = "", url: str = "", chip: object = "", level: int = 2) -> SafeString:
    """`{% card title=… tone="found" %}…{% endcard %}`: the 6 px edge is the state; no tone while waiting.

    `url` makes the whole card a link; `chip` is a SafeString shown at the right of the title; `level` is that of the heading.
    """
    return _component("card", content=content, title=title, tone=tone and tones.tone_of(tone), url=url, chip=chip, heading=f"h{level}")


@register.simple_block_tag
def cards(content: str) -> SafeString:
    """`{% cards %}…{% endcards %}`: a grid around several cards."""
    return format_html('<div class="mz-cards">{}</div>', content)


@register.simple_block_tag
def panel(content: str, *, tone: str = "neutral", figure: object = "", title: str = "") -> SafeString:
    """`{% panel tone="found" figure=2 %}…{% endpanel %}`: the headline; never counts what has not happened."""
    chosen = tones.tone_of(tone)
    shown = figure if figure != "" else icons.icon(tones.ICONS[chosen])
    return _component("panel", content=content, tone=chosen, figure=shown, title=title)


@register.simple_block_tag
def hero(content: str, *, title: str, lead: str = "") -> SafeString:
    """`{% hero title=… lead=… %}{% search_box … %}{% endhero %}`: the opening of a public page; holds the page's h1."""
    return format_html(
        '<div class="mz-hero"><h1>{}</h1>{}{}</div>', title, format_html('<p class="mz-hero__lead">{}</p>', lead) if lead else "", content
    )


@register.simple_block_tag
def sentence(content: str) -> SafeString:
    """`{% sentence %}…{% endsentence %}`: one plain sentence that says what happened, set large."""
    return format_html('<div class="mz-sentence"><p>{}</p></div>', content)


@register.simple_block_tag
def summary_list(content: str) -> SafeString:
    """`{% summary_list %}` around `{% summary_row key %}value{% endsummary_row %}`."""
    return format_html('<dl class="mz-summary">{}</dl>', content)


@register.simple_block_tag
def summary_row(content: str, key: str) -> SafeString:
    """One row of a summary list."""
    return format_html('<div class="mz-summary__row"><dt>{}</dt><dd>{}</dd></div>', key, content)


@register.simple_block_tag
def data_table(content: str, *, caption: str = "", stacks: bool = True, hide_caption: bool = False) -> SafeString:
    """`{% data_table caption=… %}{% columns … %}<tbody><tr>{% cell … %}…{% endcell %}</tr></tbody>{% enddata_table %}`.

    Rows become cards on a phone unless `stacks` is False.
    """
    return _component("data_table", content=content, caption=caption, stacks=stacks, hide_caption=hide_caption)


@register.simple_tag
def columns(*titles: str) -> SafeString:
    """`{% columns _("Time") "#"|add:_("Records") %}`: the head of a table; a title that begins with # is a column of numbers."""
    heads = format_html_join(
        "",
        '<th scope="col"{}>{}</th>',
        ((format_html(' class="{}"', "is-number") if t.startswith("#") else "", t.removeprefix("#")) for t in map(str, titles)),
    )
    return format_html("<thead><tr>{}</tr></thead>", heads)


@register.simple_block_tag
def cell(content: str, label: str, *, number: bool = False, head: bool = False) -> SafeString:
    """`{% cell _("Time") %}…{% endcell %}`: a table cell that carries its column's title for phones; `head=True` names the row."""
    label = str(label).removeprefix("#")
    klass = format_html(' class="{}"', "is-number") if number else ""
    if head:
        return format_html('<th scope="row" data-label="{}"{}><div>{}</div></th>', label, klass, content)
    return format_html('<td data-label="{}"{}><div>{}</div></td>', label, klass, content)


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """`{% actions %}…{% endactions %}`: a row of buttons."""
    return format_html('<div class="mz-actions">{}</div>', content)


@register.simple_tag
def steps(items: Iterable[Step | Mapping[str, Any]]) -> SafeString:
    """`{% steps items %}`: a timeline of Step objects or mappings with the same names."""
    return _component("steps", steps=items)


@register.simple_tag
def progress(value: int, maximum: int, label: str, poll_url: str = "", every: str = "1s") -> SafeString:
    """`{% progress done total label poll_url %}`: a bar with its share.

    With `poll_url` htmx fetches that address, which answers with this same tag; without it polling ends.
    """
    share = f"{100 * value // maximum} %" if maximum else ""
    return _component("progress", value=value, maximum=max(maximum, 1), label=label, share=share, poll_url=poll_url, every=every)


@register.simple_block_tag
def tiles(content: str) -> SafeString:
    """`{% tiles %}` around several `{% tile label value %}`."""
    return format_html('<div class="mz-tiles">{}</div>', content)


@register.simple_tag
def tile(label: str, value: object, note: str = "", url: str = "") -> SafeString:
    """`{% tile _("Calls") figure|count note=… url=… %}`: one figure; with `url` it leads to its list."""
    return _component("tile", label=label, value=value, note=note, url=url)


@register.simple_block_tag
def notice(content: str, *, tone: str = "neutral", title: str = "") -> SafeString:
    """`{% notice tone="attention" title=… %}…{% endnotice %}`: a banner inside a page."""
    chosen = tones.tone_of(tone)
    drawing = icons.icon("info" if chosen is tones.Tone.NEUTRAL else tones.ICONS[chosen])
    return _component("notice", content=content, tone=chosen, title=title, drawing=drawing)


@register.simple_block_tag
def empty_state(content: str, *, title: str, icon: str = "inbox") -> SafeString:
    """`{% empty_state title=… %}what to do next{% endempty_state %}`."""
    return _component("empty_state", content=content, title=title, drawing=icons.icon(icon, "mz-empty__mark"))


@register.simple_tag
def code_block(text: str, label: str, name: str = "") -> SafeString:
    """`{% code_block receipt label %}`: text in a frame with a copy button (shown where scripts run).

    `name` must differ between blocks that share a label.
    """
    return _component("code_block", text=text, label=label, anchor=f"block-{name or slugify(label, allow_unicode=True)}")


@register.simple_block_tag
def disclosure(content: str, summary: str, *, is_open: bool = False) -> SafeString:
    """`{% disclosure _("Show what was asked") %}…{% enddisclosure %}`."""
    return _component("disclosure", content=content, summary=summary, is_open=is_open)


@register.simple_tag
def tabs(items: Iterable[Tab | Mapping[str, Any]], label: str) -> SafeString:
    """`{% tabs items label %}`: Tab objects or mappings; each tab is its own address."""
    return _component("tabs", tabs=items, label=label)


@register.simple_block_tag
def proof_panel(content: str, *, title: str, tone: str = "found", note: str = "") -> SafeString:
    """`{% proof_panel title=… tone="found" note=… %}rows{% endproof_panel %}`: what was proved, how, and how to repeat it."""
    chosen = tones.tone_of(tone)
    drawing = icons.icon("seal" if chosen is tones.Tone.FOUND else tones.ICONS[chosen])
    return _component("proof_panel", content=content, title=title, tone=chosen, note=note, drawing=drawing)


@register.simple_tag
def qr(drawing: str = "", caption: str = "") -> SafeString:
    """`{% qr svg caption %}`: the frame of a QR code, 176 px square; `drawing` is inline SVG (safe), or empty."""
    return _component("qr", drawing=drawing, caption=caption)
