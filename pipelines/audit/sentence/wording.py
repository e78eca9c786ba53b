"""A09: words around one number that contradict or double each other, and numbers whose unit is not well formed."""

import re
from collections.abc import Iterator
from itertools import chain

from extract.lexicon import load
from extract.segment.lines import Paragraph
from pipelines.audit.check import Found, words
from pipelines.audit.context import Context
from pipelines.audit.interval import Judgement

WORDS = load("audit")["wording"]
MOVES = load("audit")["changes"]
UP, DOWN = ("|".join(MOVES[key]) for key in ("up", "down"))
NUMBER = r"[\d０-９零〇一二两三四五六七八九十百千万亿][\d０-９,，.．零〇一二两三四五六七八九十百千]*"
UNIT = r"(?:[万亿]元?|元|%|％|[\u4e00-\u9fff]{1,2})"


def _any(*lists: str) -> str:
    return "|".join(sorted(chain.from_iterable(WORDS[name] for name in lists), key=len, reverse=True))


#: What is wrong, as a pattern over one paragraph without white space; the group "bad" is what is shown.
RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    # 近3万余人, 不足100人以上
    (
        "同一个数前后的修饰词相反",
        re.compile(
            rf"(?<![附最将临接亲邻靠])(?P<bad>(?:{_any('below')})(?:{NUMBER}[万亿]?(?:余|多)[万亿]?(?!年|个?月|天|日){UNIT}?|{NUMBER}{UNIT}?(?:余|以上)(?!年)))"
        ),
    ),
    # 约100人左右, 约近100人
    (
        "同一个数的约数修饰词重复",
        re.compile(
            rf"(?<![节预合条公契签缔大违相制])(?P<bad>(?:{_any('about_before')})(?:{NUMBER}[万亿]?{UNIT}(?:{_any('about_after')})"
            rf"|(?:近|将近|接近|超|超过|逾){NUMBER}))"
        ),
    ),
    # 增加增加, 减增加
    (
        "增减词重复或相反",
        re.compile(
            rf"(?P<bad>(?P<one>{UP}|{DOWN})(?P=one)|(?:{UP})(?:{DOWN})|(?:{DOWN})(?:{UP}))(?:了|额)?(?:为|约)?(?=\d)"
        ),
    ),
    # 决算数大小于预算数
    ("比较词相反", re.compile("(?P<bad>大小于|小大于|高低于|低高于|增减加|减增加)")),
    # 下降（增长）27.78%
    ("增减方向未选定", re.compile(rf"(?P<bad>(?:{UP}|{DOWN})[（(/](?:{UP}|{DOWN})[）)]?)[为约]?(?=\d)")),
    # 增长13.95。
    (
        "比率没有写明%",
        re.compile(
            r"(?:增长|下降|上升|增幅|降幅|[^汇功频积倍电]率|占比)(?:率)?[为达约]{0,2}(?P<bad>\d+\.\d+)(?=[。；，、）)]|$)"
        ),
    ),
    # 12.5万万元, 3元元
    ("金额单位重复", re.compile(r"\d(?P<bad>万万元|亿亿元|[万亿]?元[万亿]?元)(?![\u4e00-\u9fff]*[/／])")),
    # 支出0.39万（含……
    (
        "金额缺“元”",
        re.compile(
            r"(?:支出|经费|资金|预算|决算|金额|费用|投入|收入|拨款)(?:为|约|共|共计)?(?P<bad>\d[\d,]*(?:\.\d+)?万)(?=[（(，。；、]|$)"
        ),
    ),
    # 增加2.3%个百分点
    ("一个数有两个单位", re.compile(r"\d(?P<bad>[%％]个?百分点|[%％]{2,}|[%％]元)")),
)


def find(context: Context) -> Iterator[Found]:
    """Every slip of wording around a number, paragraph by paragraph."""
    for paragraph in context.paragraphs:
        yield from _slips(context, paragraph)


def _slips(context: Context, paragraph: Paragraph) -> Iterator[Found]:
    passage = context.passage(paragraph.start, paragraph.end, fold=False)
    for reason, pattern in RULES:
        for match in pattern.finditer(passage.text):
            place = words(context, "用词", passage.span(*match.span("bad")))
            printed = passage.text[slice(*match.span("bad"))]
            yield Found(
                kind="wording",
                operands=(place,),
                judgement=Judgement("broken"),
                says=f"“{printed}”：{reason}",
                formula=reason,
                stated=printed,
            )
