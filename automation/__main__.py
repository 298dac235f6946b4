"""`python -m automation COMMAND STACK`."""

from __future__ import annotations

import sys

from automation.cli import leave, main

leave(main(sys.argv[1:]))
