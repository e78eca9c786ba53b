"""Bytes to records: pure functions, no store, no clock, the same bytes always give the same records."""

#: Part of the key of what is done: it changes whenever the same bytes may give other records.
VERSION = "2"


def version() -> str:
    """`VERSION`, and whether OCR is installed, which makes other records of scanned pages."""
    from extract.ingest import ocr

    return f"{VERSION}+ocr" if ocr.available() else VERSION
