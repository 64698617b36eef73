"""`python -m isg_server.cli`: the command line without an installed script."""

from __future__ import annotations

import sys

from isg_server.cli import main

sys.exit(main())
