"""Figures to records: one name for what is counted, one classifier, one year, so that they can be compared."""

import re
from collections.abc import Sequence
from functools import cache

from extract.lexicon import load
from schemas.figure import Figure
from schemas.record import Record
from schemas.report import Report

_NOISE = re.compile(r"[\s“”\"‘’「」『』《》]+")
_BRACKETS = re.compile(r"[（(][^（）()]*[)）]$")
_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[)）]|\d+[、.．]|其中[：:]?|指标\d+[：:、]?)+"
)


def records(figures: Sequence[Figure], report: Report) -> tuple[Record, ...]:
    """One record a figure that says what it counts; figures without a subject compare with nothing."""
    return tuple(_record(figure, report) for figure in figures if figure.subject)


def _record(figure: Figure, report: Report) -> Record:
    concept, level = concept_of(_named(figure))
    unit = canonical_unit(figure)
    return Record(
        document=figure.document,
        source=figure.source,
        unit_name=report.unit,
        region=report.region,
        year=report.year,
        project=report.project,
        level=level,
        concept=concept,
        dimension=_dimension(figure, unit),
        role=figure.role,
        approx=figure.approx,
        value=figure.value,
        unit=unit,
        low=figure.low,
        high=figure.high,
        period=figure.period or report.year,
        figure=f"{figure.start}:{figure.end}",
    )


def _named(figure: Figure) -> str:
    """What a figure is of: in a column of rates the row's rate (年度资金总额 under 执行率 → 预算执行率)."""
    rate = figure.table.column_label.rpartition("/")[2] if figure.table and figure.kind == "ratio" else ""
    if not rate.endswith("率") or figure.subject.endswith("率"):
        return figure.subject
    return rate if figure.subject in load("concepts")["whole"] else figure.subject + rate


def concept_of(subject: str) -> tuple[str, str | None]:
    """The name of the concept and its level: 市级职工书屋示范点 → (职工书屋示范点, 市)."""
    words = load("concepts")
    name = _NUMBERING.sub("", _BRACKETS.sub("", _NOISE.sub("", subject))).strip("，、。；：的")
    name = name if name in words["synonyms"] else _strip(name)
    level = next((word for word in words["levels"] if name.startswith(word) and len(name) > len(word)), None)
    if level is not None:
        name = name[len(level) :]
    return words["synonyms"].get(name, name), words["levels"][level] if level else None


def _strip(name: str) -> str:
    words = load("concepts")["strip"]
    for word in words["head"]:
        if name.startswith(word) and len(name) > len(word) + 1:
            name = name[len(word) :].lstrip("，、：的")
    for word in words["tail"]:
        if name.endswith(word) and len(name) > len(word) + 1:
            name = name[: -len(word)]
    return name


@cache
def _classifiers() -> dict[str, str]:
    canonical: dict[str, str] = load("units")["count"]["canonical"]
    return canonical


def canonical_unit(figure: Figure) -> str:
    """The classifier that records are compared by: 名, 位 → 人; other units stay as they are."""
    return _classifiers().get(figure.unit, figure.unit) if figure.kind == "count" else figure.unit


def _dimension(figure: Figure, unit: str) -> str:
    match figure.kind:
        case "amount":
            return "money" if unit in ("万元", "") else f"money:{unit}"
        case "ratio":
            return "share" if unit == "%" else f"share:{unit}"
        case "score":
            return "score"
        case _:
            return f"{figure.kind}:{unit}" + (f"/{figure.per}" if figure.per else "")
