"""Which candidates stand where several overlap, and what is left over."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import TypeVar

from extract.find import candidates
from extract.numerals import Numeral
from extract.passages import Candidate, Passage
from schemas.mention import Mention
from schemas.report import Heading

_T = TypeVar("_T", bound=Candidate)


def settle(passage: Passage, numbers: Sequence[Mention]) -> list[Candidate]:
    """The candidates that stand, in text order: the earlier finder's first, then the longer."""
    starts = [numeral.start for numeral in passage.numerals]
    ranked: list[tuple[int, Candidate]] = [(-1, mention) for mention in numbers]
    for rank, candidate in candidates(passage):
        if not any(_cuts(passage.numerals, starts, edge) for edge in (candidate.start, candidate.end)):
            ranked.append((rank, candidate))
    ranked.sort(key=lambda pair: (pair[0], pair[1].start - pair[1].end, pair[1].start))
    return sorted(disjoint(candidate for _, candidate in ranked), key=lambda candidate: candidate.start)


def _cuts(numerals: Sequence[Numeral], starts: Sequence[int], edge: int) -> bool:
    """A candidate that begins or ends inside a numeral reads half of it: 零 of 壹仟零贰拾."""
    at = bisect_right(starts, edge) - 1
    return at >= 0 and starts[at] < edge < numerals[at].end


def disjoint(found: Iterable[_T]) -> list[_T]:
    """Those that overlap no earlier one."""
    starts: list[int] = []
    kept: list[_T] = []
    for candidate in found:
        at = bisect_left(starts, candidate.start)
        clear_left = at == 0 or kept[at - 1].end <= candidate.start
        clear_right = at == len(kept) or candidate.end <= kept[at].start
        if clear_left and clear_right:
            starts.insert(at, candidate.start)
            kept.insert(at, candidate)
    return kept


def heading_numbers(passage: Passage, headings: tuple[Heading, ...]) -> list[Mention]:
    """The numbers of the headings: 一、 （二） 1."""
    found = []
    for heading in headings:
        if heading.number and passage.start <= heading.start < passage.end:
            end = heading.start + len(heading.number)
            found.append(passage.identifier(heading.start, end, "heading", "标题"))
    return found


def left_over(numerals: Sequence[Numeral], kept: Sequence[Candidate]) -> list[Numeral]:
    """The numerals that no candidate covers."""
    starts = [candidate.start for candidate in kept]
    rest = []
    for numeral in numerals:
        at = bisect_right(starts, numeral.start) - 1
        covered = at >= 0 and numeral.start < kept[at].end
        reached = at + 1 < len(kept) and kept[at + 1].start < numeral.end
        if not (covered or reached):
            rest.append(numeral)
    return rest
