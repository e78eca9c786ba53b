"""A document as one page of HTML that needs nothing else: pages beside what was read of them, or a flow of blocks."""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from pipelines.faces.cli import html_pages
from pipelines.faces.cli.html_blocks import block_html
from schemas.document import Document
from schemas.errors import Problem

if TYPE_CHECKING:
    from pipelines.work import Task

_HEAD = """<!DOCTYPE html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>{style}</style>
"""
_FLOW = """
body { max-width: 60em; margin: 2em auto; padding: 0 1em; font-family: serif; line-height: 1.7 }
table { border-collapse: collapse; margin: 1em 0 }
th, td { border: 1px solid #888; padding: .2em .6em; vertical-align: top; white-space: pre-line }
caption { text-align: left }
.wide { overflow-x: auto }
.note, .header, .footer { color: #555; font-size: 90% }
"""


def shown(task: "Task") -> tuple[Document, str] | Problem:
    """The document of a file and its page of HTML; the work of a worker, for which hostile pages are drawn, too."""
    from extract.ingest import limits
    from extract.ingest.facsimile import facsimiles
    from pipelines.work import document

    read = document(task)
    if isinstance(read, Problem):
        return read
    with limits.changed(task.limits):
        return read, html(read, facsimiles(read, task.path.read_bytes()))


def html(document: Document, pictures: Mapping[int, bytes]) -> str:
    """The whole page; `pictures` are JPEGs by the number of the page."""
    title = escape(document.title or document.name)
    if document.pages:
        body, style = html_pages.body(document, pictures), html_pages.STYLE
    else:
        body, style = "\n".join(block_html(document, block) for block in document.blocks), _FLOW
    return f"{_HEAD.format(title=title, style=style)}{body}\n</html>\n"
