"""Values of records as values of columns and back, exactly, led by the annotation of the field.

A decimal goes into a DECIMAL(38, 10). Where that is not the whole truth (33.333333333333 has more places, 300.00 says
more than 300) the column `exact` of the row, a JSON object, holds the written form under the column's name.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Context, Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Shape = Literal["text", "integer", "flag", "decimal", "json"]

PRECISION, SCALE = 38, 10
_PLACES = Decimal(1).scaleb(-SCALE)
_WIDE = Context(prec=PRECISION)


@cache
def hints(record: Any) -> Mapping[str, Any]:
    """The annotation of every field of a record, in their order."""
    found = get_type_hints(record)
    return {field.name: found[field.name] for field in fields(record)}


@cache
def shape(hint: Any) -> Shape:
    """What kind of column holds values of this annotation."""
    hint = _required(hint)
    if get_origin(hint) is Literal or hint is str:
        return "text"
    if hint is Decimal:
        return "decimal"
    if hint is bool:
        return "flag"
    return "integer" if hint is int else "json"


def _required(hint: Any) -> Any:
    """The annotation without its None; of several kinds of words (`DateKind | IdentifierKind`) one stands for all."""
    if get_origin(hint) not in {Union, types.UnionType}:
        return hint
    rest = [part for part in get_args(hint) if part is not type(None)]
    return rest[0] if len(rest) == 1 or all(get_origin(part) is Literal for part in rest) else hint


def fitted(value: Decimal | None) -> Decimal | None:
    """The value as a DECIMAL(38, 10) can hold it, rounded if need be; None if it is too large."""
    if value is None or not value.is_finite():
        return None
    try:
        return _WIDE.plus(value.quantize(_PLACES, context=_WIDE))  # a column knows no -0
    except InvalidOperation:
        return None


def plain(value: Decimal) -> Decimal:
    """The value as it comes out of a DECIMAL column, without the zeros that the column adds."""
    return Decimal(format(value.normalize(_WIDE), "f"))


def exact(value: Decimal | None, held: Decimal | None) -> str | None:
    """The written form of a value where its column does not give it back, else None."""
    if value is None or (held is not None and str(plain(held)) == str(value)):
        return None
    return str(value)


def to_json(value: Any) -> str:
    """A nested value as JSON text."""
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    record: Any = type(value)
    return {name: getattr(value, name) for name in hints(record)}


def clean(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 column takes, as U+FFFD: same length, so offsets stay right."""
    if text.isascii():
        return text
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text) if _broken(text) else text


def _broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def restore(hint: Any, value: Any) -> Any:
    """A value of parsed JSON as the annotation wants it: tuples, decimals and records again."""
    hint = _required(hint)
    if value is None:
        return None
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint), value)
    if hint is Decimal:
        return Decimal(value)
    if isinstance(hint, type) and is_dataclass(hint):
        return hint(**{name: restore(part, value[name]) for name, part in hints(hint).items() if name in value})
    return value


def _tuple(parts: tuple[Any, ...], values: list[Any]) -> tuple[Any, ...]:
    if parts[-1] is Ellipsis:
        return tuple(restore(parts[0], value) for value in values)
    return tuple(restore(part, value) for part, value in zip(parts, values, strict=True))
