"""One module per LSP request: METHOD, CAPABILITY (the switch in the settings), ACROSS (whether it needs more than the
document it is about), and `answer`.

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
    declaration,
    definition,
    document_highlight,
    document_symbol,
    hover,
    implementation,
    moniker,
    references,
    type_definition,
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
    def of(cls, module: ModuleType) -> Handler:
        """The handler a module defines."""
        return cls(module.METHOD, module.CAPABILITY, module.ACROSS, module.answer)


HANDLERS = tuple(
    map(
        Handler.of,
        (
            declaration,
            definition,
            document_highlight,
            document_symbol,
            hover,
            implementation,
            moniker,
            references,
            type_definition,
            workspace_symbol,
        ),
    )
)
