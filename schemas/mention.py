"""A mention: a numeral that is not a figure, recognised as what it is. The kinds are closed, each with its rule."""

from dataclasses import dataclass
from typing import Literal

DateKind = Literal["date", "year", "years", "month", "period", "as_of", "time"]
IdentifierKind = Literal[
    "heading",  # 一、 （二） 1.
    "list_number",  # 一是 ① 其一
    "ordinal",  # 第四届 第三季度 居全国第9
    "document_number",  # 财预〔2020〕10号
    "article",  # 第十二条
    "code",  # 2080506 208类 M-26
    "phone",
    "page_number",  # 第3页 -3-
    "table_number",  # 表1-3
    "award",  # 三等奖
    "slogan",  # 四个意识 “三高四新”
    "programme",  # 十四五 双百 二十大
    "name",  # 第二工人文化宫 三亚市
    "word",  # 统一 进一步 一般
    "indefinite",  # 一项重要工作 一系列
    "formula",  # 得分=完成率×10
    "version",  # V2.0
    "masked",  # **.**万元
    "unit",  # 单位：万元
    "size_class",  # 亿元企业 百亿级项目
]
MentionKind = Literal["date", "identifier"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A date or identifier with its span; `sort` is one of `DateKind` or `IdentifierKind`, `rule` what found it.

    For a date, `value` is ISO-like ("2023", "2023-12", "2023-12-31", "2021/2024" for a range of years), else "".
    """

    start: int
    end: int
    text: str
    kind: MentionKind
    sort: DateKind | IdentifierKind
    rule: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A numeral that nothing accounts for: listed, never dropped. `reason` says why it was refused, in Chinese."""

    start: int
    end: int
    text: str
    reason: str
