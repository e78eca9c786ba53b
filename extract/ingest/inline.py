"""Takes the marks of Markdown out of a line, so that it reads as it is shown: 支出**100**万元 is 支出100万元."""

import re
from dataclasses import dataclass
from html import unescape

_MARK = re.compile(
    r"(?P<ticks>`+)(?!`)(?P<code>.{1,500}?)(?<!`)(?P=ticks)(?!`)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<line><br\s*/?>)"
    r"|(?P<entity>&(?:[a-z]{2,8}|#\d{1,6});)"
    r'|!?\[(?P<link>[^\[\]]*)\]\([^()\s]{0,2000}(?:\s+"[^"]{0,500}")?\)'
    r"|(?P<run>\*{1,3}(?!\*)|_{1,3}(?!_))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of * or _: its place among the pieces, and the characters around it."""

    piece: int
    before: str
    after: str

    def opens(self, sign: str) -> bool:
        """Whether emphasis may begin here: an underscore does not begin it within a word."""
        return not self.after.isspace() and self.after != "" and not (sign[0] == "_" and self.before.isalnum())

    def closes(self, sign: str) -> bool:
        """Whether emphasis may end here."""
        return not self.before.isspace() and self.before != "" and not (sign[0] == "_" and self.after.isalnum())


def shown(source: str) -> str:
    """A line without the marks of emphasis, code and links; `<br>` is a line break.

    Marks stay where they could be signs of multiplication: 100*5*2 is no 10052, and 20万元*5%*2年 keeps its stars.
    """
    pieces: list[str] = []
    opened: dict[str, _Run] = {}
    end = 0
    for match in _MARK.finditer(source):
        pieces += (source[end : match.start()], _plain(match))
        end = match.end()
        before = source[match.start() - 1 : match.start()]
        if match["run"] and before != match["run"][0]:
            _pair(match["run"], _Run(len(pieces) - 1, before, source[end : end + 1]), opened, pieces)
    return "".join((*pieces, source[end:]))


def _plain(match: re.Match[str]) -> str:
    """What is shown of a mark; a run of emphasis as it stands, until its other half is found."""
    if match["code"] is not None:
        return match["code"].strip()
    if match["line"]:
        return "\n"
    if match["entity"]:
        return unescape(match["entity"])
    if match["link"] is not None:
        return shown(match["link"])
    return match["escaped"] or match["run"]


def _pair(sign: str, run: _Run, opened: dict[str, _Run], pieces: list[str]) -> None:
    """Takes out both halves of an emphasis where this is the second one, else remembers the first."""
    first = opened.get(sign)
    if first and run.closes(sign):
        del opened[sign]
        if not _multiplies(sign, first, run):
            pieces[first.piece] = pieces[run.piece] = ""
    elif run.opens(sign):
        opened[sign] = run


def _multiplies(sign: str, first: _Run, last: _Run) -> bool:
    """Whether the marks stand between numbers, or single ones beside a number outside."""
    glued = any(run.before.isdigit() and run.after.isdigit() for run in (first, last))
    return glued or (len(sign) == 1 and (first.before.isdigit() or last.after.isdigit()))
