"""C01: what the text says of an amount, against the cell of a table that says the same thing.

A link needs two pieces of evidence and never looks at the numbers: the name of the row (or of table and column), and
the role of the column (预算, 决算) or the section that is called as the table is. Where several cells answer to a
name and do not agree among themselves, nothing is said.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.audit import interval
from pipelines.audit.check import Found, operand
from pipelines.audit.context import STOPS, Context, Passage, is_figure
from pipelines.audit.interval import Judgement
from pipelines.audit.labels import own, untimed
from pipelines.audit.table.equations import rank
from pipelines.audit.table.sheet import Block, Line, Panel, Sheet, sheets
from pipelines.audit.table.slips import apart, as_printed, slip
from schemas.figure import Figure

NUMBER = re.compile(r"^(?:其中[：:]?|[（(]?[\d一二三四五六七八九十]{1,3}[）)、.．])+")
ROLE_TAIL = re.compile(
    r"(?:财政拨款)?(?:支出|收入)?(?:年初|全年|当年|调整后?)?(?:预算|决算|执行)?(?:安排|支出)?(?:数|总额|金额)?(?:合计|共计|总计)?[为是达]?$"
)
CAPTION = re.compile(
    r"^(?:19|20)\d\d年(?:度)?|^(?:本)?(?:部门|单位)|(?:支出)?(?:功能|经济)分类|(?:决算|预算|执行)?(?:情况)?(?:总|明细)?表.*$"
)
FINAL = re.compile("决算|执行|实际支出")
BUDGET = re.compile("(?<!公共)(?<!基金)(?<!经营)预算|安排")
OTHER = re.compile("比|较|减|增|占|上年|去年|人均|平均|其余|结转|结余|每")
YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
#: 社会保障和就业支出（类）行政事业单位养老支出（款）行政单位离退休（项）, with or without codes in the brackets.
PATH = re.compile(
    r"(?P<a>[^，。；：、（）()\s]{2,20})[（(](?:\d+)?类[）)](?P<b>[^，。；：（）()]{2,20})[（(](?:\d+)?款[）)](?P<c>[^，。；：（）()]{2,24})[（(](?:\d+)?项[）)]"
)
#: What may stand between the path and its amount, and what amounts of the same item are called further on.
BEHIND = re.compile(r"[”\"]?(?:科目)?[:：，,]?(?:支出|预算|安排)*")
NAMED = re.compile(r"(?:(?:19|20)\d\d年)?(?:当年)?预算安排[为是]?|支出决算[为是]?")
BRACKETS = str.maketrans("()", "（）")
CAPTION_MIN = 6
NAME_MIN = 3
CODE_ENDS = (3, 5, 7)


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell that a sentence may speak of.

    `name` is that of its row, `composed` that of its table and column, `scope` what its table is called; `role` is
    "budget", "final" or "".
    """

    figure: Figure
    name: str
    composed: str
    scope: str
    role: str
    where: str


def find(context: Context) -> Iterator[Found]:
    """Every amount of the running text whose cell is certain."""
    entries, paths = _entries(context)
    if not entries and not paths:
        return
    for sentence in context.sentences:
        if not sentence.figures:
            continue
        found = list(_of_path(context, sentence, paths)) or list(_of_names(context, sentence, entries))
        for at, cells, name in found:
            yield _judged(name, sentence.figure(at), cells)


def _entries(context: Context) -> tuple[dict[str, list[Entry]], dict[tuple[str, ...], list[Entry]]]:
    """The cells by what a sentence may call them, and by 类, 款 and 项."""
    names: dict[str, list[Entry]] = defaultdict(list)
    paths: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for sheet in context.once(sheets):
        for block in sheet.blocks:
            for panel in block.panels:
                above = {line.code: line.label for line in panel.lines if line.code}
                for line in panel.lines:
                    path = _path(line, above)
                    for column in panel.columns:
                        figure = sheet.value(line.row, column).figure
                        if figure is None or not _can_be_linked(figure):
                            continue
                        entry = _entry(sheet, block, panel, line, column, figure)
                        for name in {entry.name, entry.composed} - {""}:
                            names[name].append(entry)
                        if path and column == panel.columns[0]:
                            paths[path].append(entry)
    return names, paths


