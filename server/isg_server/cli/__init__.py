"""The command line: one file per command, each with `add` (its arguments) and `run` (what it does).

Results go to standard output, progress and messages to standard error. Exit codes: 0 done, 2 a wrong
argument, configuration or file, 101 a defect of isg, 130 interrupted. (1 is kept for commands that
report findings.)

Never imported by a command unless it needs it: pygls and lsprotocol (only `serve`), rich (only for
progress on a terminal), isg_analysis (not for `--help` and `--version`). So every `add` uses the
standard library alone and every `run` imports what it needs itself.
"""

from isg_server.cli.entry import main

__all__ = ["main"]
