"""Blocks of a document as HTML: headings, paragraphs and real tables; everything from the document is escaped."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from html import escape

from schemas.document import Block, Cell, Document, Table


def block_html(document: Document, block: Block) -> str:
    """The block as an element."""
    if block.table is not None:
        return "\n".join(_table(document, document.tables[block.table]))
    text = _marked(document, block.start, block.end)
    if block.kind == "heading":
        level = min(6, (block.level or 0) + 1)
        return f"<h{level}>{text}</h{level}>"
    return f"<p>{text}</p>" if block.kind == "paragraph" else f'<p class="{block.kind}">{text}</p>'


def _marked(document: Document, start: int, end: int) -> str:
    """The text of a span, in which the characters that OCR is not sure of are marked."""
    first = bisect_right(document.doubts, start, key=lambda doubt: doubt.end)
    last = bisect_left(document.doubts, end, key=lambda doubt: doubt.start)
    pieces, place = [], start
    for doubt in document.doubts[first:last]:
        low, high = max(start, doubt.start), min(end, doubt.end)
        sure = f'<mark title="把握 {doubt.confidence:.2f}">{escape(document.text[low:high])}</mark>'
        pieces += [escape(document.text[place:low]), sure]
        place = high
    return "".join([*pieces, escape(document.text[place:end])]).strip()


def _table(document: Document, table: Table) -> Iterator[str]:
    yield '<div class="wide"><table>'
    if table.caption or table.unit:
        unit = f"（单位：{table.unit}）" if table.unit else ""
        yield f"<caption>{escape(table.caption + unit)}</caption>"
    rows: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row].append(cell)
    for row in rows:
        yield f"<tr>{''.join(_cell(document, table, cell) for cell in row)}</tr>"
    yield "</table></div>"


def _cell(document: Document, table: Table, cell: Cell) -> str:
    tag = "th" if cell.row < table.header_rows else "td"
    rows = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    columns = f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    return f"<{tag}{rows}{columns}>{_marked(document, cell.start, cell.end)}</{tag}>"
