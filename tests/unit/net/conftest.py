"""tests/support holds the server that misbehaves, and the maker of certificates."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
