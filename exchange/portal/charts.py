"""Draws bar and line charts as SVG text on the server: no script, no inline style, readable without colour.

Pure: plain values in, text out. Colours come from classes (`series-0` …) that the style sheet fills.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Shape:
    """Size of a drawing in its own units: width and height, margins for scale (left) and labels (bottom), letter size, most labels."""

    width: int
    height: int
    left: int
    bottom: int
    letter: int
    labels: int
    top: int = 12

    @property
    def plot_width(self) -> int:
        """Width of the field between scale and right edge."""
        return self.width - self.left

    @property
    def plot_height(self) -> int:
        """Height of the field above the labels."""
        return self.height - self.bottom - self.top


WIDE = Shape(960, 260, 48, 26, 12, 12)
NARROW = Shape(340, 220, 40, 26, 13, 4)
NARROW_BARS = 8


@dataclass(frozen=True)
class Bar:
    """One bar or point: its label, one value for each series (none below zero), and the list that it leads to."""

    label: str
    values: tuple[int, ...]
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """A title, the names of the series, and the bars in order; every bar has as many values as there are series."""

    title: str
    series: tuple[str, ...]
    bars: tuple[Bar, ...]


def ceiling(highest: int) -> int:
    """Return the smallest of 1, 2, 4, 5, 10 … × 10ⁿ that is not below `highest`; 1 for an empty chart."""
    step = 1
    while step * 10 < highest:
        step *= 10
    return next(step * factor for factor in (1, 2, 4, 5, 10) if step * factor >= max(highest, 1))


def coarser(chart: Chart, *, at_most: int = NARROW_BARS) -> Chart:
    """Return the chart with neighbours added up until `at_most` bars are left; a joined bar leads nowhere."""
    size = -(-len(chart.bars) // at_most) or 1
    groups = [chart.bars[start : start + size] for start in range(0, len(chart.bars), size)]
    return Chart(chart.title, chart.series, tuple(_joined(group) for group in groups))


def _joined(group: Sequence[Bar]) -> Bar:
    if len(group) == 1:
        return group[0]
    sums = tuple(sum(values) for values in zip(*(bar.values for bar in group), strict=True))
    return Bar(f"{group[0].label}–{group[-1].label}", sums)


def title_of(chart: Chart, bar: Bar) -> str:
    """Return what a bar says: its label and each series with its value."""
    parts = [f"{name} {value:,}" for name, value in zip(chart.series, bar.values, strict=True)]
    return f"{bar.label}: {', '.join(parts)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(x: float, y: float, words: str, *, shape: Shape, anchor: str) -> str:
    return f'<text x="{_number(x)}" y="{_number(y)}" font-size="{shape.letter}" text-anchor="{anchor}">{escape(words)}</text>'


def _scale(shape: Shape, top: int) -> Iterator[str]:
    """Yield two grid lines with their figures, and the floor."""
    floor = shape.top + shape.plot_height
    for value in sorted({top, top // 2} - {0}):
        y = floor - shape.plot_height * value / top
        yield f'<line class="grid" x1="{shape.left}" x2="{shape.width}" y1="{_number(y)}" y2="{_number(y)}"/>'
        yield _text(shape.left - 8, y + shape.letter / 3, f"{value:,}", shape=shape, anchor="end")
    yield f'<line class="floor" x1="{shape.left}" x2="{shape.width}" y1="{floor}" y2="{floor}"/>'


def _labels(chart: Chart, shape: Shape) -> Iterator[str]:
    slot = shape.plot_width / max(len(chart.bars), 1)
    every = -(-len(chart.bars) // shape.labels) or 1
    for index, bar in enumerate(chart.bars):
        if index % every == 0:
            yield _text(shape.left + slot * (index + 0.5), shape.height - 6, bar.label.split("–", 1)[0], shape=shape, anchor="middle")


def _linked(bar: Bar, title: str, drawing: str) -> str:
    inside = f"<title>{escape(title)}</title>{drawing}"
    if not bar.url:
        return f"<g>{inside}</g>"
    return f'<a href="{escape(bar.url)}" aria-label="{escape(title)}">{inside}</a>'


def _stack(bar: Bar, x: float, width: float, shape: Shape, top: int) -> str:
    """Return the rectangles of one bar, first series at the floor; a value above zero is at least one unit high."""
    drawn, floor = [], float(shape.top + shape.plot_height)
    for index, value in enumerate(bar.values):
        height = max(shape.plot_height * value / top, 1.0) if value else 0.0
        floor -= height
        if value:
            size = f'width="{_number(width)}" height="{_number(height)}"'
            drawn.append(f'<rect class="series-{index}" x="{_number(x)}" y="{_number(floor)}" {size} rx="2"/>')
    return "".join(drawn)


def _frame(chart: Chart, shape: Shape, parts: Iterator[str], css_class: str) -> str:
    role = "group" if any(bar.url for bar in chart.bars) else "img"
    drawing = "".join(parts)
    opening = f'<svg class="{css_class}" viewBox="0 0 {shape.width} {shape.height}" role="{role}" aria-label="{escape(chart.title)}">'
    return f"{opening}{drawing}</svg>"


def bar_chart(chart: Chart, *, shape: Shape = WIDE, css_class: str = "mz-chart__wide") -> str:
    """Return stacked bars as SVG text; each bar has a title, and is a link when it has a url. Raises ValueError for too few values."""
    top = ceiling(max((sum(bar.values) for bar in chart.bars), default=0))
    slot = shape.plot_width / max(len(chart.bars), 1)
    width = min(slot * 0.74, 56)

    def parts() -> Iterator[str]:
        yield from _scale(shape, top)
        for index, bar in enumerate(chart.bars):
            x = shape.left + slot * index + (slot - width) / 2
            yield _linked(bar, title_of(chart, bar), _hit(x, width, shape) + _stack(bar, x, width, shape, top))
        yield from _labels(chart, shape)

    return _frame(chart, shape, parts(), css_class)


def _hit(x: float, width: float, shape: Shape) -> str:
    """Return an invisible field of full height, so that a small bar is still easy to point at."""
    return (
        f'<rect x="{_number(x)}" y="{shape.top}" width="{_number(width)}" height="{shape.plot_height}" fill="none" pointer-events="all"/>'
    )


def line_chart(chart: Chart, *, shape: Shape = WIDE, css_class: str = "mz-chart__wide") -> str:
    """Return one curve for each series as SVG text; each point has a title. Raises ValueError for a point with too few values."""
    top = ceiling(max((value for bar in chart.bars for value in bar.values), default=0))

    def parts() -> Iterator[str]:
        yield from _scale(shape, top)
        for index in range(len(chart.series)):
            places = list(_places(chart, index, shape, top))
            yield f'<polyline class="curve series-{index}" points="{" ".join(f"{_number(x)},{_number(y)}" for x, y in places)}"/>'
            for bar, (x, y) in zip(chart.bars, places, strict=True):
                yield _linked(bar, title_of(chart, bar), f'<circle class="series-{index}" cx="{_number(x)}" cy="{_number(y)}" r="4"/>')
        yield from _labels(chart, shape)

    return _frame(chart, shape, parts(), css_class)


def _places(chart: Chart, index: int, shape: Shape, top: int) -> Iterator[tuple[float, float]]:
    slot = shape.plot_width / max(len(chart.bars), 1)
    for number, bar in enumerate(chart.bars):
        yield shape.left + slot * (number + 0.5), shape.top + shape.plot_height * (1 - bar.values[index] / top)


def swatch(index: int) -> str:
    """Return the little square of the key for series `index`."""
    square = f'<rect class="series-{index}" width="14" height="14" rx="3"/>'
    return f'<svg class="mz-chart__swatch" viewBox="0 0 14 14" aria-hidden="true">{square}</svg>'
