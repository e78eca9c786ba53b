"""An extraction held against gold: what was found, missed and wrongly found, and what of the found differs.

Gold lies in files beside a document or in a folder of the same shape: `<stem>.figures.jsonl`, `<stem>.claims.jsonl`,
`<stem>.sections.jsonl`, one JSON object a line. What gold marks as optional is neither required nor false.

    figures   a figure is found by its exact span; then kind, value, unit and approx must be the same, low and high for
              ranges only, the role or another one that is as right, and the subject by its head noun
    claims    a claim is found where half of it is covered and target and actual stand on the right side
    sections  a heading is found by its span, level, number and title
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, get_args

from extract.segment import words
from schemas.claim import Claim
from schemas.errors import DataError
from schemas.extraction import Extraction
from schemas.figure import Figure

Sort = Literal["figures", "claims", "sections"]
Gold = Mapping[str, Any]

#: What every line of a gold file must have, and of which type.
_FIELDS: Mapping[Sort, Mapping[str, tuple[type, ...]]] = {
    "figures": {
        "start": (int,), "end": (int,), "raw": (str,), "kind": (str,), "value": (str, type(None)), "unit": (str,),
        "low": (str, type(None)), "high": (str, type(None)), "approx": (str, type(None)), "subject": (str,),
        "role": (str, type(None)), "optional": (bool,),
    },
    "claims": {
        "start": (int,), "end": (int,), "raw": (str,), "target": (str, type(None)), "actual": (str, type(None)),
        "optional": (bool,),
    },
    "sections": {"start": (int,), "end": (int,), "level": (int,), "number": (str,), "title": (str,)},
}  # fmt: skip
_SUFFIXES = (".txt", ".docx", ".doc", ".wps", ".pdf", ".ofd", ".xlsx", ".xls", ".html", ".csv", ".md")
#: Roles of which one is as right as the other for the 共计 of budget money.
_EITHER = {"budget", "total"}
#: How a note of gold names further roles.
_ALSO = re.compile("([a-z]+(?: and [a-z]+)*) also fits?")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as gold has it: at `start`, in `field` ("missed", "false", "misplaced", "value", ...)."""

    field: str
    start: int
    end: int
    text: str
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """How one sort of records does: `firm` are those that gold requires, `found` those of them that were found.

    `false` overlap nothing in gold; `misplaced` overlap a firm one without being it. Both lower the precision.
    """

    sort: Sort
    firm: int
    found: int
    false: int
    misplaced: int
    differences: tuple[Difference, ...]

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return _share(self.found, self.found + self.false + self.misplaced)

    @property
    def recall(self) -> float:
        """The share of what is firm that was found."""
        return _share(self.found, self.firm)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(2 * self.found, self.firm + self.found + self.false + self.misplaced)

    def wrong(self, field: str) -> int:
        """The number of differences in a field."""
        return sum(difference.field == field for difference in self.differences)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def added(sort: Sort, scores: Iterable[Score]) -> Score:
    """The score over several documents."""
    listed = list(scores)
    return Score(
        sort=sort,
        firm=sum(score.firm for score in listed),
        found=sum(score.found for score in listed),
        false=sum(score.false for score in listed),
        misplaced=sum(score.misplaced for score in listed),
        differences=tuple(difference for score in listed for difference in score.differences),
    )


# -------------------------------------------------------------------------------------------------- gold files


def gold_files(path: Path) -> list[Path]:
    """The gold files in a folder, sorted, or the one that is named."""
    if not path.is_dir():
        return [path]
    return sorted(file for sort in get_args(Sort) for file in path.rglob(f"*.{sort}.jsonl"))


def sort_of(gold: Path) -> Sort:
    """Which sort of records a gold file is about.

    Raises:
        DataError: its name does not say so.
    """
    for sort in get_args(Sort):
        if gold.name.endswith(f".{sort}.jsonl"):
            found: Sort = sort
            return found
    raise DataError(f"{gold}：答案文件的名字应以 .figures.jsonl、.claims.jsonl 或 .sections.jsonl 结尾")


def document_of(gold: Path, folder: Path) -> Path:
    """The document that a gold file is about, in `folder`.

    Raises:
        DataError: it is not there.
    """
    stem = gold.name.removesuffix(f".{sort_of(gold)}.jsonl")
    found = next((path for suffix in _SUFFIXES if (path := folder / f"{stem}{suffix}").is_file()), None)
    if found is None:
        raise DataError(f"{gold}：{folder} 里没有 {stem}{'、'.join(_SUFFIXES)}")
    return found


