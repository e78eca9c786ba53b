"""Makes every document of the archive in memory, with what is known about it."""

from dataclasses import dataclass
from decimal import Decimal

from making import pdf, sheet, text, word
from making.forms import TITLE, form_grid, total_score
from making.outline import Report, Rows, Table, compose
from making.template import Gold, Pen
from making.units import Raw, Unit

NOTICE = """　　云川市青沅区澜桥街道办事处关于公示绩效自评结果的说明

　　按照政务公开要求，现将本街道项目支出绩效自评结果予以公示，公示期间如有意见，请向街道财政所书面反映。
"""


@dataclass(frozen=True, slots=True)
class Made:
    """One file: its bytes, its identity, its text as composed, and the faults and look-alikes in it.

    `text` holds everything that is printed (for a plain text exactly the file); `figures` have offsets into it only
    where `plain` is true. `data` is None for a PDF on a machine without the font.
    """

    file: str
    data: bytes | None
    unit: Unit
    year: int
    kind: str
    outcome: str = "ok"
    score: Decimal | None = None
    grade: str | None = None
    text: str = ""
    plain: bool = False
    figures: tuple[Gold, ...] = ()
    tables: tuple[Rows, ...] = ()
    faults: tuple[Raw, ...] = ()
    lookalikes: tuple[Raw, ...] = ()


def make_archive(units: tuple[Unit, ...], slots: dict[str, list[str]]) -> tuple[Made, ...]:
    """Reports, forms and the three files that cannot be taken at face value."""
    reports = [make_report(unit, entry, slots) for unit in units for entry in unit.reports]
    forms = [make_form(unit, entry) for unit in units for entry in unit.forms]
    return (*reports, *forms, *_awkward(units, reports))


def make_report(unit: Unit, entry: Raw, slots: dict[str, list[str]]) -> Made:
    """A prose report in the format that its file name asks for."""
    pen = Pen(unit, entry["year"])
    report = compose(pen, entry, slots)
    suffix = entry["file"].rpartition(".")[2]
    composed, figures = _composed(report)
    if suffix == "txt":
        laid_out = text.lay_out(report, entry["encoding"])
        composed, figures = laid_out.text, laid_out.figures
    return Made(
        file=f"{_folder(unit)}/{entry['file']}",
        data=_bytes(report, suffix, composed, entry),
        unit=unit,
        year=entry["year"],
        kind="项目自评",
        score=unit.need("自评得分", entry["year"]).number,
        grade=entry["grade"],
        text=composed,
        plain=suffix == "txt",
        figures=figures,
        tables=tuple(part.rows for part in report.parts if isinstance(part, Table)),
        faults=tuple(entry.get("fault", ())),
        lookalikes=tuple(entry.get("lookalike", ())),
    )


def make_form(unit: Unit, entry: Raw) -> Made:
    """A self-evaluation form as a workbook or a Word table."""
    pen = Pen(unit, entry["year"])
    rows = form_grid(pen, entry)
    write = word.write_form if entry["file"].endswith(".docx") else sheet.write_form
    return Made(
        file=f"{_folder(unit)}/{entry['file']}",
        data=write(TITLE, entry["year"], rows),
        unit=unit,
        year=entry["year"],
        kind="自评表",
        score=total_score(pen, entry),
        grade=entry["grade"],
        text="\n".join(cell for row in rows for cell in row if cell not in {"<", "^"}),
        tables=(rows,),
    )


def _bytes(report: Report, suffix: str, composed: str, entry: Raw) -> bytes | None:
    if suffix == "txt":
        return text.encode(composed, entry["encoding"])
    if suffix == "docx":
        return word.write_report(report, numbered=entry.get("numbered", True))
    return pdf.write_report(report, repeat=entry.get("repeat", True)) if pdf.available() else None


def _composed(report: Report) -> tuple[str, tuple[Gold, ...]]:
    """Everything that a report prints, for the checks; figures keep their offsets within their paragraph."""
    lines = [report.title, report.subtitle]
    figures: list[Gold] = []
    for part in report.parts:
        if isinstance(part, Table):
            lines += [part.caption, part.unit, *(cell for row in part.rows for cell in row)]
        else:
            lines.append(part.passage.text)
            figures += part.passage.figures
    return "\n".join(lines), tuple(figures)


def _awkward(units: tuple[Unit, ...], reports: list[Made]) -> tuple[Made, ...]:
    """A truncated package, an empty file, and plain text under a Word name."""
    union, disabled, forestry, street = units
    whole = next(
        made.data for made in reports if made.unit is disabled and made.file.endswith("2020-项目支出绩效自评报告.docx")
    )
    cut = whole[: len(whole) * 3 // 5] if whole else None
    return (
        Made(f"{_folder(union)}/2021-佐证材料.docx", cut, union, 2021, "其他", outcome="damaged"),
        Made(f"{_folder(forestry)}/2020-项目支出绩效自评表.xlsx", b"", forestry, 2020, "自评表", outcome="empty"),
        Made(f"{_folder(street)}/2022-公示说明.docx", NOTICE.encode(), street, 2022, "其他", text=NOTICE),
    )


def _folder(unit: Unit) -> str:
    """The folder of a unit: its name without the district in front."""
    return unit.name.removeprefix("云川市青沅区")
