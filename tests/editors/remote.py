"""A real Neovim, driven through its own RPC: set up as a person sets it up, with a home of its own.

The plugin is installed as its README says, as a package on the packpath; `init.lua` is what the test gives. Neovim
answers one request at a time here, so a message that has not come as a whole is simply read on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

PLUGIN = Path(__file__).parents[2] / "editors" / "neovim"
SECONDS = 30
"""More than anything here takes, on any machine."""
LEAST = (0, 11)
LUA = "return (function(...) {} end)(...)"


def program() -> tuple[str | None, str]:
    """Neovim's path and "", or None and why there is none: $ISG_NVIM, the environment's own one, or that on PATH."""
    beside = shutil.which("nvim", path=str(Path(sys.executable).parent))
    found = os.environ.get("ISG_NVIM") or beside or shutil.which("nvim")
    if found is None:
        return None, "no Neovim: neither in $ISG_NVIM nor on PATH (`make editors` installs one)"
    first = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    version = tuple(int(part) for part in first.split()[1].removeprefix("v").split("-")[0].split("."))
    return (found, "") if version >= LEAST else (None, f"{first} is older than 0.11")


class Neovim:
    """A context manager. `init`: the user's init.lua. `cache`: where the index is kept."""

    def __init__(self, home: Path, workspace: Path, init: str, cache: Path) -> None:
        self.home, self.workspace, self.cache = home, workspace, cache
        config, packages = home / "config" / "nvim", home / "data" / "nvim" / "site" / "pack" / "isg" / "start"
        config.mkdir(parents=True)
        packages.mkdir(parents=True)
        (config / "init.lua").write_text(init, encoding="utf-8")
        (packages / "isg").symlink_to(PLUGIN, target_is_directory=True)

    def __enter__(self) -> Self:
        path, _ = program()
        assert path is not None
        names = {"HOME": "", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state",
                 "XDG_RUNTIME_DIR": "run"}  # fmt: skip
        places = {name: str(self.home / directory) for name, directory in names.items()}
        places["XDG_CACHE_HOME"] = str(self.cache)
        places["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # where `isg` is
        (self.home / "run").mkdir(mode=0o700)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("NVIM", "VIM"))}
        self._process = subprocess.Popen(
            [path, "--embed", "--headless"],
            env=environment | places,
            cwd=self.workspace,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if error is None and self._process.poll() is None:
            self._process.stdin.write(_request("nvim_input", ["<Esc>:qall!<CR>"]))
            self._process.stdin.flush()
        else:
            self._process.kill()
        self._process.stdout.close()
        self._process.stdin.close()
        self._process.wait(SECONDS)

    def call(self, function: str, *arguments: Any) -> Any:
        """A function of Neovim's API."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(_request(function, arguments))
        self._process.stdin.flush()
        received = b""
        while True:
            part = os.read(self._process.stdout.fileno(), 1 << 16)
            assert part, f"Neovim has ended: {self.log()}"
            received += part
            response = _whole(received)
            if response is None:
                continue
            _, _, error, result = response
            assert error is None, f"{error[1]}\n{self.log()}"
            return result

    def lua(self, body: str, *arguments: Any) -> Any:
        """What the body of a Lua function with these arguments (`...`) returns."""
        return self.call("nvim_exec_lua", LUA.format(body), list(arguments))

    def type(self, command: str) -> None:
        """Types a command, without its colon. It may still be under way on return."""
        self.call("nvim_input", f":{command}<CR>")

    def until(self, happened: Callable[[], Any], what: str) -> Any:
        """Waits for something; returns what it is."""
        end = time.monotonic() + SECONDS
        while not (found := happened()):
            assert time.monotonic() < end, f"{what}\n{self.messages()}\n{self.log()}"
            time.sleep(0.02)
        return found

    def edit(self, path: str, place: str | None = None) -> None:
        """Opens a file and puts the cursor where the bar of `place` is."""
        self.lua("vim.cmd.edit(...)", str(self.workspace / path))
        if place is not None:
            text = (self.workspace / path).read_text(encoding="utf-8")
            before = text[: text.index(place.replace("|", "")) + place.index("|")]
            column = len(before.rpartition("\n")[2].encode())
            self.call("nvim_win_set_cursor", 0, [before.count("\n") + 1, column])

    def served_by(self, name: str) -> None:
        """Waits until a server of that name serves this buffer."""
        there = "return #vim.lsp.get_clients({ name = ..., bufnr = 0 }) > 0"
        self.until(lambda: self.lua(there, name), f"{name} is not attached")

    def attached(self) -> None:
        """Waits until isg serves this buffer and its index is up to date."""
        self.served_by("isg")
        ready = """
            local client = vim.lsp.get_clients({ name = "isg", bufnr = 0 })[1]
            local told = client:request_sync("workspace/executeCommand", { command = "isg.status" }, 5000, 0)
            return told ~= nil and told.result ~= nil and told.result[1].scanned and not told.result[1].indexing
        """
        self.until(lambda: self.lua(ready), "the index is not up to date")

    def quickfix(self) -> tuple[str, list[str]]:
        """The title and the entries, as "path:line:column type text", those that lead nowhere as text alone."""
        return tuple(
            self.lua("""
                local list = vim.fn.getqflist({ title = 0, items = 0 })
                local function shown(entry)
                    if entry.valid == 0 then return entry.text end
                    local name = vim.fs.basename(vim.fn.bufname(entry.bufnr))
                    return ("%s:%d:%d %s %s"):format(name, entry.lnum, entry.col, entry.type, entry.text)
                end
                return { list.title, vim.tbl_map(shown, list.items) }
            """)
        )

    def messages(self) -> str:
        """What was told so far."""
        return str(self.call("nvim_exec2", "messages", {"output": True})["output"])

    def log(self) -> str:
        """The end of Neovim's log of its language servers."""
        path = self.home / "state" / "nvim" / "lsp.log"
        return path.read_text(encoding="utf-8")[-3000:] if path.exists() else ""


def _whole(received: bytes) -> Any:
    """The message, or None as long as it has not come as a whole."""
    try:
        return msgspec.msgpack.decode(received)
    except msgspec.DecodeError as problem:
        if "truncated" not in str(problem):
            raise
        return None


def _request(function: str, arguments: Any) -> bytes:
    return msgspec.msgpack.encode([0, 1, function, list(arguments)])
