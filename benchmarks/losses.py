"""Damages PDFs by seed and compares what is read with the undamaged file: what was lost without a word about it.

    python -m benchmarks.losses [FOLDER] [--mutations N] [--words] [--public FOLDER]

`--words` damages the words outside of the streams alone, where no checksum helps. `--public` lists which files of a
folder get a mark "damaged", to be looked at one by one. The exit code is 1 where more than 5 % were lost in silence.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.mutations import flip, mutated
from extract import ingest
from extract.ingest.pdf.streams import END, STREAM
from pipelines.engines import local
from schemas.document import Document
from schemas.errors import Problem

_TIMEOUT = 30.0
_ARCHIVE = Path(__file__).parents[1] / "samples/archive"
_NUMBER = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True, slots=True)
class Task:
    """A mutation of the PDFs in a folder."""

    path: str
    seed: int
    words: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """What became of it: the share of characters and the count of numbers that are missing, and whether it is told."""

    label: str
    outcome: str
    characters: float = 0.0
    numbers: int = 0
    told: bool = True


def work(task: Task) -> Loss:
    """Damage, read and compare, in a worker."""
    sources = _sources(task.path)
    contents = [path.read_bytes() for path in sources]
    number, mutation, data = (_misspelt if task.words else mutated)(contents, task.seed)
    label = f"{sources[number].name} seed {task.seed} {mutation}"
    result = ingest.read(data, sources[number].name)
    if isinstance(result, Problem):
        return Loss(label, result.outcome)
    whole = _whole(sources[number])
    missing = Counter("".join(whole.text.split())) - Counter("".join(result.text.split()))
    numbers = Counter(_NUMBER.findall(whole.text)) - Counter(_NUMBER.findall(result.text))
    told = bool(result.problems) or not set(result.warnings) <= set(whole.warnings)
    share = missing.total() / max(1, len("".join(whole.text.split())))
    return Loss(label, "partial" if result.problems else "ok", share, numbers.total(), told)


@cache
def _sources(folder: str) -> list[Path]:
    return sorted(Path(folder).rglob("*.pdf"))


@cache
def _whole(path: Path) -> Document:
    document = ingest.read(path.read_bytes(), path.name)
    if isinstance(document, Problem):
        raise SystemExit(f"{path}: {document.message}")
    return document


def _misspelt(sources: list[bytes], seed: int) -> tuple[int, str, bytes]:
    """Like `mutated`, for one to four places outside of the streams."""
    number, random = seed % len(sources), Random(seed)  # noqa: S311
    data, places = bytearray(sources[number]), list(_places(sources[number]))
    kind = random.choice(("flip", "digits", "letters", "zeros", "cut"))
    sorts = {"digits": (b"0123456789", bytes.isdigit), "letters": (b"abcdefghijklmnopqrstuvwxyz", bytes.isalpha)}
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.choice(places)
        if kind in sorts:
            letters, fits = sorts[kind]
            at = next((place for place in random.sample(places, 200) if fits(sources[number][place : place + 1])), at)
            data[at] = random.choice(letters)
        elif kind == "flip":
            data[at : at + 1] = flip(bytes(data[at : at + 1]), Random(random.random()), b"")  # noqa: S311
        else:
            length = random.choice((1, 2, 3, 8, 32, 128))
            data[at : at + length] = bytes(length) if kind == "zeros" else b""
    return number, kind, bytes(data)


def _places(data: bytes) -> Iterator[int]:
    start = 0
    for match in STREAM.finditer(data):
        if match.start() >= start:
            yield from range(start, match.end())
            start = max(match.end(), data.find(END, match.end()))
    yield from range(start, len(data))


def marks(folder: Path) -> None:
    """Print the files that are said to be damaged, and why."""
    for path in sorted(folder.rglob("*.pdf")):
        document = ingest.read(path.read_bytes(), path.name)
        if isinstance(document, Document):
            said = [problem.message for problem in document.problems if problem.outcome == "damaged"]
            if said:
                print(f"- {path.name}: {'；'.join(said)}")


def main() -> int:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=_ARCHIVE)
    parser.add_argument("--mutations", type=int, default=1500)
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--public", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if options.public:
        marks(options.public)
        return 0
    tasks = (Task(str(options.folder), seed, options.words) for seed in range(options.mutations))
    losses = [
        Loss(str(answer.task), answer.value.outcome) if isinstance(answer.value, Problem) else answer.value
        for answer in local.run(tasks, work, options.jobs, _TIMEOUT)
    ]
    print(f"{len(losses)} mutations:", dict(Counter(loss.outcome for loss in losses)))
    silent = [loss for loss in losses if not loss.told]
    for share in (0.05, 0.01):
        print(f"more than {share:.0%} lost in silence: {sum(loss.characters > share for loss in silent)}")
    print(f"a number lost in silence: {sum(loss.numbers > 0 for loss in silent)}")
    for loss in sorted(silent, key=lambda loss: -loss.characters):
        if loss.characters or loss.numbers:
            print(f"- {loss.characters:.1%}, {loss.numbers} numbers: {loss.label}")
    return int(any(loss.characters > 0.05 for loss in silent))


if __name__ == "__main__":
    sys.exit(main())