def _entry(sheet: Sheet, block: Block, panel: Panel, line: Line, column: int, figure: Figure) -> Entry:
    titles = block.titles(column)
    named = next((role for title in reversed(titles) if (role := _role(title))), "")
    # beside 合计 stand columns of parts: the row's name alone is that of its first column, or of one with a role
    whole = column == panel.columns[0] or any(_role(title) for title in titles[-1:])
    scope = _scope(sheet)
    return Entry(
        figure,
        name=core(line.label) if whole and not _is_bare_total(line.label) else "",
        composed=_composed(scope, titles, line),
        scope=scope,
        role=named or _role(sheet.table.caption),
        where=f"{sheet.name}“{line.label}（{'/'.join(titles)}）”",
    )


def _is_bare_total(label: str) -> bool:
    return rank(label) > 0 and core(label) == ""


def core(label: str) -> str:
    """A name without numbers, years and words of role: 公务接待费 of 3.公务接待费支出决算为."""
    text = untimed(NUMBER.sub("", label.translate(BRACKETS))).strip("“”：: ")
    return ROLE_TAIL.sub("", text)


def _scope(sheet: Sheet) -> str:
    text = re.sub(r"\s", "", sheet.table.caption)
    while (shorter := CAPTION.sub("", text)) != text:
        text = shorter
    return text


def _composed(scope: str, titles: Sequence[str], line: Line) -> str:
    """What a total is called by its table and column: 一般公共预算财政拨款 | 基本支出."""
    if len(scope) < CAPTION_MIN or not _is_bare_total(line.label) or not titles:
        return ""
    last = titles[-1]
    if rank(last) or last == "决算数":
        return core(scope)
    return core(scope.removesuffix("支出") + last) if last.endswith("支出") and not scope.endswith("基本支出") else ""


def _role(text: str) -> str:
    if FINAL.search(text):
        return "final"
    return "budget" if BUDGET.search(text) else ""


def _path(line: Line, above: dict[str, str]) -> tuple[str, ...]:
    """The names of 类, 款 and 项 of a line with a code of seven digits."""
    names = tuple(above.get(line.code[:length], "") for length in CODE_ENDS) if len(line.code) == CODE_ENDS[-1] else ()
    return tuple(_plain(name) for name in names) if all(names) else ()


def _plain(name: str) -> str:
    return re.sub(r"\s|[“”]", "", name.translate(BRACKETS))


# ------------------------------------------------------------------------------------------- sentences


def _of_path(
    context: Context, sentence: Passage, paths: dict[tuple[str, ...], list[Entry]]
) -> Iterator[tuple[int, list[Entry], str]]:
    """The figures of a paragraph that names 类, 款 and 项: directly behind them, or called 预算安排 or 支出决算."""
    paragraph = context.paragraph_at(sentence.start)
    opened = PATH.search(context.passage(paragraph.start, paragraph.end).text) if paragraph and paths else None
    if opened is None:
        return
    key = tuple(_plain(NUMBER.sub("", opened[name])) for name in "abc")
    cells = _scoped(context, sentence, paths.get(key, []))
    here = PATH.search(sentence.text)
    for at in sentence.places():
        label = sentence.label(at)
        behind = here is not None and BEHIND.fullmatch(sentence.text[here.end() : at]) is not None
        year = YEAR.search(label)
        if not (behind or NAMED.fullmatch(label)) or (year and year.group() != context.extraction.report.year):
            continue
        role = _role(label)
        fitting = [cell for cell in cells if not role or cell.role == role]
        if fitting and _can_be_linked(sentence.figure(at)):
            yield at, fitting, key[-1] if behind else f"{key[-1]}：{label}"


