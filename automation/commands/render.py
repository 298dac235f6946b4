"""`render`: the stack's manifests for Argo CD, in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import yaml

from automation.errors import BadInputError
from automation.rendering.folder import RenderingFolder
from automation.session import Session

if TYPE_CHECKING:
    from automation.rendering.manifests import Rendering
    from components.gitops.settings import GitopsSettings

GITOPS: Final = "jarvis:gitops"


def run(session: Session) -> None:
    """Render the stack into `session.options.out`; whatever goes wrong, the folder stays as it was."""
    options, display = session.options, session.display
    if not options.out.strip():
        raise BadInputError("--out names no folder.")
    folder = RenderingFolder(Path(options.out).expanduser().resolve(), options.stack)
    folder.check()
    settings = gitops_settings(session.project.layout.stack_file(options.stack))
    from automation.rendering.files import VALUES, files_of
    from automation.rendering.manifests import rendering_of
    from automation.rendering.preview import plan_of

    display.say(f"Rendering {options.stack}; no cluster is asked and nothing is deployed.")
    rendering = rendering_of(plan_of(session))
    files = files_of(rendering, settings, options.stack)
    session.interrupts.check()
    changed = folder.write(files)
    if options.format == "json":
        print(json.dumps(_summary(folder, rendering, len(files), changed)))
        return
    display.say(f"{folder.path}: {len(rendering.manifests)} manifests; {changed} of {len(files)} files changed.")
    if rendering.secrets:
        names = ", ".join(secret.name for secret in rendering.secrets)
        display.say(f"These Secrets are not written and have to exist before the first sync: {names}.")
    if rendering.later:
        display.say(f"{len(rendering.later)} values come from resources of the cloud and have placeholders: {VALUES}.")
    if settings is None:
        display.say(f"{session.options.stack} has no {GITOPS}, so there is no AppProject and no Application.")


def gitops_settings(stack_file: Path) -> GitopsSettings | None:
    """The section of the stack file, which has been checked by now; None where there is none."""
    from components.gitops.settings import GitopsSettings

    content = cast("dict[str, dict[str, object]]", yaml.safe_load(stack_file.read_text("utf-8")) or {})
    section = (content.get("config") or {}).get(GITOPS)
    return None if section is None else GitopsSettings.model_validate(section)


def _summary(folder: RenderingFolder, rendering: Rendering, files: int, changed: int) -> dict[str, object]:
    from automation.rendering.later import places

    return {
        "out": str(folder.path),
        "files": files,
        "changedFiles": changed,
        "manifests": len(rendering.manifests),
        "releases": [item.name for item in rendering.releases],
        "requiredValues": list(places(rendering.later)),
        "requiredSecrets": [f"{item.namespace}/{item.name}" for item in rendering.secrets],
    }
