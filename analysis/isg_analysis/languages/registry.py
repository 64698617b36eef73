"""The languages there are. Importing this module imports no grammar: packs load when first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from isg_analysis.languages.pack import LanguagePack

NAMES = ("python", "rust")


@cache
def pack(name: str) -> LanguagePack:
    """The language pack of that name. Raises ModuleNotFoundError for an unknown one."""
    module = import_module(f"isg_analysis.languages.{name}.pack")
    made: LanguagePack = module.PACK
    return made


def packs() -> tuple[LanguagePack, ...]:
    """Every language pack, in a stable order."""
    return tuple(pack(name) for name in NAMES)


def language_of(path: str) -> str | None:
    """The language that a path's name tells; None if it tells none."""
    name = path.rsplit("/", 1)[-1]
    for language in packs():
        if name.endswith(language.extensions) or name in language.file_names:
            return language.name
    return None