def read_gold(path: Path) -> list[Gold]:
    """The lines of a gold file.

    Raises:
        DataError: a line is no JSON object, or a field is missing or of the wrong type; with file and line.
    """
    fields = _FIELDS[sort_of(path)]
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}：读不了（{error}）") from error
    return [_parsed(line, fields, f"{path}，第 {number} 行") for number, line in enumerate(lines, 1) if line.strip()]


def _parsed(line: str, fields: Mapping[str, tuple[type, ...]], place: str) -> Gold:
    try:
        gold = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{place}：不是 JSON（{error}）") from error
    if not isinstance(gold, dict):
        raise DataError(f"{place}：应是一个 JSON 对象")
    for name, types in fields.items():
        if name not in gold:
            raise DataError(f"{place}：缺少 {name}")
        if type(gold[name]) not in types:
            raise DataError(f"{place}：{name} 的值不对：{gold[name]!r}")
    for name in ("value", "low", "high"):
        if name in fields and gold[name] is not None:
            _checked_decimal(gold[name], f"{place}：{name}")
    return gold


def _checked_decimal(text: str, place: str) -> None:
    try:
        Decimal(text)
    except InvalidOperation as error:
        raise DataError(f"{place} 不是数：{text!r}") from error


def _checked_place(gold: Sequence[Gold], text: str, path: Path) -> None:
    """Gold that was made for another text is no gold."""
    for one in gold:
        if "raw" in one and text[one["start"] : one["end"]] != one["raw"]:
            raise DataError(f"{path}：文中 {one['start']}～{one['end']} 不是 {one['raw']!r}")


# ----------------------------------------------------------------------------------------------------- scoring


def evaluate(extraction: Extraction, gold: Path) -> Score:
    """Hold an extraction against one gold file.

    Raises:
        DataError: the gold file is malformed, or was made for another text.
    """
    sort, lines = sort_of(gold), read_gold(gold)
    _checked_place(lines, extraction.document.text, gold)
    if sort == "figures":
        return _figures(extraction, lines)
    return _claims(extraction, lines) if sort == "claims" else _sections(extraction, lines)


def _figures(extraction: Extraction, gold: Sequence[Gold]) -> Score:
    by_span = {(figure.start, figure.end): figure for figure in extraction.figures}
    differences: list[Difference] = []
    found = 0
    for one in gold:
        figure = by_span.pop((one["start"], one["end"]), None)
        if one["optional"]:
            continue
        if figure is None:
            differences.append(_difference("missed", one, expected=f"{one['value'] or '范围'} {one['unit']}"))
        else:
            found += 1
            differences += _unlike(one, figure)
    false, misplaced = _extra(by_span.values(), gold)
    differences += [_stray("false", figure, f"{figure.kind} {figure.rule}") for figure in false]
    differences += [_stray("misplaced", figure, f"{figure.kind} {figure.rule}") for figure in misplaced]
    return _score("figures", gold, found, len(false), len(misplaced), differences)


def _unlike(gold: Gold, figure: Figure) -> Iterator[Difference]:
    """In what a figure that was found differs from gold."""
    pairs: list[tuple[str, Any, Any]] = [
        ("kind", gold["kind"], figure.kind),
        ("value", _decimal(gold["value"]), figure.value),
        ("unit", gold["unit"], figure.unit),
        ("approx", gold["approx"], figure.approx),
    ]
    if gold["approx"] == "range":
        pairs += [("low", _decimal(gold["low"]), figure.low), ("high", _decimal(gold["high"]), figure.high)]
    if not _same_role(gold["role"], figure.role) and figure.role not in _also(gold):
        pairs.append(("role", gold["role"], figure.role))
    if not _same_subject(gold["subject"], figure.subject):
        pairs.append(("subject", gold["subject"], figure.subject))
    for field, expected, found in pairs:
        if expected != found:
            yield _difference(field, gold, expected=_shown(expected), found=_shown(found))


def _same_role(gold: str | None, found: str | None) -> bool:
    return gold is None or gold == found or {gold, found} == _EITHER


def _also(gold: Gold) -> Iterator[str | None]:
    """The other roles that the annotator allows: "per 户; spent and other also fit"."""
    for match in _ALSO.finditer(gold.get("note") or ""):
        yield from match[1].split(" and ")


