"""The look: frame, components, error pages; what every page author relies on."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django import forms
from django.conf import LazySettings
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from exchange.portal import icons, tones
from exchange.portal.management.commands.vendor_frontend import retheme, without_map
from exchange.portal.theme import choose_theme

STATIC = Path(tones.__file__).parent / "static" / "portal"
TEMPLATES = Path(tones.__file__).parent / "templates"


def show(source: str, **context: object) -> str:
    return Template("{% load look i18n %}" + source).render(Context(context))


class Question(forms.Form):
    name = forms.CharField(label="Name", help_text="As listed")
    choice = forms.ChoiceField(label="Choice", widget=forms.RadioSelect, choices=[("a", "A")])
    several = forms.MultipleChoiceField(label="Several", widget=forms.CheckboxSelectMultiple, choices=[("a", "A")])
    agreed = forms.BooleanField(label="Agreed")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")])
    text = forms.CharField(label="Text", widget=forms.Textarea, required=False)


# --- Words, times, figures


def test_bilingual_picks_the_active_language_and_falls_back() -> None:
    assert show("{{ d|bilingual }}", d={"en": "Tax", "zh": "税务"}) == "Tax"
    with translation.override("zh-hans"):
        assert show("{% bilingual d %}", d={"en": "Tax", "zh": "税务"}) == "税务"
        assert show("{% bilingual d %}", d={"en": "Tax"}) == "Tax"


def test_bilingual_escapes_texts_of_the_catalogue() -> None:
    assert show("{% bilingual d %}", d={"en": "<b>"}) == "&lt;b&gt;"


def test_a_missing_figure_is_a_dash_never_an_empty_place() -> None:
    assert show("{% count n %} {% when t %}", n=None, t=None) == "– –"


def test_figures_have_thousands_separators() -> None:
    assert show("{{ n|count }}", n=1234567) == "1,234,567"


@pytest.mark.parametrize("moment", [datetime(2026, 11, 20, 6, 2, 11, tzinfo=UTC), "2026-11-20T06:02:11Z", 1795154531000])
def test_a_time_is_local_for_people_and_iso_for_machines(moment: object) -> None:
    assert 'datetime="2026-11-20T14:02:11+08:00"' in show("{% when t %}", t=moment)
    assert ">20 November 2026, 14:02<" in show("{% when t %}", t=moment)
    with translation.override("zh-hans"):
        assert ">2026年11月20日 14:02:11<" in show("{% when t 'second' %}", t=moment)


def test_a_day_has_no_hour() -> None:
    assert ">3 March 2026<" in show("{% when t %}", t=date(2026, 3, 3))


# --- Chips


def test_every_state_has_an_icon_and_a_word_in_both_languages() -> None:
    for state, face in tones.STATES.items():
        assert face.icon in icons.NAMES, state
        with translation.override("zh-hans"):
            assert re.search("[一-鿿]", str(face.word)), state


def test_an_unknown_state_keeps_its_name() -> None:
    assert "Brand new" in show("{% state_chip s %}", s="BRAND_NEW")


@pytest.mark.parametrize(
    "source",
    [
        '{% chip "found" t %}',
        '{% department_chip "PSB" t %}',
        "{% card title=t %}{% endcard %}",
        "{% tile t 1 %}",
        "{% summary_row t %}{% endsummary_row %}",
        "{% code_block t t %}",
        "{% columns t %}",
        "{% cell t %}{% endcell %}",
    ],
)
def test_components_escape_what_they_are_given(source: str) -> None:
    assert "<script>" not in show(source, t="<script>")


# --- Tables, forms


def test_a_cell_carries_its_column_title_for_phones() -> None:
    assert show('{% cell "#Records" number=True %}7{% endcell %}') == '<td data-label="Records" class="is-number"><div>7</div></td>'


def test_each_field_names_itself_and_its_error() -> None:
    page = show("{% for f in form %}{% field f %}{% endfor %}", form=Question({}))
    for name in ("name", "kind", "text", "agreed"):
        assert f'for="id_{name}"' in page
    assert page.count("<fieldset") == page.count("<legend") == 2
    assert 'aria-describedby="id_name-hint id_name-error"' in page
    assert "(optional)" in page


def test_radios_and_checkboxes_are_what_they_are() -> None:
    page = show("{% field form.choice %}{% field form.several %}", form=Question())
    assert page.count('type="radio"') == page.count('data-module="govuk-radios"') == 1
    assert page.count('type="checkbox"') == page.count('data-module="govuk-checkboxes"') == 1


def test_the_error_summary_leads_to_every_faulty_field() -> None:
    form = Question({})
    page = show("{% error_summary form %}{% for f in form %}{% field f %}{% endfor %}", form=form)
    targets = re.findall(r'<a href="#([^"]+)"', page)
    assert len(targets) == len(form.errors)
    for target in targets:
        assert f'id="{target}"' in page


def test_no_error_no_summary() -> None:
    assert show("{% error_summary form %}", form=Question()) == ""


def test_pages_keep_the_other_parameters() -> None:
    request = RequestFactory().get("/en/audit?q=tax&cursor=old")
    assert 'href="?q=tax&amp;cursor=new"' in show('{% pages "new" %}', request=request)


# --- Frame


def test_the_language_switch_stays_on_the_page() -> None:
    request = RequestFactory().get("/en/catalog/R01?tab=items")
    assert show("{% language_links as l %}{{ l.0.url }}", request=request) == "/zh-hans/catalog/R01?tab=items"


def test_navigation_marks_where_the_reader_is() -> None:
    request = RequestFactory().get("/en/catalog/R01")
    assert 'aria-current="true"' in show("{% nav_link 'catalog' 'Catalogue' %}", request=request)
    assert "aria-current" not in show("{% nav_link 'cat' 'Cat' %}", request=request)


def test_no_template_of_ours_has_inline_style_or_script() -> None:
    for path in TEMPLATES.rglob("*.html"):
        source = re.sub(r"{%.*?%}", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", source), path


def test_style_sheets_and_scripts_refer_to_nothing_that_is_not_shipped() -> None:
    for path in STATIC.rglob("*"):
        if path.suffix in {".css", ".js"}:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"@import|@font-face|sourceMappingURL|crest|GDS Transport", text), path
            assert not [url for url in re.findall(r"url\(([^)]*)\)", text) if not (path.parent / url.strip("'\"")).exists()], path


def test_vendoring_takes_fonts_crest_and_maps_out() -> None:
    css = (
        "@font-face{font-family:GDS Transport;src:url(/a.woff2)}.a{font-family:GDS Transport,arial,sans-serif}"
        ".b{background:url(/govuk-crest.svg)}.c{color:red}"
    )
    assert retheme(css) == ".a{font-family:PingFang SC,Microsoft YaHei,Noto Sans SC,system-ui,sans-serif}.c{color:red}\n"
    assert without_map("let a;//# sourceMappingURL=a.map") == "let a;\n"


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "500"])
def test_error_pages_need_no_request_and_say_what_to_do(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert "<h1>" in page
    assert 'class="mz-button"' in page


def test_the_problem_page_names_each_fault() -> None:
    problem = {
        "title": "The file has faults",
        "detail": "3 rows",
        "status": 422,
        "code": "INVALID",
        "errors": [{"where": "row 3", "message": "not a date"}],
    }
    page = render_to_string("problem.html", {"problem": problem})
    for text in ("The file has faults", "3 rows", "row 3", "not a date", "INVALID"):
        assert text in page


# --- Theme


def theme_answer(**fields: str) -> HttpResponse:
    return choose_theme(RequestFactory().post("/theme", fields))


def test_the_theme_is_kept_and_the_reader_goes_back() -> None:
    answer = theme_answer(theme="dark", next="/en/catalog?q=a")
    assert (answer["Location"], answer.cookies["theme"].value) == ("/en/catalog?q=a", "dark")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_theme_switch_leads_nowhere_else(target: str) -> None:
    assert theme_answer(theme="dark", next=target)["Location"] == "/"


def test_an_unknown_theme_is_forgotten() -> None:
    assert theme_answer(theme="<script>")["Location"] == "/"
    assert theme_answer(theme="<script>").cookies["theme"].value == ""


# --- Gallery


@pytest.mark.parametrize("address", ["/en/look", "/zh-hans/look?mood=citizen&message=1", "/en/look?mood=auditor", "/en/look/tick?done=90"])
def test_the_gallery_shows_every_component(client: Client, settings: LazySettings, address: str) -> None:
    settings.DEMO = True
    assert client.get(address).status_code == 200


def test_the_gallery_is_shown_in_the_demonstration_only(client: Client, settings: LazySettings) -> None:
    settings.DEMO = False
    assert client.get("/en/look").status_code == 404
    assert client.get("/en/look/tick").status_code == 404


def test_the_chosen_theme_stands_in_the_page(client: Client, settings: LazySettings) -> None:
    settings.DEMO = True
    assert b"data-theme" not in client.get("/en/look").content.split(b"<head>")[0]
    client.cookies["theme"] = "dark"
    assert b'<html lang="en" data-theme="dark">' in client.get("/en/look").content
