"""`jihe extract` and `jihe text`: what is in a document, to standard output."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import click

from pipelines.faces.cli.command import command, format_option, limit_options, timeout_option
from pipelines.faces.cli.console import put, put_json, put_rows, put_utf8, show, table, talk
from pipelines.faces.cli.exits import Exit, gravest
from pipelines.faces.cli.files import reported, results
from schemas.errors import Problem

if TYPE_CHECKING:
    from schemas.document import Document
    from schemas.extraction import Extraction

Rows = list[dict[str, Any]]

FIGURES = ("text", "kind", "value", "unit", "approx", "role", "period", "subject", "place", "rule")
CLAIMS = ("level1", "level2", "level3", "operator", "target", "actual", "unit", "weight", "score", "verdict", "place")
COVERAGE = ("kind", "sort", "number", "share")
#: Where a numeral can have gone.
ACCOUNTED: Mapping[str, str] = {"figure": "数据", "date": "日期", "identifier": "编号类", "unexplained": "未解释"}
UNEXPLAINED = ("text", "place", "上下文", "reason")

#: Characters of the text shown on either side of a numeral that nothing accounts for.
AROUND = 12


@command(
    "extract",
    "jihe extract 自评报告.docx",
    "jihe extract 自评报告.docx --coverage",
    "jihe extract *.pdf --format jsonl > 数据.jsonl",
    "jihe extract '2023年.zip!某局/自评报告.docx'",
    "cat 自评报告.txt | jihe extract - --claims",
)
@click.argument("files", nargs=-1, required=True, metavar="文件...")
@format_option("table", "jsonl", "csv")
@click.option("--claims", is_flag=True, help="列出指标（目标、实际、得分），不列数据。")
@click.option("--coverage", is_flag=True, help="每一个数字的去向：数据、日期、编号各多少，未解释的逐个列出。")
@timeout_option
@limit_options
def extract(
    files: tuple[str, ...], form: Literal["table", "jsonl", "csv"], claims: bool, coverage: bool, timeout: float | None
) -> Exit:
    """抽取文件中的每一个数，连同它的类别、数值、单位、口径、主体和位置。文件写 - 时读标准输入。

    压缩包里的逐个读；只要其中一份时写 压缩包!里面的路径。
    """
    if claims and coverage:
        raise click.UsageError("--claims 和 --coverage 只能选一个")
    from pipelines.work import extraction

    codes = [Exit.DONE]
    with results(files, extraction, timeout) as found:
        for source, extracted in found:
            codes.append(reported(source, extracted))
            if isinstance(extracted, Problem):
                continue
            if form == "table":
                put(source)
            if coverage:
                _put_coverage(form, extracted)
            else:
                _put(form, extracted, claims=claims)
    return gravest(codes)


def _put(form: Literal["table", "jsonl", "csv"], extraction: "Extraction", *, claims: bool) -> None:
    records: Iterable[Any] = extraction.claims if claims else extraction.figures
    if form == "jsonl":
        for record in records:
            put_json(record)
    else:
        put_rows(form, CLAIMS if claims else FIGURES, _placed(records, extraction))


def _placed(records: Iterable[Any], extraction: "Extraction") -> Rows:
    """Records as rows that say for people where each stands; a range shows its bounds as its value."""
    from dataclasses import fields

    from pipelines.audit.context import Context

    context = Context(extraction)
    rows = [{field.name: getattr(record, field.name) for field in fields(record)} for record in records]
    for row in rows:
        row["place"] = context.place(row["start"], row["end"])
        if row.get("approx") == "range":
            row["value"] = f"{row['low']:f}～{row['high']:f}"
    return rows


def _put_coverage(form: Literal["table", "jsonl", "csv"], extraction: "Extraction") -> None:
    counts, unexplained = _counts(extraction), _unexplained(extraction)
    if form == "jsonl":
        put_json({"source": extraction.report.source, "counts": counts, "unexplained": unexplained})
    elif form == "csv":
        put_rows(form, COVERAGE, counts)
    else:
        show(table(("去向", "细类", "个数", "占比"), map(_chinese, counts)))
        put()
        put(f"未解释的数字：{len(unexplained) or '无'}")
        if unexplained:
            show(table(UNEXPLAINED, [{**row, "上下文": row["snippet"]} for row in unexplained]))


def _counts(extraction: "Extraction") -> Rows:
    """How many numerals are figures, dates, identifiers of each sort, and unexplained; the shares add up to 100 %."""
    from collections import Counter

    found: Counter[tuple[str, str]] = Counter(("figure", figure.kind) for figure in extraction.figures)
    found.update((mention.kind, mention.sort) for mention in extraction.mentions)
    found["unexplained", ""] = len(extraction.unexplained)
    order = list(ACCOUNTED)
    ranked = sorted(found.items(), key=lambda item: (order.index(item[0][0]), -item[1], item[0][1]))
    total = found.total() or 1
    return [
        {"kind": kind, "sort": sort, "number": number, "share": f"{100 * number / total:.1f}%"}
        for (kind, sort), number in ranked
    ]


def _chinese(row: Mapping[str, Any]) -> dict[str, Any]:
    from pipelines.export.labels import word

    column = "kind" if row["kind"] == "figure" else "sort"
    kind, sort = ACCOUNTED[row["kind"]], word(column, row["sort"])
    return {"去向": kind, "细类": sort, "个数": row["number"], "占比": row["share"]}


def _unexplained(extraction: "Extraction") -> Rows:
    text = extraction.document.text
    rows = _placed(extraction.unexplained, extraction)
    for row in rows:
        before, after = text[max(0, row["start"] - AROUND) : row["start"]], text[row["end"] : row["end"] + AROUND]
        row["snippet"] = f"{before}【{row['text']}】{after}"
    return rows


@command(
    "text",
    "jihe text 自评报告.pdf",
    "jihe text 自评报告.docx --format html > 自评报告.html",
    "jihe text 自评表.xlsx --format jsonl",
)
@click.argument("file", metavar="文件")
@format_option("text", "jsonl", "html")
@click.option("--pictures", type=click.IntRange(min=0), metavar="N", help="网页里最多画几页的图像，默认 50。")
@timeout_option
@limit_options
def text(file: str, form: Literal["text", "jsonl", "html"], pictures: int | None, timeout: float | None) -> Exit:
    """读出一份文件的文字：纯文字、一行一段的 JSON（连同位置）或网页。

    PDF、OFD 和图片的网页左边是页面图像，框出每一段和每一格，右边是读出的文字，供人逐处对照；其余格式是文字和表格。
    """
    from extract.ingest import limits

    with limits.changed({} if pictures is None else {"PICTURES": pictures}):
        return _put_all(file, form, timeout)


def _put_all(file: str, form: Literal["text", "jsonl", "html"], timeout: float | None) -> Exit:
    """Put the file, or each member of a bundle."""
    from pipelines.faces.cli.html import shown
    from pipelines.work import document

    codes = [Exit.DONE]
    with results([file], shown if form == "html" else document, timeout) as found:
        for source, answer in found:
            if "!" in source and source != file:  # one of several in a bundle
                talk(f"● {source}")
            read, page = answer if isinstance(answer, tuple) else (answer, "")
            codes.append(reported(source, read))
            if form == "html":
                put_utf8(page)
            elif not isinstance(read, Problem):
                (_put_text if form == "text" else _put_blocks)(read)
    return gravest(codes)


def _put_text(document: "Document") -> None:
    put(document.text.removesuffix("\n"))


def _put_blocks(document: "Document") -> None:
    for block in document.blocks:
        row: dict[str, Any] = {
            "kind": block.kind,
            "start": block.start,
            "end": block.end,
            "text": document.text[block.start : block.end],
            "page": document.locate(block.start, block.end)[0] or block.place.page,
            "sheet": block.place.sheet,
            "table": block.table,
        }
        if block.table is not None:
            row["rows"] = [[cell and cell.text for cell in line] for line in document.tables[block.table].grid()]
        put_json(row)
