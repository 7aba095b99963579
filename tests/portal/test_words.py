"""The Chinese texts: complete, current, and readable by gettext itself."""

import gettext
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from exchange.portal import word_sources, words
from exchange.portal.management.commands import collect_words, compile_words
from exchange.portal.words import Key, Words, WordsError

PART = """# a comment
msgid ""
msgstr "Language: x"

msgctxt "noun"
msgid "a \\"quoted\\" "
"text"
msgstr "文字"

msgid "one case"
msgid_plural "%(n)s cases"
msgstr[0] "%(n)s 件"

msgid "missing"
msgstr ""
"""


def test_every_text_of_pages_and_messages_has_its_chinese() -> None:
    known = {entry.key for entry in words.read_parts(word_sources.LOCALE / "parts") if entry.is_translated}
    missing = [f"{use.source}: {use.key.text}" for use in word_sources.uses() if use.key not in known]
    assert not missing, "add these to locale/zh_Hans/parts and run compile_words"


def test_the_compiled_catalogue_is_current() -> None:
    entries = words.read_parts(word_sources.LOCALE / "parts")
    compiled = word_sources.LOCALE / "LC_MESSAGES"
    assert (compiled / "django.mo").read_bytes() == words.to_mo(entries), "run manage.py compile_words and commit its files"
    assert (compiled / "django.po").read_text(encoding="utf-8") == words.to_po(entries)


def test_chinese_texts_keep_every_placeholder() -> None:
    for entry in words.read_parts(word_sources.LOCALE / "parts"):
        wanted = set(placeholders(entry.plural or entry.key.text))
        for text in entry.translations:
            assert set(placeholders(text)) <= wanted, entry.key
            assert entry.plural or set(placeholders(text)) == wanted, entry.key


def placeholders(text: str) -> Iterator[str]:
    return (match.group() for match in re.finditer(r"%\(\w+\)[sd]|\{\w*\}", text))


def test_django_speaks_chinese_from_it() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("In force") == "生效中"
        assert translation.pgettext("sensitivity", "Open") == "公开"


def test_parse_joins_lines_and_reads_context_and_plural() -> None:
    assert words.parse(PART, source="x.po") == [
        Words(Key('a "quoted" text', "noun"), "", ("文字",)),
        Words(Key("one case"), "%(n)s cases", ("%(n)s 件",)),
        Words(Key("missing"), "", ("",)),
    ]


def test_written_po_reads_back_the_same() -> None:
    entries = words.parse(PART, source="x.po")
    assert words.parse(words.to_po(entries), source="y.po") == entries


def test_gettext_reads_our_compiled_form() -> None:
    catalogue = gettext.GNUTranslations(io.BytesIO(words.to_mo(words.parse(PART, source="x.po"))))
    assert catalogue.pgettext("noun", 'a "quoted" text') == "文字"
    assert catalogue.ngettext("one case", "%(n)s cases", 5) == "%(n)s 件"
    assert catalogue.gettext("missing") == "missing"


@pytest.mark.parametrize("text", ['msgid "a\nmsgstr "b"', "msgid a", 'nonsense "a"', 'msgid "a" + "b"'])
def test_a_broken_part_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(WordsError, match=r"x\.po:1"):
        words.parse(text, source="x.po")


FILE = Words(Key("File"), "", ("文件",))
DOSSIER = Words(Key("File"), "", ("档案",))


def test_two_rooms_may_share_a_text() -> None:
    parts = [("a.po", [FILE]), ("b.po", [FILE])]
    assert (words.merge(parts), words.contradictions(parts)) == ([FILE], [])


def test_two_rooms_that_contradict_each_other_are_named_and_the_first_wins() -> None:
    parts = [("a.po", [FILE]), ("b.po", [DOSSIER])]
    assert words.merge(parts) == [FILE]
    assert words.contradictions(parts) == ["'File': 文件 in a.po, 档案 in b.po. Choose one, or give a context."]


def test_no_text_of_ours_has_two_translations() -> None:
    assert words.contradictions(words.read_each(word_sources.LOCALE / "parts")) == []


def test_templates_give_up_every_way_of_asking_for_a_text() -> None:
    template = """{% load i18n %}{% translate "It's (here)" %}{% card title=_("Title") %}{{ _("Shown") }}
    {% translate "May" context "month" %}
    {% blocktranslate count n=x trimmed %} one
      {{ n }} {% plural %} many {% endblocktranslate %}{% translate variable %}"""
    found = set(word_sources.in_template(template, source="t"))
    assert found == {Key("It's (here)"), Key("Title"), Key("Shown"), Key("May", "month"), Key("one %(n)s")}


def test_python_gives_up_its_texts_too() -> None:
    source = '_("a" "b"); translation.gettext_lazy("c"); pgettext("month", "May"); ngettext("one", "many", 2); _(name); other("d")'
    assert set(word_sources.in_python(source)) == {Key("ab"), Key("c"), Key("May", "month"), Key("one")}


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A locale folder of our own and one page that asks for a text."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "room.po").write_text(PART, encoding="utf-8")
    monkeypatch.setattr(compile_words, "LOCALE", tmp_path)
    monkeypatch.setattr(collect_words, "LOCALE", tmp_path)
    monkeypatch.setattr(collect_words, "uses", lambda: [word_sources.Use("exchange/x.html", Key("missing"))])
    return tmp_path


def test_compile_words_writes_both_files_and_leaves_no_other(city: Path) -> None:
    call_command("compile_words", stdout=io.StringIO())
    assert sorted(path.name for path in (city / "LC_MESSAGES").iterdir()) == ["django.mo", "django.po"]


def test_compile_words_says_what_is_broken(city: Path) -> None:
    (city / "parts" / "other.po").write_text("msgid oops", encoding="utf-8")
    with pytest.raises(CommandError, match=r"other\.po:1"):
        call_command("compile_words", stdout=io.StringIO())


def test_collect_words_lists_what_is_missing_and_fails(city: Path) -> None:
    output = io.StringIO()
    with pytest.raises(CommandError, match="1 texts"):
        call_command("collect_words", stdout=output)
    assert output.getvalue().startswith('# exchange/x.html\nmsgid "missing"')


def test_collect_words_is_content_when_nothing_is_missing(city: Path) -> None:
    output = io.StringIO()
    call_command("collect_words", "catalog/", stdout=output)
    assert "Every text" in output.getvalue()
