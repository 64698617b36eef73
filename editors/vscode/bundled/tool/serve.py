"""Runs `isg`: the copy in this extension, or the one that is installed for this interpreter.

Usage: serve.py useBundled|fromEnvironment ARGUMENT ..., the arguments as `isg` takes them.
"""

import sys
from pathlib import Path

LIBS = Path(__file__).parents[1] / "libs"

if __name__ == "__main__":
    if sys.argv[1] == "useBundled":
        sys.path.insert(0, str(LIBS))
    from isg_server.cli import main

    sys.exit(main(sys.argv[2:]))
