"""Finds the encoding of a text by its bytes; what a file says of its own encoding is often wrong."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.lexicon import load
from schemas.errors import Problem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_FOREIGN = re.compile(r"[^\x00-\x7f\ufffd]")
_USUAL = re.compile(r"[\t-\r -~\u3000-\u303f\uff00-\uffef\u2010-\u2030\u4e00-\u9fa5]")

#: Shares of all characters: so many must be usual in a UTF-16 or legacy text without a mark, so few may be control.
_USUAL_SHARE = 0.9
_CONTROL_SHARE = 0.01
#: A text with so few broken bytes is still a text: at most one in so many characters.
_CHARACTERS_PER_FLAW = 100
#: So many characters are looked at to tell two encodings apart.
_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file; `tail` are bytes at its end that form no character, `flaws` counts other broken places."""

    text: str
    encoding: str
    tail: bytes = b""
    flaws: int = 0


def decode(data: bytes) -> Decoded | None:
    """The text of the bytes, None if they are not text.

    A mark decides; then UTF-8, which no other text is by chance; then the shape of UTF-16; then GB18030 against Big5
    by common characters; at last a text with a few broken bytes.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _sound(_strictly(data[len(mark) :], encoding) or _loosely(data[len(mark) :], encoding))
    if b"\0" in data:
        return _utf16(data)
    return _sound(_strictly(data, "utf-8")) or _mostly_utf8(data) or _utf16(data) or _legacy(data) or _flawed(data)


def _mostly_utf8(data: bytes) -> Decoded | None:
    decoded = _loosely(data, "utf-8")
    foreign = sum(1 for _ in _FOREIGN.finditer(decoded.text))
    return _sound(decoded) if foreign >= decoded.flaws * _CHARACTERS_PER_FLAW else None


def _utf16(data: bytes) -> Decoded | None:
    candidates = [_strictly(data, encoding) for encoding in ("utf-16-le", "utf-16-be")]
    usual = [candidate for candidate in candidates if candidate and _is_usual(candidate.text)]
    return _sound(max(usual, key=lambda candidate: _commonness(candidate.text), default=None))


def _legacy(data: bytes) -> Decoded | None:
    candidates = [_strictly(data, encoding) for encoding in ("gb18030", "big5hkscs")]
    usual = [candidate for candidate in candidates if candidate and _is_usual(candidate.text)]
    return _sound(max(usual, key=lambda candidate: _commonness(candidate.text), default=None))


def _flawed(data: bytes) -> Decoded | None:
    best = min((_loosely(data, encoding) for encoding in ("utf-8", "gb18030")), key=lambda decoded: decoded.flaws)
    return _sound(best) if best.flaws * _CHARACTERS_PER_FLAW <= len(best.text) else None


def _strictly(data: bytes, encoding: str) -> Decoded | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return None
    return Decoded(text, encoding, tail=decoder.getstate()[0])


def _loosely(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, flaws=len(re.findall("\ufffd+", text)))


def _sound(decoded: Decoded | None) -> Decoded | None:
    if decoded is None or not decoded.text or "\0" in decoded.text:
        return None
    controls = sum(1 for _ in _CONTROL.finditer(decoded.text))
    return decoded if controls <= _CONTROL_SHARE * len(decoded.text) else None


def _is_usual(text: str) -> bool:
    return sum(1 for _ in _USUAL.finditer(text)) >= _USUAL_SHARE * len(text)


def _commonness(text: str) -> float:
    # the head of a web page is all ASCII, in whatever encoding
    first = _FOREIGN.search(text)
    sample = text[first.start() :][:_SAMPLE] if first else ""
    common = frozenset(load("characters")["common"])
    return sum(character in common for character in sample) / max(1, len(sample))


def problems(decoded: Decoded, size: int) -> Iterator[Problem]:
    """What was lost of the `size` bytes of a file."""
    if decoded.tail:
        place = f"字节 {size - len(decoded.tail)}"
        yield Problem(
            "partial", f"文件末尾 {len(decoded.tail)} 个字节不成字（{decoded.tail.hex()}），文件可能被截断", place
        )
    if decoded.flaws:
        yield Problem("partial", f"有 {decoded.flaws} 处字节不合 {decoded.encoding} 编码，以 \ufffd 代替")
