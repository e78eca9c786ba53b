"""Forms and tables of our own making in several formats: how many rows and cells are fully right.

    python -m benchmarks.forms [--failures]

Prints Markdown. A row is an indicator with all its parts, a row of the funds, a total or a goal with its result; a cell
is a figure with its labels, value, unit, role and period. The PDFs are printed by LibreOffice from the DOCX; those
"over pages" begin so far down the page that the grid goes on over the next.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import layouts
from benchmarks.ingest import convert
from benchmarks.known import docx, prose
from benchmarks.layouts import Score
from extract.ingest import office
from extract.pipeline import extract
from schemas.errors import Problem
from schemas.extraction import Extraction

Measure = Callable[[dict[str, Any], Extraction], Score]
_MEASURES: dict[str, tuple[Measure, ...]] = {
    "form": (layouts.claims, layouts.funds, layouts.goals),
    "table": (layouts.figures,),
}
#: Paragraphs above a grid that shall go on over a page.
_ABOVE = 9


def documents(folder: Path, layout: dict[str, Any], at: str) -> Iterator[tuple[str, Path]]:
    """A layout in every format: the name of the format, and the file."""
    truth = layouts.known(layout)
    for form, write in layouts.FORMATS.items():
        path = folder / f"{at}.{form}"
        path.write_bytes(write(truth))
        yield form, path
    lower = replace(truth, parts=(*prose(_ABOVE), *truth.parts))
    (folder / f"{at}-over.docx").write_bytes(docx(lower))
    yield "pdf", folder / f"out-docx/{at}.pdf"
    yield "pdf over pages", folder / f"out-docx/{at}-over.pdf"


def measured(sort: str, layout: dict[str, Any], path: Path) -> Score:
    """What is right and wrong of a layout in one file, figures of the prose above it left aside."""
    found = extract(path.read_bytes(), path.name) if path.exists() else Problem("error", "没有转换")
    if isinstance(found, Problem):
        sys.exit(f"{path.name}: {found.message}")
    found = replace(
        found,
        figures=tuple(figure for figure in found.figures if figure.table),
        claims=tuple(claim for claim in found.claims if claim.table is not None),
    )
    scores = [measure(layout, found) for measure in _MEASURES[sort]]
    parts = ([line for score in scores for line in getattr(score, part)] for part in ("right", "missing", "false"))
    return Score(*map(tuple, parts))


def report(folder: Path, sort: str, *, failures: bool) -> None:
    """Print the layouts of a sort by format, and the sums."""
    found = layouts.load(sort)
    files = [list(documents(folder, layout, f"{sort}{at}")) for at, layout in enumerate(found)]
    program = office.find()
    if program is None:
        files = [[pair for pair in pairs if not pair[0].startswith("pdf")] for pairs in files]
    else:
        convert(program, sorted(folder.glob(f"{sort}*.docx")), "pdf", folder)
    formats = [form for form, _ in files[0]]
    print(f"\n| {sort} | {' | '.join(formats)} |\n|{'---|' * (len(formats) + 1)}")
    sums = {form: [0, 0, 0] for form in formats}
    wrong: list[str] = []
    for layout, pairs in zip(found, files, strict=True):
        shown = []
        for form, path in pairs:
            score = measured(sort, layout, path)
            counts = len(score.right), len(score.missing), len(score.false)
            sums[form] = [total + count for total, count in zip(sums[form], counts, strict=True)]
            shown.append(f"{counts[0]}/{counts[0] + counts[1]}" + (f" +{counts[2]}" if counts[2] else ""))
            wrong += [f"{form} {layout['name']} - {' | '.join(line)}" for line in score.missing]
            wrong += [f"{form} {layout['name']} + {' | '.join(line)}" for line in score.false]
        print(f"| {layout['name']} | {' | '.join(shown)} |")
    rates = [f"{right / (right + missing):.4f} (+{false})" for right, missing, false in sums.values()]
    print(f"| fully right (+ false) | {' | '.join(rates)} |")
    if failures:
        print("", *wrong, sep="\n")


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="list what is missing (-) and false (+)")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="jihe-") as name:
        for sort in _MEASURES:
            report(Path(name), sort, failures=options.failures)


if __name__ == "__main__":
    main()
