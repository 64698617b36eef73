"""Says, as one line of JSON, what an interpreter can run: its version, the isg that is installed for it, and why it
can't load the copy of isg in this extension ("" where it can; null where there is no copy).

Usage: probe.py FOLDER, of the copy. Any Python can run this, so that it is told which one is too old. It is a file, and
not an argument of `-c`, so that nothing is imported from the working directory.
"""

import json
import os
import sys


def installed():
    """The version of the isg that `import` finds, or None."""
    try:
        import isg_server
    except Exception:
        return None
    return getattr(isg_server, "__version__", None)


def problem(libs):
    """Why the copy can't be loaded: its binary modules are made for some versions and one platform."""
    if not os.path.isdir(libs):
        return None
    sys.path.insert(0, libs)
    try:
        import lmdb  # noqa: F401
        import msgspec  # noqa: F401
        import tree_sitter  # noqa: F401
        import tree_sitter_python  # noqa: F401
        import tree_sitter_rust  # noqa: F401
    except Exception as error:
        return str(error) or type(error).__name__
    return ""


if __name__ == "__main__":
    told = {"version": list(sys.version_info[:3]), "isg": installed(), "problem": problem(sys.argv[1])}
    sys.stdout.write(json.dumps(told) + "\n")
