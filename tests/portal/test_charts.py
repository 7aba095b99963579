"""Charts are text: what a reader, a screen reader and a phone get from them."""

from xml.etree import ElementTree

import pytest

from exchange.portal.charts import NARROW, Bar, Chart, bar_chart, ceiling, coarser, line_chart

SVG = ElementTree.fromstring
CHART = Chart("Calls", ("allowed", "refused"), (Bar("09:00", (120, 3), "?hour=9"), Bar("10:00", (0, 0)), Bar("11:00", (1, 1))))


def drawn(text: str, tag: str) -> list[ElementTree.Element]:
    return list(SVG(text).iter(tag))


def bars_of(text: str) -> list[ElementTree.Element]:
    return [rect for rect in drawn(text, "rect") if "series" in rect.get("class", "")]


def test_each_bar_has_a_title_with_every_figure() -> None:
    titles = [title.text for title in drawn(bar_chart(CHART), "title")]
    assert titles == ["09:00: allowed 120, refused 3", "10:00: allowed 0, refused 0", "11:00: allowed 1, refused 1"]


def test_a_bar_with_an_address_is_a_link_and_another_is_not() -> None:
    links = drawn(bar_chart(CHART), "a")
    assert [link.get("href") for link in links] == ["?hour=9"]
    assert links[0].get("aria-label") == "09:00: allowed 120, refused 3"


def test_links_are_not_hidden_inside_an_image_role() -> None:
    assert SVG(bar_chart(CHART)).get("role") == "group"
    assert SVG(bar_chart(Chart("Calls", ("all",), (Bar("a", (1,)),)))).get("role") == "img"


def test_words_from_outside_cannot_become_markup() -> None:
    hostile = Chart('<script>"', ("<b>",), (Bar("<i>", (2,), '"><script>'),))
    for text in (bar_chart(hostile), line_chart(hostile)):
        assert {element.tag for element in SVG(text).iter()} <= {"svg", "line", "text", "a", "g", "title", "rect", "polyline", "circle"}


def test_bars_stack_without_overlap_and_stay_inside_the_field() -> None:
    allowed, refused = bars_of(bar_chart(CHART))[:2]
    assert float(refused.get("y", 0)) + float(refused.get("height", 0)) == pytest.approx(float(allowed.get("y", 0)), abs=0.11)
    assert float(refused.get("y", 0)) >= 0


def test_a_small_value_is_still_seen_and_zero_is_not_drawn() -> None:
    chart = Chart("Calls", ("all",), (Bar("a", (1,)), Bar("b", (0,)), Bar("c", (100_000,))))
    heights = [float(bar.get("height", 0)) for bar in bars_of(bar_chart(chart))]
    assert len(heights) == 2
    assert min(heights) >= 1


def test_heights_are_in_proportion() -> None:
    chart = Chart("Calls", ("all",), (Bar("a", (50,)), Bar("b", (100,))))
    low, high = (float(bar.get("height", 0)) for bar in bars_of(bar_chart(chart)))
    assert high == pytest.approx(2 * low, rel=0.01)


@pytest.mark.parametrize(("highest", "expected"), [(0, 1), (1, 1), (3, 4), (9, 10), (41, 50), (178, 200), (1001, 2000), (10_000, 10_000)])
def test_the_scale_ends_at_a_round_figure(highest: int, expected: int) -> None:
    assert ceiling(highest) == expected


def test_the_coarser_drawing_keeps_every_call() -> None:
    day = Chart("Calls", ("all", "refused"), tuple(Bar(f"{hour:02}:00", (hour, 1), "?") for hour in range(24)))
    phone = coarser(day, at_most=8)
    assert len(phone.bars) == 8
    assert phone.bars[0] == Bar("00:00–02:00", (3, 3))
    assert sum(bar.values[0] for bar in phone.bars) == sum(range(24))


def test_few_bars_are_not_joined() -> None:
    assert coarser(CHART) == CHART


def test_an_empty_chart_is_drawn_without_bars() -> None:
    empty = Chart("Calls", ("all",), ())
    assert bars_of(bar_chart(empty, shape=NARROW)) == []
    assert drawn(line_chart(empty), "circle") == []


def test_a_bar_with_a_missing_figure_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        bar_chart(Chart("Calls", ("allowed", "refused"), (Bar("a", (1,)),)))


def test_a_line_chart_has_one_curve_for_each_series_and_a_title_at_each_point() -> None:
    text = line_chart(CHART)
    assert [curve.get("class") for curve in drawn(text, "polyline")] == ["curve series-0", "curve series-1"]
    assert len(drawn(text, "circle")) == len(drawn(text, "title")) == 6


def test_no_drawing_carries_an_inline_style() -> None:
    assert "style" not in bar_chart(CHART) + line_chart(CHART)
