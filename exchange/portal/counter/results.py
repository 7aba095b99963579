"""What the citizen takes home from a counter: the outcome with its reasons, and a drawing that leads to the check. No values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from exchange.affairs.models import Case
from exchange.portal.templatetags.look_text import bilingual


@dataclass(frozen=True)
class Given:
    """One benefit of the matter: its title, its outcome, and for a refusal the reasons with what can be done."""

    title: str
    outcome: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Result:
    """Everything on the paper. `check` is the address that anybody may open; `drawing` its QR code as SVG."""

    outcome: str
    benefits: tuple[Given, ...]
    appeal: str
    check: str = ""
    drawing: Any = ""


def result_of(request: HttpRequest, case: Case) -> Result:
    """The result of a case, decided or not."""
    from exchange.affairs.reading import decision_of, judgement_of

    decision = decision_of(case)
    benefits = tuple(_given(benefit) for benefit in judgement_of(decision).benefits) if decision else ()
    appeal = bilingual((case.version.content.get("appeal") or {}).get("text") or "")
    licence = case.licences.order_by("-issued_at").first()
    if licence is None:
        return Result(case.outcome, benefits, appeal)
    address = request.build_absolute_uri(f"/v/{licence.pk}")
    return Result(case.outcome, benefits, appeal, address, _drawn(address))


def _given(benefit: Any) -> Given:
    reasons = tuple((bilingual(line.reason), bilingual(line.remedy)) for line in benefit.causes) if benefit.outcome == "REFUSE" else ()
    return Given(bilingual(benefit.title), benefit.outcome, reasons)


def _drawn(address: str) -> Any:
    import io

    import segno
    from django.utils.safestring import mark_safe

    drawing = io.BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2)
    return mark_safe(drawing.getvalue().decode())  # noqa: S308 - drawn here from an address of our own
