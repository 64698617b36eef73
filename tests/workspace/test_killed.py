"""SIGKILL at a hundred random moments: what is left opens, holds together and is completed. See `killed`.

A longer run by hand: `ISG_KILLS=2000 pytest tests/workspace/test_killed.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = int(os.environ.get("ISG_KILLS", "100"))
PARTS = ["branch", "clean-up", "first", "interface", "manifest", "save"]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


def test_a_session_killed_at_any_moment_is_completed_by_the_next(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed.py")
    environment = {**os.environ, "PYTHONPATH": str(script.parents[1]), "PYTHONHASHSEED": "0"}
    runs = [
        subprocess.Popen(
            [sys.executable, str(script), str(tmp_path / str(seed)), str(KILLS // 2), str(seed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for seed in (1, 2)
    ]
    for run in runs:
        out, err = run.communicate(timeout=60 + 2 * KILLS)
        assert run.returncode == 0, err
        assert out.split() == [str(KILLS // 2), *PARTS]
