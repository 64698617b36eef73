"""One module per LSP request: METHOD, CAPABILITY (the switch in the settings), ACROSS (whether it needs more than the
document it is about), and `answer`. A hierarchy is one module with three requests: METHODS has an `answer` for each.

`answer` takes an Asking and the request's parameters, makes one call into `isg_analysis.queries`, and returns what LSP
wants. It runs off the event loop and may take its time: it can be given up from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from isg_server.asking import Asking
from isg_server.handlers import (
    call_hierarchy,
    code_action,
    code_lens,
    declaration,
    definition,
    document_highlight,
    document_symbol,
    hover,
    implementation,
    moniker,
    references,
    type_definition,
    type_hierarchy,
    workspace_symbol,
)


@dataclass(frozen=True, slots=True)
class Handler:
    """One request that is answered."""

    method: str
    capability: str
    across: bool
    answer: Callable[[Asking, Any], Any]

    @classmethod
    def of(cls, module: ModuleType) -> list[Handler]:
        """The handlers a module defines."""
        answers = getattr(module, "METHODS", None) or {module.METHOD: module.answer}
        return [cls(method, module.CAPABILITY, module.ACROSS, answer) for method, answer in answers.items()]


_MODULES = (
    call_hierarchy,
    code_action,
    code_lens,
    declaration,
    definition,
    document_highlight,
    document_symbol,
    hover,
    implementation,
    moniker,
    references,
    type_definition,
    type_hierarchy,
    workspace_symbol,
)
HANDLERS = tuple(handler for module in _MODULES for handler in Handler.of(module))
