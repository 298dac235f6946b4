"""`outputs`: what the stack exports."""

from __future__ import annotations

import json
from typing import Final

from automation.errors import BadInputError
from automation.safety import repair_state
from automation.session import Session

MASK: Final = "[secret]"


def run(session: Session) -> None:
    """Print the stack's outputs; secrets are masked unless --show-secrets is given."""
    repair_state(session)
    stack = session.stack(create=False)
    if stack is None:
        raise BadInputError(f"{session.options.stack} was never deployed here: it has no outputs.")
    show = session.options.show_secrets
    values: dict[str, object] = {
        name: MASK if output.secret and not show else output.value for name, output in sorted(stack.outputs().items())
    }
    if session.options.format == "json":
        print(json.dumps(values, ensure_ascii=False))
        return
    session.display.pairs(
        {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in values.items()
        }
    )
