"""Writes a report or a form as DOCX: heading numbers that Word counts, merged cells, footnotes, page numbers."""

import io
import re
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from making.outline import Heading, Report, Rows, Table, spans
from making.packing import repack

NUMBER = re.compile(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+\. ")
FOOTNOTE = re.compile(r"\^\[(.+?)\]")
ITEM = re.compile(r"\d+\. ")
WRITTEN = datetime(2024, 4, 1, 9, 0, tzinfo=UTC)

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FOOTNOTES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
)
SURPLUS = ("/stylesWithEffects", "/thumbnail", "/customXml")
#: Three levels: 一、 （一） 1.
LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3."))
NUMBERING = (
    f'<w:abstractNum xmlns:w="{W}" w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>'
    + "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        for level, (form, text) in enumerate(LEVELS)
    )
    + "</w:abstractNum>"
)
SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)


def write_report(report: Report, *, numbered: bool) -> bytes:
    """A report as a Word file; `numbered` leaves the heading numbers to Word instead of typing them."""
    document = _new(report.title)
    if numbered:
        _add_numbering(document)
    notes: list[str] = []
    for part in report.parts:
        if isinstance(part, Table):
            _caption(document, part)
            _grid(document, part.rows)
        elif isinstance(part, Heading):
            text = NUMBER.sub("", part.passage.text, count=1) if numbered else part.passage.text
            heading = document.add_heading(text, part.level)
            if numbered:
                _number(heading, part.level - 1)
        else:
            _paragraph(document, part.passage.text, notes, numbered=numbered)
    if notes:
        _add_footnotes(document, notes)
    return _saved(document)


def write_form(title: str, year: int, rows: Rows) -> bytes:
    """A self-evaluation form as a Word file that is one table."""
    document = _new(title)
    _centred(document, f"（{year}年度）", 12)
    _grid(document, rows)
    return _saved(document)


def _new(title: str) -> Any:
    document = docx.Document()
    _slim(document)
    for name, size, font in (("Normal", 12, "仿宋"), ("Heading 1", 15, "黑体"), ("Heading 2", 13, "楷体")):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Times New Roman", Pt(size), RGBColor(0, 0, 0)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    properties = document.core_properties
    properties.created = properties.modified = WRITTEN
    properties.author = properties.last_modified_by = "云川样例"
    properties.title = title
    _centred(document, title, 18)
    _page_number(document)
    return document


def _slim(document: Any) -> None:
    """Leaves out what python-docx's template brings along: a hundred table styles, twice, and a thumbnail."""
    for style in document.styles.element.findall(qn("w:style")):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) not in {"TableNormal", "TableGrid"}:
            style.getparent().remove(style)
    for relations in (document.part.rels, document.part.package.rels):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(SURPLUS)]:
            del relations[key]


def _centred(document: Any, text: str, size: int) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), size > 12


def _page_number(document: Any) -> None:
    """A footer with the PAGE field, as in "— 3 —"."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no fields
    paragraph.add_run(" —")


def _paragraph(document: Any, text: str, notes: list[str], *, numbered: bool) -> None:
    item = numbered and ITEM.match(text)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Cm(0.85)
    if item:
        _number(paragraph, 2)
        text = text[item.end() :]
    for place, piece in enumerate(FOOTNOTE.split(text)):
        if place % 2 == 0:
            paragraph.add_run(piece)
        else:
            notes.append(piece)
            _reference(paragraph, len(notes))


def _reference(paragraph: Any, number: int) -> None:
    run = paragraph.add_run()
    run.font.superscript = True
    mark = OxmlElement("w:footnoteReference")
    mark.set(qn("w:id"), str(number))
    run._r.append(mark)  # noqa: SLF001 - python-docx has no footnotes


def _add_footnotes(document: Any, notes: list[str]) -> None:
    body = "".join(
        f'<w:footnote w:id="{i}"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {escape(text)}</w:t></w:r></w:p></w:footnote>'
        for i, text in enumerate(notes, 1)
    )
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes xmlns:w="{W}">{SEPARATORS}{body}</w:footnotes>'
    relation, content_type = FOOTNOTES
    part = Part(PackURI("/word/footnotes.xml"), content_type, xml.encode(), document.part.package)
    document.part.relate_to(part, relation)


def _add_numbering(document: Any) -> None:
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(NUMBERING))
    numbering.append(parse_xml(f'<w:num xmlns:w="{W}" w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))


def _number(paragraph: Any, level: int) -> None:
    numbers = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - python-docx has no list levels
    numbers.get_or_add_ilvl().val = level
    numbers.get_or_add_numId().val = 90


def _caption(document: Any, table: Table) -> None:
    _centred(document, table.caption, 12)
    unit = document.add_paragraph(table.unit)
    unit.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _grid(document: Any, rows: Rows) -> None:
    grid = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    for top, left, bottom, right in spans(rows):
        grid.cell(top, left).merge(grid.cell(bottom, right))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text not in {"<", "^"}:
                grid.cell(r, c).text = text
    document.add_paragraph()


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return repack(buffer.getvalue())
