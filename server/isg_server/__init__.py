"""isg at its rim: the language server and the command line. Importing this package imports nothing else."""

from __future__ import annotations

__version__ = "0.1.0"
