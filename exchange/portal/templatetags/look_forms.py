"""Tags for forms, buttons, filters and pages; loaded through `look`."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
KINDS: dict[str, tuple[type[forms.Widget], ...]] = {
    "checkboxes": (forms.CheckboxSelectMultiple,),  # before radios: it is one of them by inheritance
    "radios": (forms.RadioSelect,),
    "checkbox": (forms.CheckboxInput,),
    "hidden": (forms.HiddenInput, forms.MultipleHiddenInput),
}
FEW_ROWS = 5
CLASSES: dict[str, tuple[type[forms.Widget], ...]] = {
    "govuk-select": (forms.Select,),
    "govuk-textarea": (forms.Textarea,),
    "govuk-file-upload": (forms.FileInput,),
}


def _kind(widget: forms.Widget) -> str:
    return next((name for name, types in KINDS.items() if isinstance(widget, types)), "input")


def _class(widget: forms.Widget) -> str:
    return next((name for name, types in CLASSES.items() if isinstance(widget, types)), "govuk-input")


@register.simple_tag
def field(bound: BoundField, hint: str = "", label: str = "", rows: int = 0) -> SafeString:
    """`{% field form.purpose hint=… %}`: any bound field with label, hint and error; the widget decides the shape.

    Date fields should use `forms.DateInput(attrs={"type": "date"})`; texts that are code add the class `mz-code` in the widget's attrs.
    """
    kind, css_class = _kind(bound.field.widget), _class(bound.field.widget)
    hint = hint or str(bound.help_text)
    widget = _widget(bound, css_class, hint, rows) if kind == "input" else ""
    return render_to_string(
        "components/field.html", {"field": bound, "kind": kind, "hint": hint, "label": label or bound.label, "widget": widget}
    )


def _widget(bound: BoundField, css_class: str, hint: str, rows: int) -> SafeString:
    given = bound.field.widget.attrs.get("class", "")
    classes = f"{css_class} {given}".strip() + (f" {css_class}--error" if bound.errors else "")
    described = " ".join(f"{bound.id_for_label}-{part}" for part, there in (("hint", hint), ("error", bound.errors)) if there)
    attributes: dict[str, Any] = {"class": classes}
    if str(bound.field.widget.attrs.get("placeholder", "")) == str(bound.label):
        attributes["placeholder"] = False  # says nothing that the label does not say
    if described:
        attributes["aria-describedby"] = described
    if rows or isinstance(bound.field.widget, forms.Textarea):
        attributes["rows"] = rows or FEW_ROWS
    return bound.as_widget(attrs=attributes)


@register.simple_tag
def error_summary(form: forms.BaseForm) -> SafeString:
    """`{% error_summary form %}`: every error with a link to its field; nothing when there is none."""
    faults = [(*_place(form, name), error) for name, errors in form.errors.items() for error in errors]
    return render_to_string("components/error_summary.html", {"faults": faults}) if faults else SafeString()


def _place(form: forms.BaseForm, name: str) -> tuple[str, str]:
    """Return the anchor and the label of a field; both empty for a fault of the whole form."""
    if name not in form.fields:
        return "", ""
    bound = form[name]
    return bound.id_for_label or bound.auto_id, str(bound.label)


@register.simple_tag
def button(text: str, kind: str = "", name: str = "", value: str = "", confirm: str = "") -> SafeString:
    """`{% button _("Send") kind="secondary" name="step" value="send" confirm=… %}`: a submit button.

    Kinds: secondary, danger, small; several are joined by a space.
    """
    return render_to_string(
        "components/button.html", {"text": text, "classes": _button_classes(kind), "name": name, "value": value, "confirm": confirm}
    )


@register.simple_tag
def button_link(text: str, url: str, kind: str = "") -> SafeString:
    """`{% button_link _("Ask for data") url kind="secondary" %}`: a link that looks like a button; only for going somewhere."""
    return format_html('<a class="{}" href="{}">{}</a>', _button_classes(kind), url, text)


@register.simple_tag(takes_context=True)
def post_button(context: template.Context, text: str, url: str, kind: str = "secondary", confirm: str = "") -> SafeString:
    """`{% post_button _("Withdraw") url confirm=… %}`: a button with a form of its own, for one action without other fields."""
    values = {"text": text, "url": url, "classes": _button_classes(kind), "confirm": confirm, "csrf_token": context.get("csrf_token")}
    return render_to_string("components/post_button.html", values)


def _button_classes(kind: str) -> str:
    return " ".join(["mz-button", *(f"mz-button--{part}" for part in kind.split())])


@register.simple_block_tag(takes_context=True)
def filter_bar(context: template.Context, content: str, *, label: str, url: str = "", auto: bool = False) -> SafeString:
    """`{% filter_bar label=… %}{% field form.q %}…{% endfilter_bar %}`: a GET form; `auto` sends it at each choice."""
    request = context.get("request")
    path = url or (request.path if request is not None else "")
    is_filtered = bool(request is not None and any(request.GET.values()))
    return render_to_string(
        "components/filter_bar.html", {"content": content, "label": label, "path": path, "auto": auto, "is_filtered": is_filtered}
    )


@register.simple_tag(takes_context=True)
def pages(context: template.Context, next_cursor: str | None = "", previous_cursor: str | None = "") -> SafeString:
    """`{% pages next_cursor previous_cursor %}`: older and newer by cursor (query parameter `cursor`); the other parameters stay."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else None

    def address(cursor: str | None) -> str:
        if not cursor or query is None:
            return ""
        query["cursor"] = cursor
        return f"?{query.urlencode()}"

    return render_to_string("components/pages.html", {"older": address(next_cursor), "newer": address(previous_cursor)})


@register.simple_tag
def search_box(url: str, label: str, value: str = "", name: str = "q", placeholder: str = "") -> SafeString:
    """`{% search_box url label value %}`: one large search field with its button; a GET form."""
    return render_to_string(
        "components/search_box.html", {"url": url, "label": label, "value": value or "", "name": name, "placeholder": placeholder}
    )
