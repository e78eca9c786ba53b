"""Reads a folder of hostile files and thousands of damaged samples through the real pool, and says what became of them.

    python -m benchmarks.hostile FOLDER [--mutations N] [--seconds S] [--of FOLDER] [--log FILE]

Bundles are read member by member, as a run reads them. Every defect is listed with the way to have it again: the file
or the seed. The exit code is 1 where a worker crashed, an "error" came up or a document does not keep its promises.
"""

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path, PurePath
from typing import Any

from benchmarks.mutations import mutated
from extract import ingest
from pipelines.bundles import is_bundle, members
from pipelines.engines import local
from schemas.document import Document
from schemas.errors import Problem

TIMEOUT = 30.0
#: A file of more bytes that yields fewer characters, without a word about it, was lost in silence.
BYTES, CHARACTERS = 20_000, 20
#: How `extract.ingest.read` begins the message of an exception that no reader foresaw.
_UNFORESEEN = "文件无法读取："
#: What a library means to raise over a damaged file; others are its bugs, or ours.
_MEANT = ("（XMLSyntaxError", "（BadZipFile", "（error: Error -", "（EOFError")
#: Formats in which damage shows, to who looks for it.
_TOLD = {"docx", "xlsx", "pdf", "doc", "xls"}
_ARCHIVE = Path(__file__).parents[1] / "samples/archive"


