"""A01: parts that are said to make up a total, in a sentence, in brackets or line by line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extract.lexicon import load
from extract.numerals import read
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import FIGURE, Context, F, Passage, is_figure
from pipelines.audit.interval import Interval, Judgement
from pipelines.audit.listed import listed
from schemas.figure import Figure
from schemas.finding import Severity

WORDS = load("audit")["sums"]
TOTALS: tuple[str, ...] = tuple(WORDS["totals"])
SUMMED = frozenset({"amount", "count", "measure", "score"})
PEOPLE = frozenset({"名", "人", "位"})
OPENER = re.compile("|".join([*WORDS["weak_openers"], *WORDS["openers"]]))
#: "甲项目预算60万元，支出55万元": the second label has no name of its own.
USE = re.compile(rf"(?:已|共|累计|其中)?(?:{'|'.join(WORDS['stops'])})+(?:数|额|资金|金额|率)?[了为达]?")
FURTHER = re.compile("另|其余|此外|还有|剩余")
#: Behind the last part: there are more.
MORE = re.compile(f"[^，。；]{{0,2}}等|[^。{F}]{{0,6}}(?:其余|余下|其他由|剩余|不足部分|等)")
#: "……，合计50万元": a total that closes its list.
CLOSING = re.compile(
    rf"[，、；。（(：:](?P<n>以上|上述|[二两三四五六七八九十\d]+项|{FIGURE})?"
    rf"(?:(?:共计|合计|总计|共)(?:金额|资金)?|(?:全年)?(?:共计|合计|总计)(?:支出|收入|投入|安排))[为达]?(?P<total>{FIGURE})"
)
CHANGED = re.compile(rf"(?:比|较)(?:[上去前]|\d{{4}}年)|同比|(?:{'|'.join(WORDS['moves'])})[了额幅]?[为达]?$")
NOT_A_PART = re.compile("每|人均|平均|单价|标准")
SEPARATORS = {"、": 1, "和": 1, "及": 1, "与": 1, "，": 2, ",": 2, "；": 3, ";": 3}
BRACKETS = {"（": 1, "(": 1, "【": 1, "）": -1, ")": -1, "】": -1}
#: A closing total needs two parts, an opened list too: one part alone is a case of part ≤ whole.
PARTS_MIN = 2


@dataclass(frozen=True, slots=True)
class Part:
    """A figure of a list with the words before it; `rank` is how strong the mark is that parts it from the last one."""

    figure: Figure
    label: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A total with one reading of its parts. `opener` is the word that opens the list; `doubt` why it can't be judged.

    `firm`: a total word says that it is a total (共计); `counted`: the weak 共 does.
    """

    total: Part
    parts: tuple[Part, ...]
    opener: str
    firm: bool = False
    counted: bool = False
    doubt: str = ""


def find(context: Context) -> Iterator[Found]:
    """Every total with its parts."""
    for index, sentence in enumerate(context.sentences):
        previous = context.sentences[index - 1] if index else None
        yield from _opened(context, previous, sentence)
        yield from _closed(sentence)
        yield from _lines(context, previous, sentence)


# ------------------------------------------------------------------------------------------- total, then its parts


def _opened(context: Context, previous: Passage | None, sentence: Passage) -> Iterator[Found]:
    """As in "共计100万元，其中甲60万元、乙40万元", also with "其中" at the head of the next sentence."""
    begin, passage = 0, sentence
    if previous is not None and OPENER.match(sentence.text):
        begin, passage = len(previous.text), context.passage(previous.start, sentence.end)
    depths = _depths(passage.text)
    for opener in OPENER.finditer(passage.text, begin):
        readings = _readings(passage, depths, opener)
        if readings:
            yield _settled(readings)


def _readings(passage: Passage, depths: Sequence[int], opener: re.Match[str]) -> list[Listing]:
    """The ways in which the list behind an opener can be read; none if it has no two parts or no total."""
    inside = list(_inside(passage.text, depths, opener.end(), depths[opener.start()]))
    first = next((passage.figure(i) for i in inside if is_figure(passage.text[i]) and _can_be_part(passage, i)), None)
    if first is None:
        return []
    at = _total_before(passage, depths, opener.start(), first)
    if at is None:
        return []
    total = Part(passage.figure(at), passage.label(at))
    readings = []
    for indices in _cuts(passage, inside, total.figure):
        parts = tuple(_parts(passage, indices, total.figure))
        if len(parts) >= PARTS_MIN and _announces(opener.group(), total.label):
            doubt = _doubt(passage, indices, parts, total.figure)
            readings.append(_listing(passage, at, parts, opener.group(), doubt, indices))
    return readings


