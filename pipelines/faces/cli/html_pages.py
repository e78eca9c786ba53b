"""A document with pages as one page of HTML: each page as it looks, under boxes for what was read where, and the text.

Pages are drawings (SVG) in points: the picture of the page, or else its characters where they stand, then a box for
each block and cell. A number leads from a box to its text and back. No script, nothing from elsewhere.
"""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from pipelines.faces.cli.html_blocks import block_html
from schemas.document import Block, Box, Document, Page

KINDS: Mapping[str, str] = {
    "heading": "标题",
    "paragraph": "段落",
    "table": "表格",
    "note": "注",
    "header": "页眉",
    "footer": "页脚",
}
READINGS: Mapping[str, str] = {
    "text": "读的是文字层",
    "ocr": "由文字识别（OCR）读出",
    "blank": "空白页",
    "unreadable": "没有读出",
}

STYLE = """
body { margin: 0; color: #222;
  font: 14px/1.6 system-ui, "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif }
.top { padding: .6em 1.2em; border-bottom: 1px solid #ccc; background: #f7f7f7 }
.top h1 { font-size: 16px; margin: 0 }
.top p { margin: .2em 0; color: #555 }
.top .problem { color: #b00020 }
.key { border: 2px solid; padding: 0 .4em; margin-right: .5em; border-radius: 2px; background: #fff }
section { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 1.2em; align-items: start;
  padding: 0 1.2em 1.6em }
section h2 { grid-column: 1 / -1; font-size: 14px; margin: .8em 0 .4em }
section h2 small { font-weight: normal; color: #777; margin-left: .6em }
svg { display: block; width: 100%; background: #fff; outline: 1px solid #999 }
svg text { fill: #222; font-family: SimSun, "Songti SC", "Noto Serif CJK SC", serif; white-space: pre }
svg rect { fill-opacity: .06; stroke-width: .8 }
svg rect.cell { fill: none; stroke: #1e8449; stroke-width: .7; stroke-dasharray: 3 2 }
svg rect.tag { fill-opacity: .85; stroke: none }
svg text.number { font: bold 9px sans-serif; fill: #fff }
svg a:hover rect.block, svg a:target rect.block { fill-opacity: .3 }
.heading { color: #c0392b; fill: #c0392b; stroke: #c0392b }
.paragraph { color: #2166ac; fill: #2166ac; stroke: #2166ac }
.table { color: #1e8449; fill: #1e8449; stroke: #1e8449 }
.note { color: #8e44ad; fill: #8e44ad; stroke: #8e44ad }
.header, .footer { color: #777; fill: #777; stroke: #777 }
ol { list-style: none; margin: 0; padding: 0 }
li { position: relative; padding: .1em .4em .1em 3em; border-left: 3px solid; margin-bottom: .35em }
li > a.to { position: absolute; left: .4em; width: 2.2em; text-align: right; color: inherit; font-weight: bold;
  text-decoration: none }
li > * { color: #222 }
li p, li h1, li h2, li h3, li h4, li h5, li h6 { margin: 0; font-size: inherit; white-space: pre-wrap }
li.header, li.footer, li.more { font-size: 12px }
li:target { background: #fff3bf }
li, svg a { scroll-margin-top: 30vh }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: 12px; line-height: 1.4 }
caption { text-align: left }
th, td { border: 1px solid #999; padding: .15em .4em; vertical-align: top; white-space: pre-line }
th { background: #eef5ee }
mark { background: #ffd7d7; border-bottom: 2px solid #b00020 }
@media print {
  @page { size: A4 landscape; margin: 8mm }
  body { font-size: 10px }
  section { break-after: page; padding: 0 }
  svg { max-height: 165mm }
  li, li.header, li.footer, li.more { font-size: 10px }
  .wide { overflow: visible }
  table { font-size: 8px }
}
"""

#: Height in points of the tag that bears the number of a box.
_TAG = 10.0
#: Points of a page that does not tell its size.
_A4 = (595.0, 842.0)

Places = Mapping[int, Box | None]


def body(document: Document, pictures: Mapping[int, bytes]) -> str:
    """The view of a document with pages; `pictures` are JPEGs by the number of the page."""
    places = [_places(document, block) for block in document.blocks]
    runs, blocks = _runs(document), defaultdict(list)
    for index, found in enumerate(places):
        for number in found:
            blocks[number].append(index)
    parts = ["".join(_top(document, pictures))]
    for page in document.pages:
        here = [(index, places[index]) for index in blocks[page.number]]
        picture = pictures.get(page.number)
        drawn = _image(page, picture) if picture else "".join(_characters(document, runs[page.number]))
        boxes = "".join(_boxed(document, index, found, page.number) for index, found in here)
        width, height = page.width or _A4[0], page.height or _A4[1]
        parts += [
            f'<section id="p{page.number}"><h2>第{page.number}页<small>{READINGS[page.reading]}</small></h2>',
            f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="第{page.number}页">{drawn}{boxes}</svg>',
            f"<ol>{''.join(_text(document, index, found, page.number) for index, found in here)}</ol></section>",
        ]
    return "\n".join(parts)


