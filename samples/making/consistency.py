"""Checks that the archive contradicts itself only where a fault is planted. Every function returns what is wrong."""

import re
from decimal import Decimal
from itertools import combinations

from making.archive import Made
from making.forms import total_score
from making.outline import Rows
from making.template import Gold, Pen
from making.units import CENT, Unit

YEARS = range(2019, 2024)
TARGET = re.compile(r"([≥≤=])(\d+(?:\.\d+)?)(\D+)")
ACTUAL = re.compile(r"(\d+(?:\.\d+)?)(\D+)")
#: A number with something countable behind it: in a plain text nothing of the kind may stand outside a marked figure.
COUNTED = re.compile(
    r"[\d０-９][\d,.]*[余多]?[万亿]?(?:元|%|‰|个|名|户|件|份|场|期|起|家|处|亩|人|分|支|条|部|项|类|块|株|公里|吨|倍)"
)
GRADES = ((90, "优"), (80, "良"), (60, "中"), (0, "差"))


def unit_problems(unit: Unit) -> list[str]:
    """The relations of a unit in every year, and its forms against its self-evaluation scores."""
    problems = [
        f"{unit.name} {year}：{relation}"
        for relation in unit.relations
        for year in YEARS
        if not _relation_holds(unit, relation, year)
    ]
    for form in unit.forms:
        pen = Pen(unit, form["year"])
        total, stated = total_score(pen, form), unit.need("自评得分", form["year"]).number
        if total != stated:
            problems.append(f"{unit.name} {form['year']}：自评表总分 {total}，报告得分 {stated}")
        problems += [f"{form['file']}：{row[2]} 得分 {row[6]}" for row in form["rows"] if not _score_fits(pen, row)]
    return problems


def report_problems(made: Made) -> list[str]:
    """One document: evidence that is not there, repeats that differ, column totals, unmarked figures, the grade."""
    text = squeeze(made.text)
    places = [evidence for entry in (*made.faults, *made.lookalikes) for evidence in entry["evidence"]]
    problems = [f"{made.file}：文中没有“{place}”" for place in places if squeeze(place) not in text]
    problems += [f"{made.file}：{a.subject} {a.raw} / {b.raw}" for a, b in _clashes(made) if not _planted(made, a, b)]
    problems += [f"{made.file}：{problem}" for rows in made.tables for problem in _column_totals(rows)]
    if made.plain:
        problems += [f"{made.file}：未标注的数“{raw}”" for raw in _unmarked(made)]
    local = any(entry["check"] == "D07" for entry in (*made.faults, *made.lookalikes))
    if made.score is not None and not local and made.grade != national_grade(made.score):
        problems.append(f"{made.file}：{made.score} 分为{made.grade}")
    return problems


def national_grade(score: Decimal) -> str:
    """The grade of a score by the national bands 90/80/60."""
    return next(grade for floor, grade in GRADES if score >= floor)


def squeeze(text: str) -> str:
    """A text without any white space."""
    return re.sub(r"\s+", "", text)


def _relation_holds(unit: Unit, relation: str, year: int) -> bool:
    """Whether "甲 + 乙 = 丙" is true, read from left to right; a year in which a term has no value passes."""
    left, right = relation.split(" = ")
    words = left.split()
    numbers = [_term(unit, word, year) for word in (*words[::2], right)]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return True
    total = known[0]
    for sign, number in zip(words[1::2], known[1:-1], strict=True):
        total = {"+": total + number, "-": total - number, "*": total * number}[sign]
    return total == known[-1]


def _term(unit: Unit, word: str, year: int) -> Decimal | None:
    if word[0].isdigit():
        return Decimal(word)
    value = unit.value(word, year)
    return value.number if value else None


def _score_fits(pen: Pen, row: list[str]) -> bool:
    """Full marks for a target met, else actual over target; rows without two numbers are judged by hand."""
    target, actual = TARGET.fullmatch(row[3]), ACTUAL.fullmatch(pen.write(row[4]).text)
    weight, score = Decimal(row[5]), Decimal(row[6])
    if not target or not actual or target[3] != actual[2]:
        return Decimal(0) <= score <= weight
    wanted, reached = Decimal(target[2]), Decimal(actual[1])
    met = reached <= wanted if target[1] == "≤" else reached >= wanted
    return score == (weight if met else (weight * reached / wanted).quantize(CENT))


def _clashes(made: Made) -> list[tuple[Gold, Gold]]:
    """Pairs that name the same thing and print different values, unless one is the other with fewer digits."""
    return [(a, b) for a, b in combinations(made.figures, 2) if _same_thing(a, b) and not _agree(a, b)]


def _planted(made: Made, a: Gold, b: Gold) -> bool:
    """Whether a planted repetition (B01) shows both."""
    shown = "".join("".join(entry["evidence"]) for entry in made.faults if entry["check"] == "B01")
    return a.raw in shown and b.raw in shown


def _same_thing(a: Gold, b: Gold) -> bool:
    same = (a.subject, a.role, a.period, a.quantity.unit) == (b.subject, b.role, b.period, b.quantity.unit)
    return same and not (a.quantity.approx or b.quantity.approx or a.optional or b.optional)


def _agree(a: Gold, b: Gold) -> bool:
    coarse = max(a.quantity.value, b.quantity.value, key=lambda value: int(value.as_tuple().exponent))
    fine = max(a.quantity.value, b.quantity.value, key=lambda value: -int(value.as_tuple().exponent))
    return abs(coarse - fine) <= Decimal(1).scaleb(int(coarse.as_tuple().exponent)) / 2


def _column_totals(rows: Rows) -> list[str]:
    """Columns of bare numbers over a 合计 row must add up to it."""
    if rows[-1][0] != "合计":
        return []
    problems = []
    for c in range(1, len(rows[0])):
        cells = [row[c].rstrip("%").replace(",", "") for row in rows[1:]]
        if all(re.fullmatch(r"\d+(\.\d+)?", cell) for cell in cells):
            *parts, total = map(Decimal, cells)
            if sum(parts) != total:
                problems.append(f"“{rows[0][c]}”一列相加 {sum(parts)}，合计 {total}")
    return problems


def _unmarked(made: Made) -> list[str]:
    inside = {i for gold in made.figures for i in range(gold.start, gold.end)}
    return [match[0] for match in COUNTED.finditer(made.text) if match.start() not in inside]