@dataclass(frozen=True, slots=True)
class Task:
    """A file, or the mutation of a folder's files that a seed stands for."""

    path: str
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a file or a member: plain data, as it comes back from a worker."""

    name: str
    form: str
    size: int
    outcome: str
    message: str = ""
    characters: int = 0
    undamaged: int = 0
    noted: bool = False
    origin: str = ""
    unsound: str = ""
    seconds: float = 0.0


def work(task: Task) -> list[Reading]:
    """Read one file in a worker."""
    if task.seed is not None:
        sources = _sources(task.path)
        number, mutation, data = mutated([content for _, content in sources], task.seed)
        reading = _reading(data, sources[number][0], f"{sources[number][0]} seed {task.seed} {mutation}")
        # a member packed again is whole as far as anybody can tell, and so are a text and the end of another file
        told = reading.form in _TOLD and mutation not in {"splice", "repeat"} and not mutation.startswith("within")
        return [replace(reading, undamaged=_characters(*sources[number])) if told else reading]
    path = Path(task.path)
    with path.open("rb") as file:
        if not is_bundle(file):
            return [_reading(path.read_bytes(), path.name, task.path)]
        return [
            _reading(member.file.read(), PurePath(member.address).name, f"{task.path}!{member.address}", "bundle: ")
            if member.file
            else _refused(f"{task.path}!{member.address}", "bundle", path.stat().st_size, member.problem)
            for member in members(file)
            if member.file or member.problem
        ]


@cache
def _characters(name: str, data: bytes) -> int:
    result = ingest.read(data, name)
    return len(result.text.strip()) if isinstance(result, Document) else 0


@cache
def _sources(folder: str) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in _files(Path(folder))]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _reading(data: bytes, name: str, label: str, prefix: str = "") -> Reading:
    started = time.perf_counter()
    result = ingest.read(data, name)
    seconds = time.perf_counter() - started
    reader = next((reader.format for reader in ingest.READERS if reader.claims(data)), "unclaimed")
    if isinstance(result, Problem):
        return _refused(label, prefix + reader, len(data), result, _origin(data, name, result), seconds)
    return Reading(
        label,
        prefix + reader,
        len(data),
        "partial" if result.problems else "ok",
        result.problems[0].message if result.problems else "",
        len(result.text.strip()),
        bool(result.warnings or result.problems),
        unsound=_unsound(result),
        seconds=seconds,
    )


def _refused(
    label: str, form: str, size: int, problem: Problem | None, origin: str = "", seconds: float = 0.0
) -> Reading:
    problem = problem or Problem("error", "")
    return Reading(label, form, size, problem.outcome, problem.message, origin=origin, seconds=seconds)


def _origin(data: bytes, name: str, problem: Problem) -> str:
    """Where the exception was raised that `read` made a problem of: innermost line of ours, and innermost of all."""
    if not problem.message.startswith(_UNFORESEEN) or any(meant in problem.message for meant in _MEANT):
        return ""
    try:
        ingest._read(data, name)  # noqa: SLF001
    except Exception as again:  # noqa: BLE001
        frames = traceback.extract_tb(again.__traceback__)
        ours = [frame for frame in frames if "/extract/" in frame.filename] or frames
        return " < ".join(f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in (ours[-1], frames[-1]))
    return "not again"


def _unsound(document: Document) -> str:
    """Which promise of `Document` does not hold, if one does not."""
    text, end = document.text, 0
    for block in document.blocks:
        if not end <= block.start <= block.end <= len(text):
            return "blocks overlap"
        end = block.end
    for table in document.tables:
        if any(cell.text != text[cell.start : cell.end] for cell in table.cells):
            return "a cell is not its span"
        if any(not (0 <= c.row < table.rows and 0 <= c.column < table.columns) for c in table.cells):
            return "a cell is outside of its grid"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "a lone surrogate"
    return ""


def measured(tasks: Iterable[Task], jobs: int) -> Iterator[Reading]:
    """The readings of all tasks; what kept a worker from answering is one too."""
    for answer in local.run(tasks, work, jobs, TIMEOUT):
        if isinstance(answer.value, Problem):
            path, seed = Path(answer.task.path), answer.task.seed
            label = answer.task.path if seed is None else f"{answer.task.path} seed {seed}"
            form = path.suffix.lower() if seed is None else "mutated"
            size = path.stat().st_size if path.is_file() else 0
            yield _refused(label, form, size, answer.value, answer.value.place, answer.seconds)
        else:
            yield from answer.value


def until(tasks: Iterable[Task], seconds: float) -> Iterator[Task]:
    """The tasks that are begun within so many seconds."""
    end = time.monotonic() + seconds
    for task in tasks:
        if time.monotonic() > end:
            return
        yield task


def report(title: str, readings: Sequence[Reading], seconds: float) -> int:
    """Print what there is to know; the number of defects."""
    print(f"\n## {title}: {len(readings)} documents in {seconds:.0f} s\n")
    _table(readings)
    print("\nmost frequent messages by outcome\n")
    refused = [reading for reading in readings if reading.outcome != "ok"]
    for outcome, number in Counter(reading.outcome for reading in refused).most_common():
        print(f"- {outcome} {number}")
        messages = Counter(reading.message[:90] for reading in refused if reading.outcome == outcome)
        for message, times in messages.most_common(5):
            print(f"  - {times} × {message}")
    print("\nslowest\n")
    for reading in sorted(readings, key=lambda reading: -reading.seconds)[:10]:
        print(f"- {reading.seconds:.1f} s  {reading.form} {reading.outcome} {reading.size >> 10} KB  {reading.name}")
    return _defects(readings)


def _table(readings: Sequence[Reading]) -> None:
    print("| format | files | ok | partial | refused | crash | timeout | memory | error | silent | median s | max s |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    forms = Counter(reading.form for reading in readings)
    for form in (*(form for form, _ in forms.most_common()), None):
        some = [reading for reading in readings if form in {None, reading.form}]
        if not some:
            continue
        count = Counter(reading.outcome for reading in some)
        own = ("ok", "partial", "crash", "timeout", "memory", "error")
        refused = len(some) - sum(count[outcome] for outcome in own)
        times = sorted(reading.seconds for reading in some)
        cells = (form or "all", len(some), count["ok"], count["partial"], refused, *(count[o] for o in own[2:]))
        print("|", *_joined((*cells, sum(map(silent, some)), f"{times[len(times) // 2]:.3f}", f"{times[-1]:.1f}")), "|")


def _joined(cells: Iterable[Any]) -> Iterator[str]:
    for number, cell in enumerate(cells):
        yield f"| {cell}" if number else str(cell)


def silent(reading: Reading) -> bool:
    """Whether a file was read as good as empty, or a damaged one by far not whole, without a word about it."""
    mute = reading.characters < CHARACTERS and reading.size > BYTES
    missing = reading.characters < reading.undamaged * 0.95
    return reading.outcome == "ok" and not reading.noted and (mute or missing)


def _defects(readings: Sequence[Reading]) -> int:
    sorts = {
        "crashes": [r for r in readings if r.outcome == "crash"],
        "errors": [r for r in readings if r.outcome == "error"],
        "unsound documents": [r for r in readings if r.unsound],
        "text missing in silence (or a file with hardly any): look": [r for r in readings if silent(r)],
        "timeouts": [r for r in readings if r.outcome in {"timeout", "memory"}],
        "exceptions that no reader foresaw": [
            r for r in readings if r.origin and r.outcome not in {"error", "timeout"}
        ],
    }
    for sort, found in sorts.items():
        print(f"\n### {sort}: {len(found)}\n")
        groups: dict[tuple[str, ...], list[Reading]] = {}
        for reading in found:
            what = reading.unsound or reading.message
            groups.setdefault((reading.form, reading.origin or what[:60]), []).append(reading)
        for (form, _), same in sorted(groups.items(), key=lambda group: -len(group[1])):
            first = same[0]
            print(f"- {len(same)} × {form} | {(first.unsound or first.message)[:140]} | {first.origin}")
            print(*(f"    {reading.size} B {reading.name}" for reading in same[:3]), sep="\n")
    return sum(map(len, list(sorts.values())[:3]))


def main() -> int:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mutations", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=600, help="for the mutations")
    parser.add_argument("--of", type=Path, default=_ARCHIVE, help="the folder whose files are mutated")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--log", type=Path, help="one JSON line a reading")
    options = parser.parse_args()
    mutations = map(partial(Task, str(options.of)), range(options.mutations))
    rounds = {
        str(options.folder): (Task(str(path)) for path in _files(options.folder)),
        f"mutations of {options.of}": until(mutations, options.seconds),
    }
    defects = 0
    for title, tasks in rounds.items():
        started, readings = time.monotonic(), []
        for reading in measured(tasks, options.jobs):
            readings.append(reading)
            if options.log:
                with options.log.open("a", encoding="utf-8") as log:
                    print(json.dumps(asdict(reading), ensure_ascii=False), file=log)
        defects += report(title, readings, time.monotonic() - started) if readings else 0
    return min(defects, 1)


if __name__ == "__main__":
    sys.exit(main())
