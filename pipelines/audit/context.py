"""What every check looks at: an extraction cut into sentences in which each figure is one character.

A sentence "支出 61.60 万元，完成预算的77%" reads "支出①，完成预算的②", with two characters of the private use area
and without white space. So a check is a pattern over wording, and its groups lead back to figures and offsets.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from extract.segment import Sections
from extract.segment.lines import Paragraph, paragraphs
from schemas.document import Table
from schemas.extraction import Extraction
from schemas.figure import Figure

FIRST, LAST = 0xE000, 0xF8FF
#: A figure, for use inside a character class and as a pattern of its own.
F = f"{chr(FIRST)}-{chr(LAST)}"
FIGURE = f"[{F}]"
#: Where a label ends on its left, beside another figure.
STOPS = "，。；、：:,;!！?？（）()…"
T = TypeVar("T")
SENTENCE_END = re.compile(r"[。！？!?]+[”’」）)]*|…+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the document: `text` as described above, `offsets` of its characters, and its figures in order."""

    start: int
    end: int
    text: str
    offsets: tuple[int, ...]
    figures: tuple[Figure, ...]

    def figure(self, index: int) -> Figure:
        """The figure at this index of the text."""
        return self.figures[ord(self.text[index]) - FIRST]

    def places(self, start: int = 0, end: int | None = None) -> Iterator[int]:
        """The indices in the text at which figures stand."""
        stop = len(self.text) if end is None else end
        return (i for i in range(start, stop) if is_figure(self.text[i]))

    def label(self, index: int) -> str:
        """The words that lead up to the character at this index, back to punctuation or another figure."""
        begin = index
        while begin and self.text[begin - 1] not in STOPS and not is_figure(self.text[begin - 1]):
            begin -= 1
        return self.text[begin:index]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the document of a slice of the text."""
        last = self.offsets[end - 1]
        stop = self.figure(end - 1).end if is_figure(self.text[end - 1]) else last + 1
        return self.offsets[start], stop


def is_figure(character: str) -> bool:
    """Whether a character of a passage stands for a figure."""
    return FIRST <= ord(character) <= LAST


class Context:
    """One extraction, indexed for the checks. Everything is derived from it and nothing changes."""

    def __init__(self, extraction: Extraction) -> None:
        """Index the figures, those of the running text and those of tables, by their place."""
        self.extraction = extraction
        self.document = extraction.document
        self.text = extraction.document.text
        figures = sorted(extraction.figures, key=lambda figure: (figure.start, -figure.end))
        self.figures = tuple(figure for figure in figures if figure.table is None)
        self._in_tables = tuple(figure for figure in figures if figure.table is not None)
        self._by_span = {(figure.start, figure.end): figure for figure in figures}
        self._starts = [figure.start for figure in self.figures]
        self._unexplained = sorted(one.start for one in extraction.unexplained)
        self._sections = Sections.of(extraction.headings)
        self._heads = frozenset(heading.start for heading in extraction.headings if not heading.run_in)
        self._made: dict[Callable[[Context], Any], Any] = {}

    def once(self, make: "Callable[[Context], T]") -> T:
        """What `make` derives from this context, derived once however many checks ask for it."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs of running text and the notes, in order, wrapped lines joined."""
        notes = (Paragraph(block.start, block.end) for block in self.document.blocks if block.kind == "note")
        return tuple(sorted((*paragraphs(self.document), *notes), key=lambda paragraph: paragraph.start))

    @cached_property
    def sentences(self) -> tuple[Passage, ...]:
        """The sentences of the running text, in order; a sentence never reaches over a paragraph."""
        return tuple(sentence for one in self.paragraphs for sentence in self.split(one.start, one.end))

    def split(self, start: int, end: int) -> Iterator[Passage]:
        """The sentences of a span."""
        begin = start
        for match in SENTENCE_END.finditer(self.text, start, end):
            if self.text[begin : match.end()].strip():
                yield self.passage(begin, match.end())
            begin = match.end()
        if self.text[begin:end].strip():
            yield self.passage(begin, end)

    def passage(self, start: int, end: int, *, fold: bool = True) -> Passage:
        """Any span of the document as a passage; without `fold` the figures stay as they are printed.

        So do those beyond the characters that there are for figures, in a sentence of more than 6,400 of them.
        """
        first, stop = (bisect_left(self._starts, edge) for edge in (start, end)) if fold else (0, 0)
        figures: list[Figure] = []
        characters: list[str] = []
        offsets: list[int] = []
        at = start
        for figure in self.figures[first:stop]:
            if figure.start < at or figure.end > end or len(figures) > LAST - FIRST:
                continue
            self._copy(at, figure.start, characters, offsets)
            characters.append(chr(FIRST + len(figures)))
            offsets.append(figure.start)
            figures.append(figure)
            at = figure.end
        self._copy(at, end, characters, offsets)
        return Passage(start, end, "".join(characters), tuple(offsets), tuple(figures))

    def _copy(self, start: int, end: int, characters: list[str], offsets: list[int]) -> None:
        for offset in range(start, end):
            character = self.text[offset]
            if not character.isspace():
                characters.append("·" if is_figure(character) else character)
                offsets.append(offset)

    def paragraph_at(self, offset: int) -> Paragraph | None:
        """The paragraph that an offset lies in."""
        index = bisect_right(self.paragraphs, offset, key=lambda paragraph: paragraph.start) - 1
        return self.paragraphs[index] if index >= 0 and offset < self.paragraphs[index].end else None

    def sentence_at(self, offset: int) -> Passage | None:
        """The sentence that an offset lies in."""
        index = bisect_right(self.sentences, offset, key=lambda sentence: sentence.start) - 1
        return self.sentences[index] if index >= 0 and offset < self.sentences[index].end else None

    def is_heading(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph is nothing but a heading."""
        return paragraph.start in self._heads

    def section(self, offset: int) -> tuple[str, ...]:
        """The titles of the headings above an offset, the outermost first."""
        return self._sections.at(offset)

    def figure_at(self, span: tuple[int, int]) -> Figure | None:
        """The figure with exactly this span."""
        return self._by_span.get(span)

    def table_at(self, offset: int) -> Table | None:
        """The table that an offset lies in."""
        return next((table for table in self.document.tables if table.start <= offset < table.end), None)

    def tabled(self, table: Table) -> Sequence[Figure]:
        """The figures of a table, in text order."""
        first, stop = (
            bisect_left(self._in_tables, edge, key=lambda one: one.start) for edge in (table.start, table.end)
        )
        return self._in_tables[first:stop]

    def suspect(self, start: int, end: int) -> bool:
        """Whether what stands in a span was not read well enough to rest an error on."""
        table = self.table_at(start)
        poor = self.document.quality == "suspect" or (table is not None and table.quality == "suspect")
        return poor or self.document.confidence(start, end) < 1

    def unread(self, start: int, end: int) -> bool:
        """Whether a numeral that nothing explains stands in a span of the text."""
        at = bisect_left(self._unexplained, start)
        return at < len(self._unexplained) and self._unexplained[at] < end

    def place(self, start: int, end: int) -> str:
        """Where a span lies, in words: 第3页、第12段, or 表2第3行“决算数”列."""
        page = self.document.locate(start, end)[0]
        words = [f"第{page}页"] if page else []
        words.append(self._cell(start) or self._paragraph(start))
        return "、".join(word for word in words if word)

    def _paragraph(self, start: int) -> str:
        number = bisect_right(self.paragraphs, start, key=lambda paragraph: paragraph.start)
        return f"第{number}段" if self.paragraph_at(start) else ""

    def _cell(self, start: int) -> str:
        table = self.table_at(start)
        if table is None:
            return ""
        index = bisect_right(self._in_tables, start, key=lambda figure: figure.start) - 1
        ref = self._in_tables[index].table if index >= 0 and start < self._in_tables[index].end else None
        if ref is None:
            return f"表{table.index + 1}"
        sheet = f"工作表“{ref.sheet}”{ref.cell or ''}" if ref.sheet else f"表{ref.index + 1}第{ref.row + 1}行"
        return f"{sheet}“{ref.column_label}”列" if ref.column_label else sheet
