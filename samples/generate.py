"""Makes the sample archive and its truth from `samples/data`: `python samples/generate.py [--out FOLDER]`.

The same data give the same bytes. A contradiction that is not a planted fault stops the run.
"""

import argparse
import sys
from pathlib import Path

from making import pdf
from making.archive import Made, make_archive
from making.consistency import report_problems, unit_problems
from making.truth import truth_files
from making.units import load_slots, load_units

HERE = Path(__file__).parent


def main() -> int:
    """Check, then write everything under the output folder."""
    parser = argparse.ArgumentParser(description="生成样例档案及其标准答案")
    parser.add_argument("--out", type=Path, default=HERE, help="写到哪个文件夹（默认 samples/）")
    out: Path = parser.parse_args().out
    units = load_units(HERE / "data")
    archive = make_archive(units, load_slots(HERE / "data"))
    problems = [problem for unit in units for problem in unit_problems(unit)]
    problems += [problem for made in archive for problem in report_problems(made)]
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    _write(out, archive, truth_files(units, archive))
    return 0


def _write(out: Path, archive: tuple[Made, ...], truth: dict[str, str]) -> None:
    if not pdf.available():
        print(f"没有字体 {pdf.FONT_FILE}，不生成 PDF")
    for made in archive:
        if made.data is not None:
            _save(out / "archive" / made.file, made.data)
    for name, text in truth.items():
        _save(out / "truth" / name, text.encode())


def _save(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
