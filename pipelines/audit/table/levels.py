"""C03: levels of a table, by budget codes or by numbering, and what each level adds up to; nothing counted twice."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.audit import interval
from pipelines.audit.check import Found, operand
from pipelines.audit.context import Context
from pipelines.audit.interval import Judgement
from pipelines.audit.listed import STYLES
from pipelines.audit.table.equations import Equation, Term, is_summable, rank
from pipelines.audit.table.funds import is_total
from pipelines.audit.table.sheet import Block, Line, Panel, Sheet, sheets

#: Behind all numbered styles: a line without a number.
UNNUMBERED = len(STYLES)
PAIR = 2


def style(line: Line) -> int:
    """How deep the number of a line is (0 for 一、); a line without one has the last place."""
    return next((n for n, pattern in enumerate(STYLES) if pattern.match(line.label)), UNNUMBERED)


def classes(lines: Sequence[Line]) -> list[int]:
    """The styles of numbers of the lines that are no totals, in order of appearance."""
    return list(dict.fromkeys(style(line) for line in lines if not rank(line.label)))


def tops(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines that are no parts of others, in every way that the codes and numbers allow."""
    coded = [line for line in lines if line.code]
    if coded:
        codes = {line.code for line in coded}
        first = [line for line in coded if _parent(line.code, codes) is None]
        rest = [line for line in lines if not line.code and not rank(line.label)]
        totals = [line for line in lines if not line.code and rank(line.label)]
        return [[*totals, *first], [*totals, *first, *rest]] if rest else [[*totals, *first]]
    sorts = classes(lines)
    if len(sorts) < PAIR:
        return [list(lines)]
    first = [line for line in lines if rank(line.label) or style(line) == sorts[0]]
    clear = sorts[0] == min(sorts) and UNNUMBERED not in sorts
    return [first] if clear else [first, list(lines)]


def _parent(code: str, codes: set[str]) -> str | None:
    """The longest of the codes that this one begins with."""
    return next((code[:length] for length in range(len(code) - 1, 0, -1) if code[:length] in codes), None)


def equations(context: Context) -> Iterator[Equation]:
    """Every line that has lines of a deeper level below it."""
    for sheet in context.once(sheets):
        for block in sheet.blocks:
            for panel in block.panels:
                yield from _weighed(list(_sums(sheet, block, panel)))


def _sums(sheet: Sheet, block: Block, panel: Panel) -> Iterator[Equation]:
    for parent, children in (*_by_code(panel), *_by_number(panel)):
        for column in panel.columns:
            stated = sheet.value(parent.row, column).figure
            values = [(line, sheet.value(line.row, column)) for line in children]
            title = "/".join(block.titles(column))
            terms = tuple(Term(value.figure, line.label, title) for line, value in values if value.figure)
            if stated is None or not terms or stated.kind in {"ratio", "score"}:
                continue
            if is_summable([stated, *(term.figure for term in terms)]):
                unread = any(value.figure is None and not value.blank for _, value in values)
                doubt = "有的格里不是数" if unread else ""
                yield Equation(
                    "C03", sheet.name, Term(stated, parent.label, title), terms, doubt=doubt, formula="Σ下级 = 上级"
                )


def _weighed(found: list[Equation]) -> Iterator[Equation]:
    """Children that are less than their parent may be a selection, unless the other levels of the table are whole."""
    whole = any(one.proves for one in found)
    for one in found:
        value, total = one.recomputed.value, one.total.figure.value
        short = value is not None and total is not None and value < total
        yield replace(one, severity="review") if short and not whole else one


def _by_code(panel: Panel) -> list[tuple[Line, list[Line]]]:
    coded = [line for line in panel.lines if line.code]
    codes = {line.code for line in coded}
    if len(codes) < len(coded):
        return []  # a code that occurs twice heads two things
    below: dict[str, list[Line]] = {}
    for line in coded:
        parent = _parent(line.code, codes)
        if parent is not None:
            below.setdefault(parent, []).append(line)
    return [(line, below[line.code]) for line in coded if line.code in below]


def _by_number(panel: Panel) -> list[tuple[Line, list[Line]]]:
    """一、 with 1. 2. 3. directly below it, and no line without a number between."""
    if any(line.code for line in panel.lines):
        return []
    found: list[tuple[Line, list[Line]]] = []
    lines = panel.lines
    for at, line in enumerate(lines):
        depth = style(line)
        end = next(
            (n for n in range(at + 1, len(lines)) if style(lines[n]) <= depth or rank(lines[n].label)), len(lines)
        )
        below = lines[at + 1 : end]
        sorts = {style(one) for one in below}
        if depth < UNNUMBERED and len(below) >= PAIR and len(sorts) == 1 and UNNUMBERED not in sorts:
            found.append((line, list(below)))
    return found


def within(context: Context) -> Iterator[Found]:
    """A row that begins with 其中 is no more than the row that it is a part of."""
    for sheet in context.once(sheets):
        for block in sheet.blocks:
            for panel in block.panels:
                yield from _inner(sheet, block, panel)


def _inner(sheet: Sheet, block: Block, panel: Panel) -> Iterator[Found]:
    whole: Line | None = None
    for line in panel.lines:
        if not line.label.startswith("其中"):
            whole = None if is_total(line) else line  # the sources of a total of funds are C04's
        elif whole is not None and re.sub("^其中[：:]?", "", line.label):
            for column in panel.columns:
                found = _bounded(sheet, block, (whole, line), column)
                if found is not None:
                    yield found


def _bounded(sheet: Sheet, block: Block, pair: tuple[Line, Line], column: int) -> Found | None:
    whole, part = (sheet.value(line.row, column).figure for line in pair)
    if whole is None or part is None or not is_summable([whole, part]) or whole.kind in {"ratio", "score"}:
        return None
    more, less = interval.of(part), interval.of(whole)
    broken = more.low is not None and less.high is not None and more.low >= less.high
    title = "/".join(block.titles(column))
    return Found(
        kind="bounds",
        operands=(operand("总体", whole), operand("其中", part)),
        judgement=Judgement("broken" if broken else "holds"),
        says=f"{sheet.name}“{title}”列中“{pair[1].label}”{part.text}大于“{pair[0].label}”{whole.text}",
        formula="其中 ≤ 总体",
        substituted=f"{part.text} {'>' if broken else '≤'} {whole.text}",
        stated=whole.text,
        difference=interval.decimal(interval.difference(more, less)),
        plain=True,
        subject=f"{pair[0].label}/{pair[1].label}/{title}",
    )
