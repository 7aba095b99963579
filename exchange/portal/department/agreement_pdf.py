"""An agreement on paper: English and Chinese side by side, drawn so that the same agreement gives the same bytes.

The font is the Asian standard one that PDF readers bring along (STSong-Light, Adobe-GB1): nothing is embedded. What was
signed stays the canonical text; the paper names its hash.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from exchange.portal.department import agreement_reading as reading
from exchange.portal.department.desk import Desk
from exchange.portal.templatetags.look_text import bilingual
from exchange.sharing.models import Agreement

LANGUAGES = ("en", "zh-hans")
FONT = "STSong-Light"
QR_MM = 32


def drawn(desk: Desk, agreement: Agreement) -> bytes:
    """The bytes of the PDF; no date of making and no random id stand in it (reportlab's `invariant`)."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    paper = io.BytesIO()
    document = SimpleDocTemplate(
        paper,
        pagesize=A4,
        invariant=1,
        title=f"Agreement {agreement.agreement_id}",
        author=str(agreement.document["hub"]),
        **dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 18 * mm),
    )
    document.build(_story(desk, agreement))
    return paper.getvalue()


def address(agreement: Agreement) -> str:
    """Where the code leads: the page of the agreement, in the reader's own language."""
    return f"{settings.PUBLIC_URLS[0]}/console/agreements/{agreement.agreement_id}"


def rows_of(desk: Desk, agreement: Agreement) -> list[tuple[str, str]]:
    """What the paper says, in the active language: label and text."""
    shown = reading.shown_agreement(desk, agreement)
    text, none = shown.text, _("none")
    quota = {"day": text["quota"]["per_day"], "minute": text["quota"]["burst_per_minute"]}
    facts = ["; ".join((fact.title, *fact.terms)) for fact in shown.facts]
    return [
        (_("Owner"), f"{agreement.provider.name} ({text['provider']})"),
        (_("Requester"), f"{agreement.requester.name} ({text['requester']})"),
        (_("Systems that may call"), ", ".join(text["systems"])),
        (_("Dataset"), f"{text['dataset']} {agreement.dataset.title}"),
        (_("Ways of asking"), "\n".join(shown.methods)),
        (_("Items"), "\n".join(_item(item) for item in shown.items) or none),
        (_("Facts"), "\n".join(facts) or none),
        (_("Which rows"), "\n".join(shown.rows) or _("every row")),
        *([(_("Masked"), ", ".join(text["masks"]))] if text.get("masks") else []),
        (_("Purpose"), "\n".join(shown.purposes)),
        (_("Legal basis"), "\n".join(f"{bilingual(row['text'])}, {bilingual(row['article'])}" for row in text["legal_basis"])),
        (_("Quota"), "\n".join([_("%(day)s subjects a day, %(minute)s a minute") % quota, *_closer(text["quota"])])),
        (_("Period of the agreement"), f"{text['period']['from']} – {text['period']['until']}"),
        (_("Answers may be kept"), _("%(n)s days") % {"n": text["retention"]["days"]}),
        *([(_("Replaces"), str(text["supersedes"]))] if text["supersedes"] else []),
        *((_("Signed by: %(side)s") % {"side": row.side}, f"{row.keyid}, {row.signed_at}") for row in shown.signatures),
        *([(_("Signed in advance"), agreement.offer_hash)] if agreement.offer_hash else []),
    ]


def _closer(quota: Mapping[str, Any]) -> list[str]:
    """The limits by officer and by subject, where there are any."""
    officer, subject = quota.get("per_officer_day"), quota.get("per_subject_days")
    lines = [_("one officer: %(n)s subjects a day") % {"n": officer}] if officer else []
    return lines + ([_("the same subject: asked about %(n)s times in %(days)s days") % subject] if subject else [])


def _item(item: reading.Line) -> str:
    if item.sensitivity is None:
        return item.title
    return _("%(title)s, sensitivity %(class)s") % {"title": item.title, "class": item.sensitivity}


def _story(desk: Desk, agreement: Agreement) -> list[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import PageBreak, Paragraph, Spacer

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=9, leading=13, wordWrap="CJK")
    title = ParagraphStyle("title", parent=plain, fontSize=15, leading=20, spaceAfter=8)
    story: list[Any] = []
    for language in LANGUAGES:
        with override(language):
            rows = [("id", agreement.agreement_id), (_("Hash"), reading.shown_agreement(desk, agreement).hash), *rows_of(desk, agreement)]
            names = {"requester": agreement.requester.name, "provider": agreement.provider.name, "title": agreement.dataset.title}
            heading = _("%(requester)s may ask %(provider)s: %(title)s") % names
            note = _("The signed text decides; this paper only shows it. Its hash stands above.")
        story += [] if not story else [PageBreak()]
        story += [Paragraph(escape(heading), title), _table(rows, plain), Spacer(1, 8), Paragraph(escape(note), plain), Spacer(1, 8)]
        story.append(_code(address(agreement)))
    return story


def _table(rows: list[tuple[str, str]], style: Any) -> Any:
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, Table

    cells = [[Paragraph(escape(label), style), Paragraph(escape(text).replace("\n", "<br/>"), style)] for label, text in rows]
    lines = [("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table(cells, colWidths=[46 * mm, 128 * mm], style=lines)


def _code(text: str) -> Any:
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.units import mm

    size = QR_MM * mm
    drawing = Drawing(size, size)
    drawing.add(QrCodeWidget(text, barWidth=size, barHeight=size, barLevel="M"))
    return drawing