def _same_subject(gold: str, found: str) -> bool:
    """Whether the head noun is the same: one of the last two words of gold, of two characters or more, is in `found`.

    劳动模范和先进工作者 and 先进工作者 have the same head. A gold subject of shorter words must be in `found`, or
    `found` in it.
    """
    heads = [word.text for word in words(gold)[-2:] if len(word.text) > 1]
    if not heads:
        return gold in found or (bool(found) and found in gold)
    return any(head in found for head in heads)


def _claims(extraction: Extraction, gold: Sequence[Gold]) -> Score:
    rest = list(extraction.claims)
    differences: list[Difference] = []
    found = 0
    for one in gold:
        near = [claim for claim in rest if _covers_half(claim, one)]
        match = next((claim for claim in near if _same_sides(claim, one)), None)
        if match is not None:
            rest.remove(match)
        if one["optional"]:
            continue
        found += match is not None
        if match is None:
            sides = [f"目标 {claim.target or '无'}，实际 {claim.actual or '无'}" for claim in near]
            expected = f"目标 {one['target'] or '无'}，实际 {one['actual'] or '无'}"
            differences.append(_difference("side" if near else "missed", one, expected, "；".join(sides)))
    false, misplaced = _extra(rest, gold)
    differences += [_stray("false", claim, claim.rule) for claim in false]
    differences += [_stray("misplaced", claim, claim.rule) for claim in misplaced]
    return _score("claims", gold, found, len(false), len(misplaced), differences)


def _covers_half(claim: Claim, gold: Gold) -> bool:
    shared: int = min(claim.end, gold["end"]) - max(claim.start, gold["start"])
    length: int = gold["end"] - gold["start"]
    return 2 * shared >= length


def _same_sides(claim: Claim, gold: Gold) -> bool:
    """Whether target and actual are there where gold has them, each with words of its own side."""
    return _same_side(gold["target"], claim.target) and _same_side(gold["actual"], claim.actual)


def _same_side(gold: str | None, found: str | None) -> bool:
    if gold is None or found is None:
        return gold is found
    return found in gold or gold in found


def _sections(extraction: Extraction, gold: Sequence[Gold]) -> Score:
    by_span = {(heading.start, heading.end): heading for heading in extraction.headings}
    differences: list[Difference] = []
    found = 0
    for one in gold:
        heading = by_span.pop((one["start"], one["end"]), None)
        if heading is None:
            differences.append(_difference("missed", one, expected=one["title"]))
            continue
        pairs = [(name, one[name], getattr(heading, name)) for name in ("level", "number", "title")]
        unlike = [pair for pair in pairs if pair[1] != pair[2]]
        found += not unlike
        differences += [_difference(name, one, str(expected), str(got)) for name, expected, got in unlike]
    false, misplaced = _extra(by_span.values(), gold)
    text = extraction.document.text
    differences += [Difference("false", one.start, one.end, text[one.start : one.end]) for one in false]
    differences += [Difference("misplaced", one.start, one.end, text[one.start : one.end]) for one in misplaced]
    return _score("sections", gold, found, len(false), len(misplaced), differences)


def _extra(records: Iterable[Any], gold: Sequence[Gold]) -> tuple[list[Any], list[Any]]:
    """What is left over: that which overlaps nothing of gold, and that which overlaps something firm."""
    false: list[Any] = []
    misplaced: list[Any] = []
    for record in records:
        near = [one for one in gold if one["start"] < record.end and record.start < one["end"]]
        if not near:
            false.append(record)
        elif not any(one.get("optional", False) for one in near):
            misplaced.append(record)
    return false, misplaced


def _score(
    sort: Sort, gold: Sequence[Gold], found: int, false: int, misplaced: int, differences: Iterable[Difference]
) -> Score:
    firm = sum(not one.get("optional", False) for one in gold)
    return Score(
        sort, firm, found, false, misplaced, tuple(sorted(differences, key=lambda one: (one.start, one.field)))
    )


def _difference(field: str, gold: Gold, expected: str = "", found: str = "") -> Difference:
    return Difference(field, gold["start"], gold["end"], gold.get("raw") or gold.get("title", ""), expected, found)


def _stray(field: str, record: Any, found: str) -> Difference:
    return Difference(field, record.start, record.end, record.text, found=found)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _shown(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value or "")
