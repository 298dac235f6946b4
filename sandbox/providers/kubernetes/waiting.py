"""Waiting: until an object is ready, or gone, with progress for the person who looks on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sandbox.providers.engine_log import EngineLog
from sandbox.providers.kubernetes.api import Api, ApiError, UnreachableError
from sandbox.providers.kubernetes.dependants import Dependants
from sandbox.providers.kubernetes.objects import annotation, metadata, name_of
from sandbox.providers.kubernetes.readiness import Readiness, judge, waiting
from sandbox.providers.kubernetes.wait_for import WAIT_FOR, judge_as_asked
from sandbox.providers.resource import Operation, ProviderError
from sandbox.providers.values import Properties, as_list, as_text

DEFAULT_TIMEOUT: Final = 600.0
"""Seconds; the official provider's default for every kind."""
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 1.0
_EVENTS_AFTER: Final = 3.0
"""Seconds of waiting before the cluster's warnings are looked up, and between two looks."""
_SKIP: Final = "pulumi.com/skipAwait"
_SECONDS: Final = "pulumi.com/timeoutSeconds"


class NotReadyError(ProviderError):
    """The object is there but did not get ready."""

    def __init__(self, live: Properties, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.live, self.reasons = live, reasons


def skips_waiting(inputs: Properties) -> bool:
    """Whether the object asks not to be waited for."""
    return (annotation(inputs, _SKIP) or "").lower() == "true"


def timeout_of(inputs: Properties, operation: Operation) -> float:
    """Seconds to wait: the program's `custom_timeouts`, else the object's annotation, else the default."""
    if operation.timeout:
        return operation.timeout
    text = annotation(inputs, _SECONDS)
    return float(text) if text and text.isdigit() and int(text) else DEFAULT_TIMEOUT


@dataclass
class _Progress:
    """What is shown while an object is waited for; each message once."""

    log: EngineLog
    urn: str
    shown: str = ""
    warnings: list[str] = field(default_factory=list[str])

    def show(self, message: str) -> None:
        if message and message != self.shown:
            self.shown = message
            self.log.status(self.urn, message)

    def warn(self, messages: list[str]) -> None:
        for message in messages:
            if message not in self.warnings:
                self.warnings.append(message)
                self.log.status(self.urn, f"warning: {message}")


class Waiter:
    """Waits for objects; `cancel` ends every wait at once."""

    def __init__(self, api: Api, dependants: Dependants, log: EngineLog) -> None:
        self._api, self._dependants, self._log = api, dependants, log
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End every wait, now and in future."""
        self._cancelled.set()

    def until_ready(self, path: str, live: Properties, operation: Operation, seconds: float) -> Properties:
        """The object once it is ready.

        Raises NotReadyError when it fails, when the time is over, when it disappears or on cancel.
        """
        progress = _Progress(self._log, operation.resource.urn)
        start = time.monotonic()
        looked, pause = start, _FIRST_PAUSE
        while True:
            verdict = self._judge(live)
            if verdict.ready:
                return live
            if verdict.failed:
                raise NotReadyError(live, [verdict.message, *self._dependants.warnings(live)])
            progress.show(f"waiting: {verdict.message}")
            now = time.monotonic()
            if now - looked > _EVENTS_AFTER:
                looked = now
                progress.warn(self._dependants.warnings(live))
            if now - start > seconds:
                late = f"{live.get('kind')} {name_of(live)} was not ready after {seconds:g} s: {verdict.message}"
                raise NotReadyError(live, [late, *self._dependants.warnings(live)])
            if self._cancelled.wait(pause):
                raise NotReadyError(live, [f"cancelled while waiting for it: {verdict.message}"])
            pause = min(pause * 1.4, _LONGEST_PAUSE)
            live = self._again(path, live)

    def _judge(self, live: Properties) -> Readiness:
        asked = annotation(live, WAIT_FOR)
        if asked:
            return judge_as_asked(live, asked)
        verdict = judge(live)
        try:
            return self._dependants.judge(live, verdict)
        except (ApiError, UnreachableError) as error:
            return waiting(str(error))

    def _again(self, path: str, live: Properties) -> Properties:
        try:
            return self._api.get(path)
        except ApiError as error:
            if error.missing:
                raise NotReadyError(live, ["it was deleted by somebody else while it was being waited for"]) from error
            return live
        except UnreachableError:
            return live  # an API server that restarts is given the time that is left

    def until_gone(self, path: str, uid: str, operation: Operation, seconds: float) -> None:
        """Return once the object with that uid is gone."""
        progress = _Progress(self._log, operation.resource.urn)
        start, pause = time.monotonic(), _FIRST_PAUSE / 2
        while True:
            live = self.look(path)
            if live is None or metadata(live).get("uid") != uid:
                return
            holding = ", ".join(str(item) for item in _finalizers(live))
            message = "waiting: being deleted" + (f" (finalizers: {holding})" if holding else "")
            progress.show(message)
            if time.monotonic() - start > seconds:
                held = f", its finalizers are {holding}" if holding else ""
                raise ProviderError(f"{live.get('kind')} {name_of(live)} was not gone after {seconds:g} s{held}")
            if self._cancelled.wait(pause):
                raise ProviderError(f"cancelled while {live.get('kind')} {name_of(live)} was being deleted")
            pause = min(pause * 1.4, _LONGEST_PAUSE)

    def look(self, path: str) -> Properties | None:
        """The object at `path`, None where there is none."""
        try:
            return self._api.get(path)
        except ApiError as error:
            if error.missing:
                return None
            raise

    def pause(self, seconds: float) -> bool:
        """Wait for the time; True at once on cancel."""
        return self._cancelled.wait(seconds)

    def until(self, found: Callable[[], bool], seconds: float) -> bool:
        """Whether `found` came true within the time; False on cancel too."""
        end, pause = time.monotonic() + seconds, _FIRST_PAUSE
        while not found():
            if time.monotonic() > end or self._cancelled.wait(pause):
                return False
            pause = min(pause * 1.4, _LONGEST_PAUSE)
        return True


def _finalizers(live: Properties) -> list[str]:
    return [text for item in as_list(metadata(live).get("finalizers")) if (text := as_text(item))]
