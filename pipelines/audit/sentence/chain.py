"""B03: budgets that are changed in the year, and money that is carried from one year to the next."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from extract.lexicon import load
from pipelines.audit import interval
from pipelines.audit.check import Found, operand, show, value
from pipelines.audit.context import Context, Passage
from pipelines.audit.interval import Interval
from pipelines.audit.sentence.terms import stretches
from schemas.figure import Figure

Side = Literal["start", "plus", "minus", "end"]
SIDES: tuple[Side, ...] = ("start", "plus", "minus", "end")
#: The chains, each side of which is a list of words for its terms.
CHAINS: tuple[dict[str, object], ...] = tuple(load("audit")["chain"])


def find(context: Context) -> Iterator[Found]:
    """Every stretch of a sentence that prints both ends of a chain and what came between."""
    for sentence in context.sentences:
        for start, end in stretches(sentence):
            places = [i for i in sentence.places(start, end) if _is_money(sentence.figure(i))]
            for chain in CHAINS:
                terms = {side: [i for i in places if _is(chain[side], sentence.label(i))] for side in SIDES}
                if _is_whole(terms, places, bool(chain["all"])):
                    yield _judged(sentence, terms, chain)


def _is_money(figure: Figure) -> bool:
    return figure.kind == "amount" and figure.per is None and figure.approx is None and figure.value is not None


def _is(words: object, label: str) -> bool:
    return isinstance(words, list) and any(word in label for word in words)


def _is_whole(terms: Mapping[Side, Sequence[int]], places: Sequence[int], every: bool) -> bool:
    """One start, one end, something between, no figure twice and none that is nobody's."""
    used = [i for side in SIDES for i in terms[side]]
    between = all((terms["plus"], terms["minus"])) if every else any((terms["plus"], terms["minus"]))
    return len(terms["start"]) == len(terms["end"]) == 1 and between and sorted(used) == list(places)


def _judged(sentence: Passage, terms: Mapping[Side, Sequence[int]], chain: Mapping[str, object]) -> Found:
    figures = {side: [sentence.figure(i) for i in terms[side]] for side in SIDES}
    end = figures["end"][0]
    recomputed = interval.add(_signed(figures))
    result = show(recomputed.value, end.unit)
    missing = not (figures["plus"] and figures["minus"])
    names: Mapping[Side, str] = {"start": "起", "plus": "加", "minus": "减", "end": "止"}
    return Found(
        kind="sum",
        operands=tuple(operand(names[side], one) for side in SIDES for one in figures[side]),
        judgement=interval.judge(recomputed, interval.of(end)),
        says=f"{_substituted(figures)} = {result}，所印为{end.text}"
        + ("（未提及的调增、调减按无计）" if missing else ""),
        formula=str(chain["formula"]),
        substituted=f"{_substituted(figures)} = {result}",
        recomputed=recomputed,
        stated=end.text,
        severity="warn" if missing else None,
        difference=interval.decimal(interval.difference(recomputed, interval.of(end))),
    )


def _signed(figures: Mapping[Side, Sequence[Figure]]) -> Iterator[Interval]:
    yield from (interval.of(one) for side in ("start", "plus") for one in figures[side])
    yield from (interval.negate(interval.of(one)) for one in figures["minus"])


def _substituted(figures: Mapping[Side, Sequence[Figure]]) -> str:
    added = " + ".join(value(one) for one in (*figures["start"], *figures["plus"]))
    return added + "".join(f" − {value(one)}" for one in figures["minus"])
