"""Tags for charts: the drawing for wide screens, a coarser one for phones, and the same figures as a table."""

from collections.abc import Callable

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from exchange.portal import charts

register = template.Library()


def _figure(chart: charts.Chart, draw: Callable[..., str], first: str) -> SafeString:
    """charts.py escapes every word that it writes; that is why its text is taken as safe."""
    narrow = draw(charts.coarser(chart), shape=charts.NARROW, css_class="mz-chart__narrow")
    context = {
        "chart": chart,
        "first": first,
        "wide": mark_safe(draw(chart)),  # noqa: S308
        "narrow": mark_safe(narrow),  # noqa: S308
        "key": [(mark_safe(charts.swatch(index)), name) for index, name in enumerate(chart.series)],  # noqa: S308
    }
    return render_to_string("components/chart.html", context)


@register.simple_tag
def bar_chart(chart: charts.Chart, first: str = "") -> SafeString:
    """`{% bar_chart chart _("Hour") %}`: a charts.Chart as stacked bars; the second argument heads the first column of the table."""
    return _figure(chart, charts.bar_chart, first)


@register.simple_tag
def line_chart(chart: charts.Chart, first: str = "") -> SafeString:
    """`{% line_chart chart _("Day") %}`: a charts.Chart as curves."""
    return _figure(chart, charts.line_chart, first)
