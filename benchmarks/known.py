"""Documents whose text and grids we know, for we made them: prose, ruled tables, merged cells, tables over pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

#: Row, column, rows and columns that it spans, text.
Cell = tuple[int, int, int, int, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A document and its truth: paragraphs, and grids as cells in row order."""

    name: str
    parts: tuple[str | tuple[Cell, ...], ...]

    @property
    def text(self) -> str:
        """Everything that is printed, in reading order, without white space."""
        pieces = (part if isinstance(part, str) else "".join(cell[4] for cell in part) for part in self.parts)
        return "".join("".join(pieces).split())

    @property
    def tables(self) -> list[tuple[Cell, ...]]:
        """The grids."""
        return [part for part in self.parts if not isinstance(part, str)]


def prose(count: int, start: int = 0) -> Iterator[str]:
    """Paragraphs of a report that nobody wrote, each with figures of its own."""
    for number in range(start, start + count):
        budget, spent = 120 + 7 * number, 113 + 6 * number
        yield (
            f"{number + 1}.河道巡护项目{2019 + number % 6}年安排预算{budget}.{number % 90 + 10}万元，"
            f"实际支出{spent}.05万元，执行率{spent * 100 // budget}.{number % 10}%。"
            f"全年清理岸线{number * 3 + 41}公里，更换护栏{number * 11 + 208}米，较上年增加{number % 37 + 3}米；"
            f"受访的{number + 65}户沿岸居民中，表示满意的有{number + 60}户。"
        )


def ruled(rows: int, columns: int = 5) -> tuple[Cell, ...]:
    """A plain table: a head and rows of figures."""
    head = ("序号", "事项", "预算数（万元）", "执行数（万元）", "完成情况", "说明", "备注")[:columns]
    grid: list[Sequence[str]] = [head]
    for row in range(1, rows):
        values = (
            str(row),
            f"第{row}段护岸维修",
            f"{row * 31 + 1200:,}.50",
            f"{row * 29 + 1100:,}.25",
            f"{row % 9 + 90}.5%",
        )
        grid.append((*values, "按期", "无")[:columns])
    return tuple((r, c, 1, 1, text) for r, row in enumerate(grid) for c, text in enumerate(row))


def merged() -> tuple[Cell, ...]:
    """A self-evaluation form: labels over several columns, indicators over several rows."""
    cells: list[Cell] = [
        (0, 0, 1, 2, "项目名称"),
        (0, 2, 1, 4, "河道巡护与岸线清理"),
        (1, 0, 2, 1, "项目资金（万元）"),
        (1, 1, 1, 1, "年初预算数"),
        (1, 2, 1, 1, "全年预算数"),
        (1, 3, 1, 1, "全年执行数"),
        (1, 4, 1, 1, "分值"),
        (1, 5, 1, 1, "得分"),
        (2, 1, 1, 1, "310.00"),
        (2, 2, 1, 1, "298.60"),
        (2, 3, 1, 1, "291.37"),
        (2, 4, 1, 1, "10"),
        (2, 5, 1, 1, "9.76"),
    ]
    row = 3
    for first, seconds in (("产出指标", ("数量", "质量", "时效")), ("效益指标", ("社会效益", "生态效益"))):
        cells.append((row, 0, 2 * len(seconds), 1, first))
        for second in seconds:
            cells.append((row, 1, 2, 1, second))
            for third in range(2):
                at = row + third
                texts = (f"{second}第{third + 1}项", f"≥{at * 13}处", f"{at * 14}处", f"{at + 2}")
                cells += [(at, column + 2, 1, 1, text) for column, text in enumerate(texts)]
            row += 2
    cells += [(row, 0, 1, 5, "合计"), (row, 5, 1, 1, "94.76")]
    return tuple(sorted(cells))


def documents() -> tuple[Known, ...]:
    """The known documents for a word processor."""
    return (
        Known("prose", ("河道巡护项目绩效自评报告", *prose(30))),
        Known("ruled", ("表1 事项明细", ruled(8), *prose(3), "表2 事项明细", ruled(12, 7), *prose(2, 50))),
        Known("merged", ("项目支出绩效自评表", merged(), *prose(2, 70))),
        Known("over_pages", (*prose(4, 90), "表3 全部事项", ruled(90), *prose(2, 95))),
    )


def sheets() -> tuple[Known, ...]:
    """The known documents for a spreadsheet: one grid each."""
    return (Known("sheet_ruled", (ruled(30, 7),)), Known("sheet_merged", (merged(),)))


def shape(cells: Sequence[Cell]) -> tuple[int, int]:
    """Rows and columns of a grid."""
    return max(cell[0] + cell[2] for cell in cells), max(cell[1] + cell[3] for cell in cells)


def docx(known: Known) -> bytes:
    """The document as Word would save it; a table's first row is repeated on every page."""
    from docx import Document
    from docx.oxml import OxmlElement

    document = Document()
    for part in known.parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(*shape(part), style="Table Grid")
        for row, column, rows, columns, text in part:
            cell = table.cell(row, column)
            if rows > 1 or columns > 1:
                cell = cell.merge(table.cell(row + rows - 1, column + columns - 1))
            cell.text = text
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    return _saved(document)


def xlsx(known: Known) -> bytes:
    """The first grid as a workbook without a line more; every cell is a text, as people type them."""
    from openpyxl import Workbook
    from openpyxl.styles import Border, Side
    from openpyxl.worksheet.properties import PageSetupProperties

    book: Any = Workbook()
    sheet, side = book.active, Side(style="thin")
    rows, columns = shape(known.tables[0])
    for each in sheet.iter_rows(1, rows, 1, columns):
        for cell in each:
            cell.border = Border(side, side, side, side)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0  # all columns on one page, or the truth would have another order
    for letter in "ABCDEFG":
        sheet.column_dimensions[letter].width = 22  # a text that is too wide for its cell is cut off in print
    for row, column, rows, columns, text in known.tables[0]:
        sheet.cell(row + 1, column + 1, text)
        if rows > 1 or columns > 1:
            sheet.merge_cells(
                start_row=row + 1, start_column=column + 1, end_row=row + rows, end_column=column + columns
            )
    return _saved(book)


def _saved(document: Any) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def pdf(pages: int) -> bytes:
    """A report of so many pages: of each three, one holds a ruled table."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for page in range(pages):
        canvas.setFont("STSong-Light", 12)
        lines = "".join(prose(9, page * 9))
        for number in range(32 if page % 3 else 8):
            canvas.drawString(80, 770 - 21 * number, lines[number * 36 : number * 36 + 36])
        if page % 3 == 0:
            _grid(canvas, page)
        canvas.drawCentredString(297, 40, f"— {page + 1} —")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _grid(canvas: Any, page: int) -> None:
    rows, columns, left, top, width, height = 20, 5, 80, 590, 88, 24
    canvas.grid(
        [left + width * column for column in range(columns + 1)], [top - height * row for row in range(rows + 1)]
    )
    canvas.setFont("STSong-Light", 9)
    for row in range(rows):
        values = (
            ("事项", "预算数", "执行数", "执行率", "得分") if not row else (f"第{page}-{row}项", *_figures(page, row))
        )
        for column, value in enumerate(values):
            canvas.drawString(left + width * column + 6, top - height * row - 16, value)


def _figures(page: int, row: int) -> tuple[str, ...]:
    return f"{page * 3 + row * 17}.50", f"{page * 2 + row * 16}.25", f"{90 + row % 9}.5%", f"{row % 10}.0"
