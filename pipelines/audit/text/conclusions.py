"""K01: conclusions that figures or sentences of the same report deny."""

import re
from collections.abc import Iterator

from extract.lexicon import load
from pipelines.audit.check import Found, words
from pipelines.audit.context import Context, Passage
from pipelines.audit.interval import Judgement
from schemas.document import Table
from schemas.relation import Operand

WORDS: dict[str, list[str]] = load("audit")["conclusions"]
#: "故本表为空表"
EMPTY_TABLE = re.compile("|".join(WORDS["empty_table"]))
#: "所有指标均已完成"
ALL_DONE = re.compile("|".join(WORDS["all_done"]))
#: "两项指标未完成"
UNDONE = re.compile("|".join(WORDS["undone"]))
TROUBLE = re.compile("|".join(WORDS["trouble"]))
FULL = 100
#: "自评100分", "自评得分为100.00分"
FULL_MARKS = re.compile(r"(?:自评|评价|综合|最终)[^，。；\d]{0,6}100(?:\.0+)?分(?!制)")


def find(context: Context) -> Iterator[Found]:
    """Notes of an empty table under a filled one, full marks beside a shortfall, and "all done" beside "not done"."""
    yield from _empty_tables(context)
    yield from _denied(context)


def _empty_tables(context: Context) -> Iterator[Found]:
    for paragraph in context.paragraphs:
        passage = context.passage(paragraph.start, paragraph.end, fold=False)
        match = EMPTY_TABLE.search(passage.text)
        table = _table_before(context, paragraph.start) if match else None
        filled = _filled(context, table) if table else None
        if match and filled:
            yield _found(
                words(context, "说明", passage.span(*match.span())),
                filled,
                f"表下注明“{match.group()}”，表中却有{filled.text}",
                "空表没有数据",
            )


def _table_before(context: Context, offset: int) -> Table | None:
    """The table that ends right above a paragraph, nothing but its notes between."""
    above = [table for table in context.document.tables if table.end <= offset]
    if not above:
        return None
    between = [one for one in context.paragraphs if above[-1].end <= one.start < offset]
    return None if between else above[-1]


def _filled(context: Context, table: Table) -> Operand | None:
    """A cell of the table that holds a figure other than zero."""
    for figure in context.tabled(table):
        if figure.value and figure.kind != "ratio":
            return words(context, "单元格", (figure.start, figure.end))
    return None


def _denied(context: Context) -> Iterator[Found]:
    """The first sentence that claims all, and the first that owns to a shortfall of the same undertaking."""
    undone = next(_matches(context, UNDONE), None)
    if undone is None or not _is_own(context, undone):
        return
    done = next(_matches(context, ALL_DONE), None)
    claim = done or (_full_marks(context) if _is_trouble(context, undone) else None)
    if claim is not None and claim.span != undone.span:
        yield _found(claim, undone, f"前称“{claim.text}”，又称“{undone.text}”", "结论与事实一致")


def _is_trouble(context: Context, undone: Operand) -> bool:
    """Whether a shortfall is told as a problem: under such a heading, or behind 存在问题： in its sentence."""
    sentence = context.sentence_at(undone.span[0])
    before = context.text[sentence.start : undone.span[0]] if sentence else ""
    return TROUBLE.search("".join((*context.section(undone.span[0]), before))) is not None


def _matches(context: Context, pattern: re.Pattern[str]) -> Iterator[Operand]:
    for sentence in context.sentences:
        plain: Passage = context.passage(sentence.start, sentence.end, fold=False)
        for match in pattern.finditer(plain.text):
            yield words(context, "说法", plain.span(*match.span()))


def _is_own(context: Context, undone: Operand) -> bool:
    """Whether the shortfall is the year's own: not one of other bodies or of years before."""
    sentence = context.sentence_at(undone.span[0])
    return sentence is None or re.search("|".join(WORDS["elsewhere"]), sentence.text) is None


def _full_marks(context: Context) -> Operand | None:
    """Full marks as the report prints them."""
    report = context.extraction.report
    if report.score is not None and report.score != FULL:
        return None
    basis = next((one.span for one in report.established if one.field == "score" and one.span), None)
    return words(context, "得分", basis) if basis else next(_matches(context, FULL_MARKS), None)


def _found(one: Operand, other: Operand, says: str, formula: str) -> Found:
    return Found(
        kind="wording",
        operands=(one, other),
        judgement=Judgement("broken"),
        says=says,
        formula=formula,
        stated=other.text,
    )
