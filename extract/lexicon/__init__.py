"""Words as data: the TOML files beside this module, read once."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.errors import DataError


@cache
def load(name: str) -> dict[str, Any]:
    """The contents of `<name>.toml`. Callers must not change what they get.

    Raises:
        DataError: there is no such file or it is not valid TOML; the message names it.
    """
    try:
        return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"词表 {name}.toml 无法读取：{error}") from error


def patterns(name: str, macros: Mapping[str, str]) -> tuple[tuple[str, Any, re.Pattern[str]], ...]:
    """(rule, sort, pattern) of every entry of `<name>.toml`, in which each macro (<N>) stands for what it means."""
    return tuple((entry["rule"], entry["sort"], _compiled(entry["regex"], macros)) for entry in load(name)["pattern"])


def _compiled(regex: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    for macro, meaning in macros.items():
        regex = regex.replace(macro, meaning)
    return re.compile(regex)
