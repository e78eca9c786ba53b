"""J02: what a template wanted filled in, and sections that say nothing."""

import re
from collections.abc import Iterator

from extract.lexicon import load
from pipelines.audit.check import Found, words
from pipelines.audit.context import Context
from pipelines.audit.interval import Judgement
from schemas.relation import Operand

WORDS: dict[str, list[str]] = load("audit")["blanks"]
#: "XX局", "××万元", "待填写", "{单位}", "【填写项目名称】"
PLACEHOLDER = re.compile(
    rf"(?:[xXＸｘ]{{2,}}|[×]{{2,}}|[*＊]{{2,}}|_{{3,}}|＿{{2,}})(?={'|'.join(WORDS['behind'])})"
    rf"|{'|'.join(WORDS['left_over'])}"
    rf"|[{{｛【\[［<＜](?:请?(?:填写|输入|插入|填入)[^}}｝】\]］>＞，。]{{0,16}}|(?:{'|'.join(WORDS['fields'])}))[}}｝】\]］>＞]"
)
TROUBLE = re.compile("|".join(WORDS["trouble"]))
NOTHING = re.compile(rf"(?:{'|'.join(WORDS['nothing'])})[。．.]?")
#: Quoted or cited, it is an example.
NAMED = re.compile(r"[《“][^》”]*$")
FULL = 100


def find(context: Context) -> Iterator[Found]:
    """Placeholders, and sections on problems that name none although points were lost."""
    for paragraph in context.paragraphs:
        passage = context.passage(paragraph.start, paragraph.end, fold=False)
        for match in PLACEHOLDER.finditer(passage.text):
            if not NAMED.search(passage.text[: match.start()]):
                place = words(context, "占位符", passage.span(*match.span()))
                yield _found(place, f"“{match.group()}”像是模板里待填的内容", "模板各处均已填写")
    yield from _empty(context)


def _empty(context: Context) -> Iterator[Found]:
    """As in "四、存在的问题　无。" under a score of 92."""
    score = context.extraction.report.score
    if score is None or score >= FULL:
        return
    for paragraph in context.paragraphs:
        text = context.passage(paragraph.start, paragraph.end, fold=False).text
        title = (context.section(paragraph.start) or ("",))[-1]
        if TROUBLE.search(title) and NOTHING.fullmatch(text):
            place = words(context, "空节", (paragraph.start, paragraph.end))
            yield _found(place, f"得分{score:f}分，而“{title}”一节写“{text}”", "扣分应有所述的问题", info=True)


def _found(place: Operand, says: str, formula: str, *, info: bool = False) -> Found:
    return Found(
        kind="outline",
        operands=(place,),
        judgement=Judgement("broken"),
        says=says,
        formula=formula,
        stated=place.text,
        severity="info" if info else None,
    )
