"""Damages files on purpose, the same way every time: one mutation a seed."""

import zipfile
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random

#: Bytes that a cut, a copy or a run of zeros may be long.
_RUN = 4096

Mutation = Callable[[bytes, Random, bytes], bytes]


def mutated(sources: Sequence[bytes], seed: int) -> tuple[int, str, bytes]:
    """The number of the source, the name of the mutation, and the damaged bytes; sources are taken in turn."""
    number = seed % len(sources)
    random = Random(seed)  # noqa: S311
    data, other = sources[number], sources[random.randrange(len(sources))]
    mutation = random.choice(MUTATIONS)
    inner = data.startswith(b"PK") and random.random() < 0.6
    change = within if inner else mutation
    return number, f"within {mutation.__name__}" if inner else mutation.__name__, change(data, random, other)


def flip(data: bytes, random: Random, _other: bytes) -> bytes:
    """Some bits turned."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 4, 16, 64))) if changed else ():
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def cut_off(data: bytes, random: Random, _other: bytes) -> bytes:
    """Truncated anywhere."""
    return data[: random.randint(0, len(data))]


def splice(data: bytes, random: Random, other: bytes) -> bytes:
    """The beginning of one file and the end of another."""
    return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]


def remove(data: bytes, random: Random, _other: bytes) -> bytes:
    """A stretch left out."""
    start = random.randint(0, len(data))
    return data[:start] + data[start + random.randint(1, _RUN) :]


def repeat(data: bytes, random: Random, _other: bytes) -> bytes:
    """A stretch doubled."""
    start = random.randint(0, len(data))
    end = start + random.randint(1, _RUN)
    return data[:end] + data[start:]


def blank(data: bytes, random: Random, _other: bytes) -> bytes:
    """A stretch of zeros."""
    start = random.randint(0, len(data))
    end = min(len(data), start + random.randint(1, _RUN))
    return data[:start] + bytes(end - start) + data[end:]


def digits(data: bytes, random: Random, _other: bytes) -> bytes:
    """Some digits exchanged for others: lengths, counts, references and addresses that lie."""
    changed = bytearray(data)
    places = [place for place, byte in enumerate(changed) if 0x30 <= byte <= 0x39]
    for place in random.sample(places, min(len(places), random.choice((1, 8, 64)))):
        changed[place] = random.choice(b"0123456789-")
    return bytes(changed)


def within(data: bytes, random: Random, other: bytes) -> bytes:
    """One or two members of a ZIP damaged and packed again, so that no checksum gives them away."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        return flip(data, random, other)
    for name in random.sample(sorted(members), min(len(members), random.choice((1, 2)))):
        mutation = random.choice((*MUTATIONS, tokens, tokens, tokens))
        members[name] = mutation(members[name], random, other)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)  # a date that is always the same
    return buffer.getvalue()


def tokens(data: bytes, random: Random, _other: bytes) -> bytes:
    """XML that stays well-formed with attributes that lie: values exchanged among themselves or for absurd ones."""
    parts = data.split(b'"')
    values = range(1, len(parts), 2)
    for place in random.sample(values, min(len(values), random.choice((1, 8, 64)))):
        parts[place] = random.choice((parts[random.choice(values)], *_ABSURD))
    return b'"'.join(parts)


_ABSURD = (
    b"",
    b"-1",
    b"0",
    b"1e999",
    b"NaN",
    b"99999999999999999999",
    b"A0",
    b"ZZZZ1048577",
    b"../../x",
    b"%d",
    b"\xff",
)
MUTATIONS: tuple[Mutation, ...] = (flip, cut_off, splice, remove, repeat, blank, digits)
