"""pdfium's functions that are called for every character and drawn object, with addresses in place of pointer objects.

An address is a plain number (None for a null pointer): a call takes two thirds of the time, and a number can be a key.
What a function fills in is a ctypes object of the caller's, given by its `addressof`.
"""

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

_ADDRESS, _INT, _FLOAT = ctypes.c_void_p, ctypes.c_int, ctypes.c_float
Call = Callable[..., Any]


class Calls(NamedTuple):
    """The functions, named after pdfium's."""

    unicode: Call
    has_unicode_error: Call
    loose_box: Call
    origin: Call
    angle: Call
    text_object: Call
    clip_path: Call
    count_clip_paths: Call
    clip_segment: Call
    page_object: Call
    form_object: Call
    object_type: Call
    matrix: Call
    draw_mode: Call
    fill_color: Call
    count_segments: Call
    path_segment: Call
    segment_type: Call
    segment_point: Call
    segment_close: Call


@cache
def pdfium() -> Calls:
    """The functions, bound once."""
    from pypdfium2 import raw

    return Calls(
        _bound(raw.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, _INT),
        _bound(raw.FPDFText_HasUnicodeMapError, _INT, _ADDRESS, _INT),
        _bound(raw.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS),
        _bound(raw.FPDFText_GetCharOrigin, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS),
        _bound(raw.FPDFText_GetCharAngle, _FLOAT, _ADDRESS, _INT),
        _bound(raw.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT),
        _bound(raw.FPDFPageObj_GetClipPath, _ADDRESS, _ADDRESS),
        _bound(raw.FPDFClipPath_CountPaths, _INT, _ADDRESS),
        _bound(raw.FPDFClipPath_GetPathSegment, _ADDRESS, _ADDRESS, _INT, _INT),
        _bound(raw.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT),
        _bound(raw.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong),
        _bound(raw.FPDFPageObj_GetType, _INT, _ADDRESS),
        _bound(raw.FPDFPageObj_GetMatrix, _INT, _ADDRESS, _ADDRESS),
        _bound(raw.FPDFPath_GetDrawMode, _INT, _ADDRESS, _ADDRESS, _ADDRESS),
        _bound(raw.FPDFPageObj_GetFillColor, _INT, _ADDRESS, *[_ADDRESS] * 4),
        _bound(raw.FPDFPath_CountSegments, _INT, _ADDRESS),
        _bound(raw.FPDFPath_GetPathSegment, _ADDRESS, _ADDRESS, _INT),
        _bound(raw.FPDFPathSegment_GetType, _INT, _ADDRESS),
        _bound(raw.FPDFPathSegment_GetPoint, _INT, _ADDRESS, _ADDRESS, _ADDRESS),
        _bound(raw.FPDFPathSegment_GetClose, _INT, _ADDRESS),
    )


def address(pointer: Any) -> int | None:
    """Where a pointer or function of pypdfium2 points."""
    return ctypes.cast(pointer, _ADDRESS).value


def _bound(function: Any, *signature: Any) -> Call:
    """The function with other types: that of its result, then those of its arguments."""
    found = address(function)
    if found is None:  # pragma: no cover
        raise ImportError(function)
    bound: Call = ctypes.CFUNCTYPE(*signature)(found)
    return bound
