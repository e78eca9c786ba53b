"""Writes a report as a born-digital PDF: embedded subset font, running header, page numbers, ruled tables."""

import io
from pathlib import Path
from typing import Any

from reportlab.lib import colors, textsplit
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import CondPageBreak, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as Flow
from reportlab.platypus import Table as Grid

from making.outline import Heading, Report, Table, spans

#: WenQuanYi Micro Hei (Apache-2.0 or GPL-3 with font exception), Debian's fonts-wqy-microhei.
FONT_FILE = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
FONT = "MicroHei"

# reportlab lets a line begin with a full-width comma or semicolon.
textsplit.ALL_CANNOT_START += "，；：！？”"

BASE = ParagraphStyle("base", fontName=FONT, fontSize=12, leading=21, wordWrap="CJK")
BODY = ParagraphStyle("body", BASE, firstLineIndent=24)
STYLES = {
    "title": ParagraphStyle("title", BASE, fontSize=17, leading=28, alignment=TA_CENTER),
    "subtitle": ParagraphStyle("subtitle", BASE, alignment=TA_CENTER, spaceAfter=14),
    1: ParagraphStyle("h1", BODY, fontSize=14, leading=26, spaceBefore=6, keepWithNext=1),
    2: ParagraphStyle("h2", BODY, fontSize=12.5, leading=23, keepWithNext=1),
    "caption": ParagraphStyle("caption", BASE, alignment=TA_CENTER, spaceBefore=8),
    "unit": ParagraphStyle("unit", BASE, fontSize=10, leading=14, alignment=TA_RIGHT),
    "cell": ParagraphStyle("cell", BASE, fontSize=10, leading=14, alignment=TA_CENTER),
}


def available() -> bool:
    """Whether this machine has the font."""
    return FONT_FILE.exists()


def write_report(report: Report, *, repeat: bool) -> bytes:
    """The report as PDF bytes, the same on every run; `repeat` heads a table again on the page that it goes on to."""
    pdfmetrics.registerFont(TTFont(FONT, str(FONT_FILE)))
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=2.8 * cm,
        rightMargin=2.6 * cm,
        topMargin=3 * cm,
        bottomMargin=2.6 * cm,
        title=report.title,
        author="云川样例",
        invariant=1,
        initialFontName=FONT,
    )

    def frame(canvas: Any, page: Any) -> None:
        _frame(canvas, page, report.header)

    document.build(_story(report, repeat=repeat), onFirstPage=frame, onLaterPages=frame)
    return buffer.getvalue()


def _frame(canvas: Any, page: Any, header: str) -> None:
    """The running header over a thin line, and the page number "— 3 —"."""
    width, height = A4
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(width / 2, height - 1.9 * cm, header)
    canvas.setLineWidth(0.5)
    canvas.line(2.6 * cm, height - 2.1 * cm, width - 2.6 * cm, height - 2.1 * cm)
    canvas.drawCentredString(width / 2, 1.5 * cm, f"— {page.page} —")


def _story(report: Report, *, repeat: bool) -> list[Any]:
    story = [Flow(report.title, STYLES["title"]), Flow(report.subtitle, STYLES["subtitle"])]
    for part in report.parts:
        if isinstance(part, Table):
            above = [CondPageBreak(4 * cm), Flow(part.caption, STYLES["caption"]), Flow(part.unit, STYLES["unit"])]
            story += [*above, _grid(part, repeat=repeat), Spacer(1, 10)]
        elif isinstance(part, Heading):
            story.append(Flow(part.passage.text, STYLES[part.level]))
        else:
            story.append(Flow(part.passage.text, BODY))
    return story


def _grid(table: Table, *, repeat: bool) -> Any:
    cells = [
        ["" if text in {"<", "^"} else Flow(text.replace("<", "&lt;"), STYLES["cell"]) for text in row]
        for row in table.rows
    ]
    merges = [("SPAN", (left, top), (right, bottom)) for top, left, bottom, right in spans(table.rows)]
    rules = [("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    return Grid(cells, repeatRows=int(repeat), style=rules + merges)
