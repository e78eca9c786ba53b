"""Words as data: the TOML files beside this module, read once."""

import tomllib
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
