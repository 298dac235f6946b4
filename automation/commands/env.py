"""`env`: what plain `pulumi` needs in its environment to work on the same stack: `eval "$(... env dev)"`."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from automation.cluster import UnknownClusterError
from automation.policies import flags
from automation.session import Session


def run(session: Session) -> None:
    """Print shell lines that export the environment."""
    variables = exports(session)
    for name in sorted(session.backend.dropped):
        print(f"unset {name}")
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    folder = session.folder
    if session.options.sandbox:
        stack = session.stack(create=True)
        assert stack is not None, "a stack that may be made is always there"  # noqa: S101
    stack, policies = session.options.stack, session.project.policies
    judged = [] if policies is None else flags(policies, session.project.layout.stack_file(stack))
    print("#", shlex.join(["pulumi", "up", "--cwd", str(folder), "--stack", stack, *judged]))


def exports(session: Session) -> dict[str, str]:
    """Variables and their values; PATH begins with the CLI, the plugins and the language host."""
    pulumi = Path(session.engine.command).parent
    host = session.project.layout.state / "language-host"
    folders = [session.plugins.folder, pulumi]
    if not (pulumi / "pulumi-language-python").is_file():  # an official installation keeps its own beside the CLI
        folders.append(session.project.tools.write_language_host(host))
    path = dict.fromkeys([str(folder.resolve()) for folder in folders if folder is not None])
    variables = {
        **session.backend.environment,
        **session.plugins.environment,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": os.pathsep.join([*path, os.environ.get("PATH", "")]),
    }
    try:
        kubeconfig = session.cluster().kubeconfig
    except UnknownClusterError as error:
        session.display.say(f"KUBECONFIG is not set: {error}", "yellow")
        return variables
    if kubeconfig is not None:
        variables["KUBECONFIG"] = kubeconfig
    return variables
