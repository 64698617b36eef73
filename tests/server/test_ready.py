"""What reads the messages of somebody who types is made before the first of them comes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from isg_server.server import Server


async def test_the_messages_of_typing_are_made_ready_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    protocol = Server("1").protocol
    protocol.begin(asyncio.get_running_loop())
    understood: list[Any] = []
    genuine = protocol.structure_message

    def structured(message: dict[str, Any]) -> Any:
        found = genuine(message)  # raises what the message does not fit
        understood.append(found.method)
        return found

    monkeypatch.setattr(protocol, "structure_message", structured)
    protocol.make_ready()
    assert {"textDocument/didChange", "textDocument/documentSymbol", "textDocument/references"} <= set(understood)
    protocol.make_ready()
    assert len(understood) == len(set(understood))
    await protocol.session.close()
