"""One finder a kind; `candidates` asks them all. `resolve` settles which of two that overlap is right."""

from collections.abc import Callable, Iterator

from extract.find import amounts, counts, dates, identifiers, measures, ratios, scores, tables
from extract.passages import Candidate, Passage

Finder = Callable[[Passage], Iterator[Candidate]]

#: From the most to the least specific: of two candidates at one place the earlier group's stands, within a group the
#: longer one.
FINDERS: tuple[tuple[Finder, ...], ...] = (
    (identifiers.find, dates.find),
    (ratios.find,),
    (amounts.find,),
    (scores.find,),
    (measures.find,),
    (counts.find,),
    (tables.find,),
)


def candidates(passage: Passage) -> Iterator[tuple[int, Candidate]]:
    """Everything that any finder sees in a passage, with the rank of the finder's group."""
    if not passage.numerals:
        return
    for rank, group in enumerate(FINDERS):
        for finder in group:
            for candidate in finder(passage):
                yield rank, candidate
