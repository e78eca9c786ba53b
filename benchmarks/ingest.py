"""Our readers beside their peers, each in a process of its own: CPU time as ratios, memory, and fidelity to the truth.

    python -m benchmarks.ingest [--reports FOLDER]

Prints Markdown. Times are of the processor, without imports, the best of five; compare them within a table only.
The fidelity needs LibreOffice, which renders documents of ours (`benchmarks.known`) into other formats.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import known
from benchmarks.known import Cell, Known
from extract.ingest import office, read
from schemas.document import Document
from schemas.errors import Problem

_ARCHIVE = Path(__file__).parents[1] / "samples/archive"
_TIMEOUT = 600


def ours(path: Path) -> int:
    """Text, place of every character and tables; the number of pages."""
    result = read(path.read_bytes(), path.name)
    if isinstance(result, Problem):
        raise SystemExit(result.message)
    return len(result.pages) or 1


def pdfplumber_text(path: Path) -> int:
    """The text alone."""
    return _plumbed(path, "extract_text")


def pdfplumber_tables(path: Path) -> int:
    """The tables alone."""
    return _plumbed(path, "extract_tables")


def _plumbed(path: Path, method: str) -> int:
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            getattr(page, method)()
            page.close()
        return len(pdf.pages)


def python_docx(path: Path) -> int:
    """Paragraphs, and the tables cell by cell."""
    from docx import Document as Opened
    from docx.table import Table

    for part in Opened(str(path)).iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                _ = [cell.text for cell in row.cells]
        else:
            _ = part.text
    return 1


READERS: dict[str, Callable[[Path], int]] = {
    each.__name__: each for each in (ours, pdfplumber_text, pdfplumber_tables, python_docx)
}


def measure(reader: str, path: Path) -> dict[str, float]:
    """In this process: CPU seconds of the best of five readings, pages, and MB of memory at the most."""
    work = READERS[reader]
    before = _peak()
    times = []
    for _ in range(5):
        started = time.process_time()
        pages = work(path)
        times.append(time.process_time() - started)
    return {"seconds": min(times), "pages": pages, "peak": _peak(), "grown": _peak() - before}


def _peak() -> float:
    # not ru_maxrss, which begins with what the parent held when it started us
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def apart(reader: str, path: Path) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--one", reader, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def speed(reports: Path | None, folder: Path) -> None:
    """Print the ratios of speed."""
    pdfs = sorted((*_ARCHIVE.rglob("*.pdf"), *(reports.glob("*.pdf") if reports else ())))
    synthetic = folder / "synthetic-30.pdf"
    synthetic.write_bytes(known.pdf(30))
    print("\n## PDF: ours (text, boxes and tables) beside pdfplumber\n")
    print("| file | pages | with tables | pages/s | × extract_text | × extract_tables on these | MB | MB pdfplumber |")
    print("|---|---|---|---|---|---|---|---|")
    for path in (*pdfs, synthetic):
        mine, text = apart("ours", path), apart("pdfplumber_text", path)
        part, count = _table_pages(path, folder)
        tables = apart("pdfplumber_tables", part)["seconds"] / apart("ours", part)["seconds"] if count else 0
        print(
            f"| {path.name} | {mine['pages']:.0f} | {count} | {mine['pages'] / mine['seconds']:.0f} "
            f"| {text['seconds'] / mine['seconds']:.1f} | {f'{tables:.1f}' if count else '–'} "
            f"| {mine['peak']:.0f} | {text['peak']:.0f} |"
        )
    print("\n## DOCX: ours beside python-docx\n")
    print("| file | KB | ours ms | × python-docx | MB ours | MB python-docx |\n|---|---|---|---|---|---|")
    made = []
    for document in known.documents():
        made.append(folder / f"{document.name}.docx")
        made[-1].write_bytes(known.docx(document))
    for path in (*(path for path in sorted(_ARCHIVE.rglob("*.docx")) if _whole(path)), *made):
        mine, peer = apart("ours", path), apart("python_docx", path)
        print(
            f"| {path.name} | {path.stat().st_size >> 10} | {mine['seconds'] * 1000:.0f} "
            f"| {peer['seconds'] / mine['seconds']:.1f} | {mine['peak']:.0f} | {peer['peak']:.0f} |"
        )


def _whole(path: Path) -> bool:
    result = read(path.read_bytes(), path.name)
    return isinstance(result, Document) and result.format == "docx"


def _table_pages(path: Path, folder: Path) -> tuple[Path, int]:
    """A PDF of the pages on which we find tables, and their number."""
    import pypdfium2

    document = read(path.read_bytes(), path.name)
    tables = document.tables if isinstance(document, Document) else ()
    numbers = sorted({cell.place.page - 1 for table in tables for cell in table.cells if cell.place.page})
    part = folder / f"tables-{path.name}"
    if numbers:
        source, target = pypdfium2.PdfDocument(path), pypdfium2.PdfDocument.new()
        target.import_pages(source, numbers)
        target.save(str(part))
    return part, len(numbers)


def growth(folder: Path) -> None:
    """Print how time and memory grow with the pages."""
    print("\n## Growth: synthetic PDF, ours\n")
    print("| pages | pages/s | MB at the most | MB beyond the start |\n|---|---|---|---|")
    for pages in (30, 100, 300):
        path = folder / f"synthetic-{pages}.pdf"
        path.write_bytes(known.pdf(pages))
        mine = apart("ours", path)
        rate = mine["pages"] / mine["seconds"]
        print(f"| {pages} | {rate:.0f} | {mine['peak']:.0f} | {mine['grown']:.0f} |")


def fidelity(folder: Path) -> None:
    """Print how far what we read is from what we wrote, by way of LibreOffice."""
    print("\n## Fidelity: documents of ours, rendered by LibreOffice and read\n")
    program = office.find()
    if program is None:
        print("LibreOffice is not installed.")
        return
    print(
        "| document | format | characters | error rate | tables | cells | cells right (F1) | spans right (F1) | notes |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    sorts: tuple[tuple[tuple[Known, ...], Callable[[Known], bytes], str, dict[str, str]], ...] = (
        (known.documents(), known.docx, "docx", _TEXT_FORMATS),
        (known.sheets(), known.xlsx, "xlsx", _SHEET_FORMATS),
    )
    for truths, write, form, targets in sorts:
        paths = [folder / f"{truth.name}.{form}" for truth in truths]
        for truth, path in zip(truths, paths, strict=True):
            path.write_bytes(write(truth))
            _compare(truth, path)
        for extension, target in targets.items():
            convert(program, paths, target, folder)
            for truth, path in zip(truths, paths, strict=True):
                _compare(truth, folder / f"out-{form}/{path.stem}.{extension}")


_TEXT_FORMATS = {
    "pdf": "pdf",
    "html": "html:HTML (StarWriter)",
    "doc": "doc:MS Word 97",
    "txt": "txt:Text (encoded):UTF8",
}
_SHEET_FORMATS = {
    "xls": "xls:MS Excel 97",
    "pdf": "pdf",
    "html": "html:HTML (StarCalc)",
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76",
}


def convert(program: Path, paths: Sequence[Path], target: str, folder: Path) -> None:
    """Have LibreOffice write files in another format, into the folder out-<their extension>."""
    out = folder / f"out-{paths[0].suffix[1:]}"
    command = [str(program), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", target, "--outdir", str(out), *map(str, paths)]
    for _ in range(2):  # the first start of a profile may ask for another
        subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False)
        if out.is_dir():
            break


def _compare(truth: Known, path: Path) -> None:
    label = f"| {truth.name} | {path.suffix[1:]} "
    result = read(path.read_bytes(), path.name) if path.exists() else Problem("error", "not converted")
    if isinstance(result, Problem):
        print(f"{label}| | | | | | | {result.outcome}: {result.message} |")
        return
    text = "".join(result.text.split())
    found = [[_cell(cell) for cell in table.cells] for table in result.tables]
    total = sum(len(table) for table in truth.tables)
    where = f1(*({(t, c[0], c[1], c[4]) for t, c in _all(tables)} for tables in (truth.tables, found)))
    spans = f1(*({(t, *c) for t, c in _all(tables)} for tables in (truth.tables, found)))
    scores = f"{total} | {where:.3f} | {spans:.3f}" if total else "0 | – | –"
    notes = "；".join((*result.warnings, *(problem.message for problem in result.problems)))
    rate = distance(truth.text, text) / len(truth.text)
    print(f"{label}| {len(truth.text)} | {rate:.2%} | {len(found)} of {len(truth.tables)} | {scores} | {notes} |")


def _cell(cell: Any) -> Cell:
    return cell.row, cell.column, cell.row_span, cell.column_span, "".join(cell.text.split())


def _all(tables: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, Cell]]:
    # an empty cell may stand or be left out
    return ((index, cell) for index, table in enumerate(tables) for cell in table if cell[4])


def f1(truth: set[Any], found: set[Any]) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * len(truth & found) / (len(truth) + len(found)) if truth or found else 1.0


def distance(one: str, other: str) -> int:
    """Levenshtein's, by the bits of whole numbers (Myers 1999, in Hyyrö's form)."""
    if not one:
        return len(other)
    masks: dict[str, int] = {}
    for place, letter in enumerate(one):
        masks[letter] = masks.get(letter, 0) | 1 << place
    full, last = (1 << len(one)) - 1, 1 << len(one) - 1
    plus, minus, score = full, 0, len(one)
    for letter in other:
        equal = masks.get(letter, 0)
        diagonal = (((equal & plus) + plus) ^ plus) | equal | minus
        up, down = minus | ~(diagonal | plus) & full, plus & diagonal
        score += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & full, down << 1 & full
        plus, minus = down | ~(diagonal | up) & full, up & diagonal
    return score


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, help="a folder with more PDFs")
    parser.add_argument("--one", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], Path(options.one[1]))))
        return
    with TemporaryDirectory(prefix="jihe-") as name:
        speed(options.reports, Path(name))
        growth(Path(name))
        fidelity(Path(name))


if __name__ == "__main__":
    main()
