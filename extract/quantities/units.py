"""Units as words: what each measures and how it is written."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache

from extract.lexicon import load
from extract.numerals import read
from schemas.figure import Kind

_WAN = Decimal(10000)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written: what it measures, its canonical name, and how many canonical units one of it is."""

    kind: Kind
    name: str
    factor: Decimal
    written: str
    bare_noun: bool = False


def unit_at(text: str, at: int, end: int) -> tuple[Unit, int] | None:
    """The longest unit that stands at `at`, and where it ends; None where none does."""
    match = _unit_pattern().match(text, at, end)
    if match is None:
        return None
    written = match.group()
    after = text[match.end() : match.end() + 1] if match.end() < end else ""
    if written[-1].isascii() and written[-1].isalpha() and after.isascii() and after.isalnum():
        return None
    if after and after in _not_before().get(written, "") and text[match.end() : match.end() + 2] != "之间":
        return None
    return units()[written], match.end()


@lru_cache(maxsize=4096)
def parse_unit(written: str) -> Unit | None:
    """万元 → amount in 万元 with its factor, 万人次 → 10,000 人次; None where it is no unit."""
    scale = re.match("[十百千万亿]*", written)
    prefix = scale.group() if scale else ""
    for length in range(len(prefix), -1, -1):  # 千米 is a unit of its own, 千元 is not
        found = unit_at(written, length, len(written))
        if found is not None and found[1] == len(written):
            factor = read("一" + written[:length]).value if length else Decimal(1)
            if factor is not None:
                return replace(found[0], factor=found[0].factor * factor, written=written)
    return None


@cache
def units() -> dict[str, Unit]:
    """Every unit by its written form."""
    lexicon = load("units")
    table: dict[str, Unit] = {}
    for group, words in lexicon["count"].items():
        if group != "canonical":
            table |= {word: Unit("count", word, Decimal(1), word, group == "nouns") for word in words}
    table |= {word: Unit("measure", name, Decimal(1), word) for word, name in lexicon["measure"].items()}
    table |= {word: Unit("ratio", name, Decimal(factor), word) for word, (name, factor) in lexicon["ratio"].items()}
    table |= {word: Unit("score", name, Decimal(1), word) for word, name in lexicon["score"].items()}
    table |= {word: Unit("amount", code, Decimal(1), word) for word, code in lexicon["currency"].items()}
    table |= {word: Unit("amount", "万元", Decimal(worth) / _WAN, word) for word, worth in lexicon["money"].items()}
    return table


@cache
def _unit_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(units(), key=len, reverse=True)))


@cache
def _not_before() -> dict[str, str]:
    words: dict[str, str] = load("units")["not_before"]
    return words