def _announces(opener: str, label: str) -> bool:
    """As in "支出分别为3万元、4万元" speaks of a total only if there is a word for it."""
    return not opener.startswith("分别") or any(word in label for word in (*TOTALS, "共"))


def _listing(
    passage: Passage, at: int, parts: tuple[Part, ...], opener: str, doubt: str, indices: Sequence[int]
) -> Listing:
    label = passage.label(at)
    places = [i for i in indices if is_figure(passage.text[i])]
    weak = opener in WORDS["weak_openers"] or bool(places and MORE.match(passage.text, places[-1] + 1))
    return Listing(
        Part(passage.figure(at), label),
        parts,
        "包括" if weak else opener,
        firm=any(word in label for word in TOTALS),
        counted="共" in label,
        doubt=doubt,
    )


def _inside(text: str, depths: Sequence[int], start: int, depth: int) -> Iterator[int]:
    """The indices of the list that begins at `start`, without what stands in deeper brackets or under an inner 其中."""
    skip = False
    for index in range(start, len(text)):
        if depths[index] < depth or (text[index] == "。" and depths[index] == depth):
            return
        if depths[index] > depth:
            continue
        if text[index] in "；;":
            skip = False
        elif text.startswith("其中", index) and index > start:
            skip = True
        if not skip:
            yield index


def _total_before(passage: Passage, depths: Sequence[int], opener: int, first: Figure) -> int | None:
    """The nearest figure before the opener, not deeper in brackets, that could be a total of such parts."""
    for index in reversed(list(passage.places(0, opener))):
        if depths[index] <= depths[opener] and _alike(passage.figure(index), first) and _can_be_part(passage, index):
            return index
    return None


def _cuts(passage: Passage, inside: Sequence[int], total: Figure) -> list[Sequence[int]]:
    """The list as far as it goes, and, where a stronger mark follows its first one, as far as that mark."""
    places = [i for i in inside if is_figure(passage.text[i]) and _is_part(passage, i, total)]
    ranks = [_rank(passage.text[low + 1 : high]) for low, high in pairwise(places)]
    if not ranks or max(ranks) == ranks[0]:
        return [inside]
    stop = next(number for number, rank in enumerate(ranks) if rank > ranks[0])
    short = [i for i in inside if i <= places[stop]]
    comma = ranks[stop] == SEPARATORS["，"]
    if comma and any(word in passage.label(places[stop + 1]) for word in WORDS["stops"]):
        return [short]
    return [inside, short]


def _parts(passage: Passage, indices: Sequence[int], total: Figure) -> Iterator[Part]:
    last: int | None = None
    for index in indices:
        if is_figure(passage.text[index]) and _is_part(passage, index, total):
            rank = 0 if last is None else _rank(passage.text[last + 1 : index])
            yield Part(passage.figure(index), passage.label(index), rank)
            last = index


def _doubt(passage: Passage, indices: Sequence[int], parts: Sequence[Part], total: Figure) -> str:
    """Why the list can't be added up as it stands."""
    ranks = {part.rank for part in parts[1:]}
    if 0 in ranks:
        return "两个数之间没有分隔，不能确定是否同为分项"
    if SEPARATORS["；"] in ranks and len(ranks) > 1:  # A预算50万元，支出40万元；B预算……
        return "分号之间不止一个数，不能确定哪个是分项"
    if sum((part.figure.value or 0) > (total.value or 0) for part in parts) > 1:
        return "不止一个分项大于合计，可能另有合计"
    last = max(i for i in indices if is_figure(passage.text[i]) and passage.figure(i) is parts[-1].figure)
    others = [passage.figure(i) for i in indices if i < last and is_figure(passage.text[i])]
    if any(f.kind == total.kind and not _alike(f, total) and f.per is None for f in others if f.role != "change"):
        return "分项的单位不同"
    if passage.text.endswith(CUT):
        return "句子没有写完，后面可能还有分项"
    return _doubt_of_names(parts)


#: A sentence that ends so was cut by the end of a line or page.
CUT = ("，", "、", "占", "：", ",", "（", "(")


def _doubt_of_names(parts: Sequence[Part]) -> str:
    """Why parts so called are hardly parts of one total."""
    labels = [part.label for part in parts]
    bare = [USE.fullmatch(label) is not None for label in labels]
    if any(bare) and not all(bare):
        return "有的数说的是用途而不是分项"
    if any(FURTHER.match(label) or _is_within(label, labels[:n]) for n, label in enumerate(labels)):
        return "列举中另有层次"
    roles = {part.figure.role for part in parts} & {"budget", "spent", "allocated", "received", "target", "actual"}
    return "分项既有预算（目标）数又有执行（完成）数" if len(roles) > 1 and roles & {"budget", "target"} else ""


