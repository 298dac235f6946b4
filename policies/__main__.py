"""What the engine starts: serves the pack until it is told to end."""

from __future__ import annotations

import sys
from pathlib import Path

# The engine runs this file by its path, with this folder first where Python looks for modules.
_FOLDER = Path(__file__).resolve().parent
sys.path[:] = [str(_FOLDER.parent), *(path for path in sys.path if Path(path or ".").resolve() != _FOLDER)]

from policies.pack import serve  # noqa: E402

serve()
