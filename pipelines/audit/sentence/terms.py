"""Which figures of a sentence can stand in one computation."""

import re
from collections.abc import Iterator

from pipelines.audit.context import Passage
from schemas.figure import Figure

MEASURED = frozenset({"amount", "count", "measure", "score"})
#: Behind such a mark the sentence speaks of something else.
BREAK = re.compile("其中|[；;。]")


def is_plain(figure: Figure) -> bool:
    """Whether a figure is a quantity as it stands: no change, no rate, no price for each, no guess."""
    return figure.kind in MEASURED and figure.role != "change" and figure.per is None and figure.approx is None


def alike(one: Figure, other: Figure) -> bool:
    """Whether two figures may be added, subtracted and compared."""
    return one.kind == other.kind and one.unit == other.unit and one.per is None and other.per is None


def begin(sentence: Passage, at: int) -> int:
    """Where the stretch begins that holds this index: behind the last break before it."""
    return max((match.end() for match in BREAK.finditer(sentence.text, 0, at)), default=0)


def stretches(sentence: Passage) -> Iterator[tuple[int, int]]:
    """The stretches of a sentence between its breaks, as slices of its text."""
    edges = [0, *(edge for match in BREAK.finditer(sentence.text) for edge in match.span()), len(sentence.text)]
    return zip(edges[::2], edges[1::2], strict=True)
