"""Scores: 自评得分100分, 满分10分, and scores printed without 分 after 得分 or 总分."""

import re
from collections.abc import Iterator
from dataclasses import replace

from extract.numerals import Numeral
from extract.passages import Passage
from extract.quantities import Quantity, implied, units

#: What makes a Chinese 十分 a score and not "very".
_SCORED = re.compile(
    r"(?:得分?|满分|分值|扣|计|加|减|评分|评为|总分|权重|共|各占?|占)(?:为|是|达|不超过|最多|最高)*[ \t]*$"
)
_UNSIGNED = re.compile(
    r"(?:得分|总分|评分|分值|权重|自评分|评价分|满分|标准分|扣分)(?:数|合计)?"
    r"(?:为|是|达|：|:|=|＝|约)?[ \t]*(?:为)?[ \t]*$"
)
_CLOSES = re.compile(r"[ \t]*(?:[，。；、）)\n\t,;/（(]|$)")


def find(passage: Passage) -> Iterator[Quantity]:
    """Every score of the passage."""
    for quantity in passage.quantities:
        if quantity.kind == "score" and not (quantity.chinese and not _SCORED.search(passage.before(quantity.start))):
            yield replace(quantity, rule="得分.单位")
    for numeral in passage.unitless:
        if _lacks_unit(passage, numeral):
            yield implied(passage.text, numeral, units()["分"], passage.end, rule="得分.缺单位", note="缺“分”字")


def _lacks_unit(passage: Passage, numeral: Numeral) -> bool:
    return (
        numeral.form == "arabic"
        and numeral.value is not None
        and _UNSIGNED.search(passage.before(numeral.start)) is not None
        and _CLOSES.match(passage.text, numeral.end, passage.end) is not None
    )