def _can_be_linked(figure: Figure) -> bool:
    exact = figure.approx is None and figure.per is None and figure.value is not None
    return exact and figure.kind == "amount" and figure.unit == "万元" and figure.role != "change"


def _of_names(
    context: Context, sentence: Passage, entries: dict[str, list[Entry]]
) -> Iterator[tuple[int, list[Entry], str]]:
    """The figures whose label is the name of a row, or of a table and its column."""
    for at in sentence.places():
        label = _label(sentence, at)
        name, lead = core(label), sentence.text[: at - len(label)]
        if not name or name not in entries or OTHER.search(label) or not _can_be_linked(sentence.figure(at)):
            continue
        if not _is_this_year(context, sentence.text[:at]):
            continue
        cells = _scoped(context, sentence, entries[name])
        role, roles = _role(label), {cell.role for cell in cells}
        fitting = [cell for cell in cells if cell.role == role] if role else cells if len(roles) == 1 else []
        alone = len(own(name)) >= NAME_MIN and not own(re.sub(r"[，、：:“”]|其中", "", lead))
        if fitting and (alone or any(cell.composed == name or _speaks_of(context, sentence, cell) for cell in fitting)):
            yield at, fitting, label


def _label(sentence: Passage, at: int) -> str:
    """The words before a figure; brackets such as （境） belong to them."""
    begin = at
    while (
        begin
        and not is_figure(sentence.text[begin - 1])
        and (sentence.text[begin - 1] not in STOPS or sentence.text[begin - 1] in "（）()")
    ):
        begin -= 1
    return sentence.text[begin:at].lstrip("（(")


def _is_this_year(context: Context, lead: str) -> bool:
    years = set(YEAR.findall(lead))
    return years <= {context.extraction.report.year} and not re.search("上年|去年|往年", lead)


def _speaks_of(context: Context, sentence: Passage, cell: Entry) -> bool:
    """Whether the section is called as the table is."""
    if len(cell.scope) < CAPTION_MIN:
        return False
    return any(cell.scope in re.sub(r"\s", "", title) for title in context.section(sentence.start))


def _scoped(context: Context, sentence: Passage, cells: Sequence[Entry]) -> list[Entry]:
    """The cells of the table that the section is called after, if there is one; else all."""
    here = [cell for cell in cells if _speaks_of(context, sentence, cell)]
    return here or list(cells)


def _judged(name: str, figure: Figure, cells: Sequence[Entry]) -> Found:
    stated = interval.of(figure)
    cell = next((one for one in cells if "支出" in one.where), cells[0])
    judged = [interval.judge(interval.of(one.figure), stated) for one in cells]
    held = [n for n, one in enumerate(judged) if one.verdict != "broken"]
    judgement = judged[held[0] if held else 0]
    if 0 < len(held) < len(cells) or not _agree(cells):
        judgement = Judgement("ambiguous", reason="可对应的表格数不止一个")
    return _found(name, figure, cell, judgement)


def _agree(cells: Sequence[Entry]) -> bool:
    """Whether the cells print one amount."""
    return all(interval.meets(interval.of(one.figure), interval.of(cells[0].figure)) for one in cells)


def _found(name: str, figure: Figure, cell: Entry, judgement: Judgement) -> Found:
    exact = interval.difference(interval.of(cell.figure), interval.of(figure))
    number = interval.of(cell.figure).value
    how = slip(figure, number) if number is not None and judgement.verdict == "broken" else ""
    return Found(
        kind="equality",
        operands=(operand("正文", figure), operand("表格", cell.figure)),
        judgement=judgement,
        says=f"正文“{name}”为{figure.text}，{cell.where}为{as_printed(cell.figure)}{apart(figure, exact)}",
        formula="正文 = 表格",
        substituted=f"{figure.text} {'≠' if judgement.verdict == 'broken' else '='} {cell.figure.text}",
        recomputed=interval.of(cell.figure),
        stated=figure.text,
        difference=interval.decimal(exact),
        alternatives=(f"两数{how}",) if how else (),
        subject=cell.where,
    )