def _is_within(label: str, earlier: Sequence[str]) -> bool:
    """As in "人工造林中油茶" behind "人工造林" splits what has been counted."""
    head = label.partition("中")[0]
    return len(head) >= PARTS_MIN and head != label and any(one.endswith(head) for one in earlier)


def _alike(one: Figure, other: Figure) -> bool:
    same = one.unit == other.unit or {one.unit, other.unit} <= PEOPLE
    return one.kind == other.kind and same and one.per is None and other.per is None


def _can_be_part(passage: Passage, index: int) -> bool:
    figure, label = passage.figure(index), passage.label(index)
    if figure.kind not in SUMMED or figure.per is not None or figure.role == "standard":
        return False
    return figure.approx not in {"range", "vague"} and not CHANGED.search(label) and not NOT_A_PART.search(label)


def _is_part(passage: Passage, index: int, total: Figure) -> bool:
    return _alike(passage.figure(index), total) and _can_be_part(passage, index)


def _rank(between: str) -> int:
    """The strength of the strongest mark between two figures, brackets left out."""
    bare = re.sub(r"[（(][^（()）]*[)）]", "", between)
    return max((SEPARATORS.get(character, 0) for character in bare), default=0)


def _depths(text: str) -> list[int]:
    """How many brackets are open at each character; a bracket itself counts as inside."""
    depths: list[int] = []
    depth = 0
    for character in text:
        step = BRACKETS.get(character, 0)
        depths.append(max(depth, depth + step))
        depth = max(0, depth + step)
    return depths


# ------------------------------------------------------------------------------------------- parts, then their total


def _closed(sentence: Passage) -> Iterator[Found]:
    """As in "甲30万元、乙20万元，合计50万元": the run of figures before the total whose marks are alike."""
    for match in CLOSING.finditer(sentence.text):
        at = match.start("total")
        total = sentence.figure(at)
        before = [i for i in sentence.places(0, match.start()) if _is_part(sentence, i, total)]
        run = _run(sentence, before)
        if len(run) < PARTS_MIN or not _can_be_part(sentence, at) or "其中" in sentence.text[run[0] : at]:
            continue
        parts = tuple(_parts(sentence, run, total))
        doubt = "" if _is_whole_run(parts, len(before), _announced(sentence, match)) else "合计之前哪些数是分项不能确定"
        opener = "包括" if "等" in sentence.text[run[-1] + 1 : at] else "合计"
        yield _settled([Listing(Part(total, sentence.label(at)), parts, opener, firm=True, doubt=doubt)])


def _run(sentence: Passage, before: Sequence[int]) -> Sequence[int]:
    """The last figures before a total that are parted by marks of one strength."""
    if len(before) < PARTS_MIN:
        return []
    ranks = [_rank(sentence.text[low + 1 : high]) for low, high in pairwise(before)]
    begin = len(ranks) - 1
    while begin and ranks[begin - 1] == ranks[-1]:
        begin -= 1
    return before[begin:] if ranks[-1] else []


def _announced(sentence: Passage, match: re.Match[str]) -> int | None:
    """The number of parts that a closing total speaks of (三项合计); None if it names none."""
    stated: str | None = match["n"]
    if not stated or stated in {"以上", "上述"}:
        return None
    if is_figure(stated):
        return int(sentence.figure(match.start("n")).value or 0)
    return int(read(stated.removesuffix("项")).value or 0)


def _is_whole_run(parts: Sequence[Part], before: int, announced: int | None) -> bool:
    """Whether the run is all that the total can mean: the announced number, or every figure before it, of one role."""
    if announced is not None:
        return announced == len(parts)
    roles = {part.figure.role for part in parts}
    if before != len(parts) or len(roles) > 1:
        return False
    return parts[-1].rank != SEPARATORS["，"] or None not in roles


# ------------------------------------------------------------------------------------------- line by line


def _lines(context: Context, previous: Passage | None, sentence: Passage) -> Iterator[Found]:
    """As in "共计100万元。其中：" with one part on each of the lines that follow."""
    if not sentence.text.endswith(("：", ":")):
        return
    items = listed(context, sentence.end)
    lead = sentence
    if previous is not None and not any(_can_be_part(sentence, i) for i in sentence.places()):
        lead = context.passage(previous.start, sentence.end)
    firsts = [next((i for i in item.places() if _can_be_part(item, i)), None) for item in items]
    found = [(item, first) for item, first in zip(items, firsts, strict=True) if first is not None]
    if len(found) < PARTS_MIN:
        return
    at = _total_before(lead, [0] * (len(lead.text) + 1), len(lead.text), found[0][0].figure(found[0][1]))
    if at is None:
        return
    total = lead.figure(at)
    parts = tuple(Part(item.figure(i), item.label(i), SEPARATORS["；"]) for item, i in found)
    clear = len(found) == len(items) and all(_is_clear(item, i, total) for item, i in found)
    opener = OPENER.search(lead.text, at)
    yield _settled([_listing(lead, at, parts, opener.group() if opener else "包括", "" if clear else _UNCLEAR, [])])


