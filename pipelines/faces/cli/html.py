"""A document as one page of HTML: headings, paragraphs and real tables; everything from the document is escaped."""

from collections.abc import Iterator
from html import escape

from schemas.document import Block, Cell, Document, Table

_HEAD = """<!DOCTYPE html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ max-width: 60em; margin: 2em auto; padding: 0 1em; font-family: serif; line-height: 1.7 }}
table {{ border-collapse: collapse; margin: 1em 0 }}
th, td {{ border: 1px solid #888; padding: .2em .6em; vertical-align: top; white-space: pre-line }}
caption {{ text-align: left }}
.note, .header, .footer {{ color: #555; font-size: 90% }}
</style>
"""


def html(document: Document) -> str:
    """The whole page."""
    body = [_block(document, block) for block in document.blocks]
    return _HEAD.format(title=escape(document.title or document.name)) + "\n".join(body) + "\n</html>\n"


def _block(document: Document, block: Block) -> str:
    if block.table is not None:
        return "\n".join(_table(document.tables[block.table]))
    text = escape(document.text[block.start : block.end].strip())
    if block.kind == "heading":
        level = min(6, (block.level or 0) + 1)
        return f"<h{level}>{text}</h{level}>"
    return f"<p>{text}</p>" if block.kind == "paragraph" else f'<p class="{block.kind}">{text}</p>'


def _table(table: Table) -> Iterator[str]:
    yield "<table>"
    if table.caption or table.unit:
        unit = f"（单位：{table.unit}）" if table.unit else ""
        yield f"<caption>{escape(table.caption + unit)}</caption>"
    rows: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row].append(cell)
    for row in rows:
        yield f"<tr>{''.join(_cell(table, cell) for cell in row)}</tr>"
    yield "</table>"


def _cell(table: Table, cell: Cell) -> str:
    tag = "th" if cell.row < table.header_rows else "td"
    rows = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    columns = f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    return f"<{tag}{rows}{columns}>{escape(cell.text)}</{tag}>"
