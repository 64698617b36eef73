"""The pygls server: every request wrapped so that it runs off the event loop, can be cancelled, ends in time, and
fails with a sentence instead of a traceback.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound, PyglsError
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from isg_analysis import IsgError
from isg_server.asking import Asking
from isg_server.cold import editions, gathered
from isg_server.commands import GRAPH_COMMANDS, execute
from isg_server.errors import RequestError
from isg_server.handlers import HANDLERS, Handler, diagnostic
from isg_server.handlers.diagnostic import of_document, of_workspace
from isg_server.logs import Logs, Stages, pairs, record
from isg_server.parts import Parts
from isg_server.protocol import Protocol
from isg_server.session import Session
from isg_server.settings import offered
from isg_server.shapes import encoded
from isg_server.tasks import Patience

log = logging.getLogger("isg")
requests = logging.getLogger("isg.request")


class Server(LanguageServer):
    """pygls' server with our protocol and handlers."""

    protocol: Protocol

    def __init__(self, version: str, cache: Path | None = None, logs: Logs | None = None) -> None:
        super().__init__("isg", version, protocol_cls=Protocol, converter_factory=default_converter)
        self.protocol.cache, self.protocol.logs = cache, logs
        for handler in HANDLERS:
            self.feature(handler.method)(self._asked(handler))
        self.protocol.fm.add_builtin_feature(types.WORKSPACE_EXECUTE_COMMAND, self._execute)
        self.feature(types.TEXT_DOCUMENT_DIAGNOSTIC)(self._pulled(types.TEXT_DOCUMENT_DIAGNOSTIC, of_document))
        self.feature(types.WORKSPACE_DIAGNOSTIC)(self._pulled(types.WORKSPACE_DIAGNOSTIC, of_workspace))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Called by pygls for failures outside of requests, which answer for themselves."""
        if isinstance(error, PyglsError | JsonRpcException):
            log.error("%s", error)
        else:
            log.error("internal error", exc_info=error)

    def _asked(self, handler: Handler) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        async def asked(params: Any, stages: Stages) -> Any:
            session = self.protocol.session
            if not offered(session.settings, handler.capability):
                raise JsonRpcMethodNotFound.of(handler.method)
            if not offered(session.settings, handler.capability, session.language_asked_about(params)):
                return None  # another server answers for this language
            gather = partial(gathered, session, params) if handler.across else _nothing
            return await self._question(partial(_answer, handler, session, params, stages), gather, stages)

        return self._sheltered(handler.method, asked)

    async def _question(
        self,
        question: Callable[[Patience], Any],
        gather: Callable[[Patience], Coroutine[Any, Any, None]],
        stages: Stages,
    ) -> Any:
        """Asks in turn, after the edits before it, and gives up in time. `gather`: what comes before its turn."""
        session = self.protocol.session
        patience = Patience(session.settings.request_timeout)
        try:
            async with asyncio.timeout(session.settings.request_timeout):
                await session.ready.wait()
                while True:
                    before = editions(session)
                    await gather(patience)
                    stages.end("gathered")
                    session.question_asked()
                    try:
                        answer = await session.line.run(partial(question, patience), hurry=patience.hurry)
                    except IsgError:
                        if editions(session) == before:
                            raise
                    else:
                        if editions(session) == before:
                            return answer
        finally:
            patience.end()

    def _pulled(
        self, method: str, answer: Callable[[Session, Any], Coroutine[Any, Any, Any]]
    ) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        async def pulled(params: Any, stages: Stages) -> Any:
            session = self.protocol.session
            if not offered(session.settings, diagnostic.CAPABILITY):
                raise JsonRpcMethodNotFound.of(method)
            await session.ready.wait()
            await session.line.run(lambda: None)  # after the edits before it
            stages.end("waited")
            return await answer(session, params)

        return self._sheltered(method, pulled)

    async def _execute(self, params: types.ExecuteCommandParams) -> Any:
        async def run(params: types.ExecuteCommandParams, stages: Stages) -> Any:
            if params.command in GRAPH_COMMANDS:
                question = partial(_graph_answer, self.protocol.session, params, stages)
                return await self._question(question, _nothing, stages)
            return await execute(self.protocol.session, params.command, list(params.arguments or ()))

        return await self._sheltered(params.command, run)(params)

    def _sheltered(
        self, name: str, work: Callable[[Any, Stages], Coroutine[Any, Any, Any]]
    ) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        """Turns whatever goes wrong into a ResponseError that a person can read, and logs how long it took."""

        async def sheltered(params: Any) -> Any:
            stages = Stages()
            outcome = "failed"
            try:
                answer = await work(params, stages)
                outcome = "answered"
                return answer
            except asyncio.CancelledError:
                outcome = "cancelled"
                raise
            except JsonRpcException:
                raise
            except TimeoutError:
                raise self._failed(f"{name} took too long and was given up (isg.requestTimeout)") from None
            except (IsgError, RequestError) as error:
                raise self._failed(str(error)) from None
            except Exception as error:
                log.exception("%s failed", name)
                text = f"internal error in {name}: {type(error).__name__}"
                self.protocol.client.tell(types.MessageType.Error, text)
                raise JsonRpcException(text, types.ErrorCodes.InternalError) from None
            finally:
                self._clocked(name, params, outcome, stages)

        return sheltered

    def _clocked(self, name: str, params: Any, outcome: str, stages: Stages) -> None:
        took = stages.milliseconds()
        record(requests, logging.DEBUG, name, outcome=outcome, **took)

        def in_full() -> str:
            return f"{pairs(took)}\n{self.protocol.as_json(params)}"

        self.protocol.client.trace(f"{name}: {outcome} in {took['ms']} ms", in_full)

    def _failed(self, message: str) -> JsonRpcException:
        self.protocol.client.tell(types.MessageType.Warning, f"{message}")
        return JsonRpcException(message, types.LSPErrorCodes.RequestFailed)


async def _nothing(patience: Patience) -> None:
    del patience


def _graph_answer(session: Session, params: types.ExecuteCommandParams, stages: Stages, patience: Patience) -> Any:
    """In the line's thread."""
    from isg_server.graph_commands import answer

    stages.end("waited")
    try:
        with Asking(session, patience) as asking:
            return answer(asking, params.command, list(params.arguments or ()))
    finally:
        stages.end("answered")


def _answer(handler: Handler, session: Session, params: Any, stages: Stages, patience: Patience) -> Any:
    """In the line's thread: the answer, ready to be sent, or what is left of it behind its parts."""
    stages.end("waited")
    token = getattr(params, "partial_result_token", None)
    parts = Parts(partial(session.client.part, token), patience.given_up) if token is not None else None
    with Asking(session, patience, parts) as asking:
        result = handler.answer(asking, params)
    stages.end("answered")
    answer = encoded(result if parts is None else parts.last(result))
    stages.end("encoded")
    return answer
