"""The flags resolution asks about, as plain integers: `int & IntFlag` builds an enum member every time."""

from __future__ import annotations

from typing import Final

from isg_analysis.model.facts import BindingFlag
from isg_analysis.model.symbol import SymbolFlag

ASYNC: Final = int(SymbolFlag.ASYNC)
CLASS_METHOD: Final = int(SymbolFlag.CLASS_METHOD)
CONDITIONAL: Final = int(SymbolFlag.CONDITIONAL)
INSTANCE: Final = int(SymbolFlag.INSTANCE)
OVERLOAD: Final = int(SymbolFlag.OVERLOAD)
PROTOCOL: Final = int(SymbolFlag.PROTOCOL)
SETTER: Final = int(SymbolFlag.SETTER)
STATIC: Final = int(SymbolFlag.STATIC)

KEYWORDS: Final = int(BindingFlag.KEYWORDS)
UNREACHABLE_SYMBOL: Final = int(SymbolFlag.UNREACHABLE)

KEYWORD_ONLY: Final = int(BindingFlag.KEYWORD_ONLY)
POSITIONAL_ONLY: Final = int(BindingFlag.POSITIONAL_ONLY)
RECEIVER: Final = int(BindingFlag.SELF)
VARIADIC: Final = int(BindingFlag.VARIADIC)
UNREACHABLE: Final = int(BindingFlag.UNREACHABLE)
