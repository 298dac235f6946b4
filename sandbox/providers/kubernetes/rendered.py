"""The life of a resource that is rendered to a file."""

from __future__ import annotations

from pathlib import Path

from sandbox.providers.engine_log import EngineLog
from sandbox.providers.kubernetes.objects import hidden, id_of, is_secret
from sandbox.providers.kubernetes.releases import RELEASE
from sandbox.providers.kubernetes.rendering import path_for, remove, render
from sandbox.providers.resource import Operation, ProviderError, State
from sandbox.providers.values import Properties


class Rendered:
    """Files in place of a cluster."""

    def __init__(self, folder: Path, log: EngineLog) -> None:
        self._folder, self._log = folder, log

    def create(self, operation: Operation, inputs: Properties) -> State:
        """Write the file; in a preview, write nothing, so that a Helm release may be planned too."""
        if operation.resource.type == RELEASE:
            if not operation.preview:
                raise ProviderError("A Helm release is no object that could be written to a file.")
            return State("", inputs)
        if not operation.preview:
            if is_secret(inputs):
                self._log.warning(operation.resource.urn, "A rendered Secret holds its values in plain text.")
            render(inputs, self._folder)
        return State(id_of(inputs), hidden(inputs))

    def update(self, operation: Operation, state: State, inputs: Properties) -> State:
        """Write the file again, and remove the one under another API version."""
        made = self.create(operation, inputs)
        if not operation.preview and path_for(state.outputs, self._folder) != path_for(inputs, self._folder):
            remove(state.outputs, self._folder)
        return made

    def read(self, operation: Operation, state: State) -> State | None:
        """What was rendered; files are not looked at again."""
        del operation
        return state if state.inputs else None

    def delete(self, operation: Operation, state: State) -> None:
        """Remove the file."""
        del operation
        remove(state.outputs, self._folder)