_UNCLEAR = "各行中哪个数是分项不能确定"


def _is_clear(item: Passage, first: int, total: Figure) -> bool:
    """Whether an item holds one part of the total only: what follows is of another kind, a change, or under a 其中."""
    end = item.text.find("其中", first)
    rest = [i for i in item.places(first + 1, end if end >= 0 else None) if _is_part(item, i, total)]
    return _alike(item.figure(first), total) and not rest


# ------------------------------------------------------------------------------------------- the verdict


def _settled(readings: Sequence[Listing]) -> Found:
    """What the readings say if they say the same, else a refusal."""
    founds = [_judged(listing) for listing in readings]
    if len({(found.judgement.verdict, found.judgement.cause) for found in founds}) == 1:
        return founds[0]
    return _with(readings[0], Judgement("ambiguous", reason="分项列到哪里为止有两种读法，结论不同"))


def _judged(listing: Listing) -> Found:
    recomputed = interval.add(interval.of(part.figure) for part in listing.parts)
    stated = interval.of(listing.total.figure)
    whole = all(interval.is_whole(part.figure) for part in (listing.total, *listing.parts))
    judgement = interval.judge(recomputed, stated, whole=whole)
    if judgement.verdict == "holds" or (judgement.verdict == "tail" and not judgement.cause):
        return _with(listing, judgement)
    if listing.doubt:
        return _with(listing, Judgement("ambiguous", reason=listing.doubt))
    severity = _severity(listing, short=_is_short(recomputed, stated))
    if severity is None:
        return _with(listing, Judgement("ambiguous", reason="列举可能不完整或相互交叉"))
    return _with(listing, judgement, severity)


def _is_short(recomputed: Interval, stated: Interval) -> bool:
    return recomputed.value is not None and stated.value is not None and recomputed.value < stated.value


def _severity(listing: Listing, *, short: bool) -> Severity | None:
    """How much a difference weighs: None where an unfinished or overlapping list explains it."""
    labels = [part.label.removeprefix("其中") for part in listing.parts]
    is_count = listing.total.figure.kind == "count"
    if listing.opener == "包括":
        return None if short else "warn"
    if is_complement(labels):
        return "error"
    if is_count and any(word in label for word in WORDS["overlapping"] for label in labels):
        return None
    if listing.firm or (listing.counted and not is_count):
        return "error"
    if listing.counted:
        return "review" if short else "error"
    return None if short else "warn"


def is_complement(labels: Sequence[str]) -> bool:
    """Whether the labels leave nothing out: 地上 and 地下, 计容 and 不计容."""
    for one in labels:
        bare = re.sub(r"(?:面积|金额|人数|数量)?[为是达]?$", "", one)
        if bare and any(other.startswith((f"不{bare}", f"非{bare}")) for other in labels):
            return len(labels) == PARTS_MIN
    return any(
        len(words) == len(labels) and all(any(word in label for label in labels) for word in words)
        for words in WORDS["complements"]
    )


def _with(listing: Listing, judgement: Judgement, severity: Severity | None = None) -> Found:
    total, parts = listing.total.figure, listing.parts
    recomputed, stated = interval.add(interval.of(part.figure) for part in parts), interval.of(total)
    apart = interval.difference(recomputed, stated)
    unit = total.unit
    return Found(
        kind="sum",
        operands=(operand("合计", total), *(operand("分项", part.figure) for part in parts)),
        judgement=judgement,
        says=f"“{_tail(listing.total.label)}{total.text}”，所列{len(parts)}个分项相加为{show(recomputed.value, unit)}",
        formula="Σ分项 = 合计",
        substituted=" + ".join(value(part.figure) for part in parts) + f" = {show(recomputed.value)}{unit}",
        recomputed=recomputed,
        stated=total.text,
        severity=severity,
        difference=interval.decimal(apart),
        alternatives=tuple(_explanations(listing, apart)),
        subject=f"{_tail(listing.total.label)}/" + "/".join(_tail(part.label) for part in parts),
    )


def _explanations(listing: Listing, apart: object) -> Iterator[str]:
    """A part that is exactly as large as the difference: left out of the total, or counted twice."""
    for part in listing.parts:
        if apart and part.figure.value is not None and apart == interval.of(part.figure).value:
            yield f"差额恰等于分项“{_tail(part.label)}{part.figure.text}”"


def _tail(label: str) -> str:
    return label.removeprefix("其中")[-16:]
