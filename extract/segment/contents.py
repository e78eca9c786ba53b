"""The table of contents: where it lies and what it tells of the outline."""

import re
from dataclasses import replace

from extract import lexicon
from extract.segment.lines import Paragraph
from extract.segment.numbering import number

_LEADERS = re.compile(r"\s*(?:[…·\.\uff0e—_-]{3}|\t)[\s…·\.\uff0e—_-]*+\d*+\s*+$")


def split_contents(text: str, paragraphs: list[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """Entries of the table of contents, and the paragraphs outside it."""
    opening = lexicon.load("outline")["contents"]
    first = next((i for i, p in enumerate(paragraphs) if plain(text[p.start : p.end]) in opening), None)
    last = first + 1 + _contents_length(text, paragraphs[first + 1 :]) if first is not None else 0
    entries: list[Paragraph] = []
    body: list[Paragraph] = []
    for index, paragraph in enumerate(paragraphs):
        listed = first is not None and first <= index < last
        leaders = _LEADERS.search(text[paragraph.start : paragraph.end])
        if listed or leaders:
            end = paragraph.start + leaders.start() if leaders else paragraph.end
            entries.append(replace(paragraph, end=end))
        else:
            body.append(paragraph)
    return entries, body


def _contents_length(text: str, following: list[Paragraph]) -> int:
    """The contents end where their first entry comes again as a heading, else at the first line without a number."""
    lines = [text[paragraph.start : paragraph.end] for paragraph in following]
    names = [plain(_LEADERS.sub("", line)) for line in lines]
    if names and names[0] in names[1:]:
        return names.index(names[0], 1)
    return next((i for i, line in enumerate(lines) if not number(line) and not _LEADERS.search(line)), len(lines))


def plain(title: str) -> str:
    """A title without white space."""
    return re.sub(r"\s", "", title)