def _places(document: Document, block: Block) -> Places:
    """The pages that a block is on, with its box on each; of one that stands nowhere the page alone."""
    cells = document.tables[block.table].cells if block.table is not None else ()
    own = [cell.place for cell in cells] or [block.place]
    lines = document.glyphs.lines(block.start, block.end) if document.glyphs else ()
    found: dict[int, Box] = {}
    for number, box in (*lines, *((place.page, place.box) for place in own)):
        if number and box:
            found[number] = _around(found.get(number, box), box)
    return dict(sorted(found.items())) or {block.place.page or 1: None}


def _around(one: Box, other: Box) -> Box:
    return Box(min(one.x0, other.x0), min(one.top, other.top), max(one.x1, other.x1), max(one.bottom, other.bottom))


def _runs(document: Document) -> Mapping[int, list[int]]:
    """The runs of characters by the number of the page on which they stand."""
    runs = defaultdict(list)
    for run, number in enumerate(document.glyphs.pages if document.glyphs else ()):
        runs[number].append(run)
    return runs


def _top(document: Document, pictures: Mapping[int, bytes]) -> Iterator[str]:
    """The name, what the colours and numbers are, and what was not read."""
    kinds = {block.kind for block in document.blocks}
    keys = "".join(f'<span class="key {kind}">{name}</span>' for kind, name in KINDS.items() if kind in kinds)
    drawn = f"{len(pictures)} 页是页面图像" if pictures else ""
    rest = f"{len(document.pages) - len(pictures)} 页没有图像，按每个字的位置画出"
    sorts = "，".join(part for part in (drawn, rest if len(pictures) < len(document.pages) else "") if part)
    doubts = "<mark>红底</mark>的字文字识别把握不大。" if document.doubts else ""
    yield f'<div class="top"><h1>{escape(document.title or document.name)}</h1>'
    yield f"<p>{keys}虚线是表格的格子。点框上的编号看读出的文字，点文字前的编号看它在页上的位置。{doubts}"
    yield f"共 {len(document.pages)} 页：{sorts}。</p>"
    for problem in document.problems:
        yield f'<p class="problem">未读全：{escape(f"{problem.place} {problem.message}".strip())}</p>'
    yield from (f"<p>注意：{escape(warning)}</p>" for warning in document.warnings)
    yield "</div>"


def _image(page: Page, picture: bytes) -> str:
    source = f"data:image/jpeg;base64,{b64encode(picture).decode()}"
    return f'<image width="{page.width:g}" height="{page.height:g}" preserveAspectRatio="none" href="{source}"/>'


def _characters(document: Document, runs: Sequence[int]) -> Iterator[str]:
    """The characters of a page where they stand, each at its own left edge."""
    glyphs = document.glyphs
    if glyphs is None:
        return
    ends = (*glyphs.starts[1:], glyphs.end)
    for run in runs:
        text, size = document.text[glyphs.starts[run] : ends[run]], glyphs.bottoms[run] - glyphs.tops[run]
        edges = " ".join(f"{edge:.1f}" for edge in glyphs.edges[run][:-1])
        foot = glyphs.bottoms[run] - 0.15 * size
        yield f'<text x="{edges}" y="{foot:.1f}" font-size="{0.95 * size:.1f}">{escape(text)}</text>'


def _boxed(document: Document, index: int, places: Places, number: int) -> str:
    """The box of a block on a page, a link to its text, with a tag at its left; before it the boxes of its cells."""
    block, box = document.blocks[index], places[number]
    if box is None:
        return ""
    cells = document.tables[block.table].cells if block.table is not None else ()
    grid = [_rectangle("cell", cell.place.box) for cell in cells if cell.place.page == number and cell.place.box]
    label = str(index + 1)
    width = 5.2 * len(label) + 3
    right = max(width, box.x0 - 2)
    anchor = f' id="k{label}"' if number == min(places) else ""
    return "".join(
        (
            *grid,
            f'<a{anchor} href="#b{label}"><title>{KINDS[block.kind]} {label}</title>',
            _rectangle(f"block {block.kind}", box),
            _rectangle(f"tag {block.kind}", Box(right - width, box.top, right, box.top + _TAG)),
            f'<text class="number" x="{right - width + 1.5:.1f}" y="{box.top + 8:.1f}">{label}</text></a>',
        )
    )


def _rectangle(sort: str, box: Box) -> str:
    size = f'width="{box.x1 - box.x0:.1f}" height="{box.bottom - box.top:.1f}"'
    return f'<rect class="{sort}" x="{box.x0:.1f}" y="{box.top:.1f}" {size}/>'


def _text(document: Document, index: int, places: Places, number: int) -> str:
    """What was read of a block that begins on this page; where it goes on, a link to there."""
    block, label, first = document.blocks[index], index + 1, min(places)
    link = f'<a class="to" href="#k{label}">{label}</a>'
    if number == first:
        return f'<li id="b{label}" class="{block.kind}">{link}{block_html(document, block)}</li>'
    return f'<li class="{block.kind} more">{link}<a href="#b{label}">接第{first}页</a></li>'
