"""Reads XLSX."""

from extract.ingest import package
from schemas.document import Document
from schemas.errors import Problem


def claims(data: bytes) -> bool:
    """Whether the bytes are an XLSX package."""
    return package.kind(data) == "xlsx"


def read(data: bytes, name: str) -> Document | Problem:
    """The document of a workbook."""
    return Problem("unsupported", f"{name}：工作簿暂不能读取（{len(data)} 字节）")
