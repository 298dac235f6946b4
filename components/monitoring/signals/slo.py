"""Service level objectives: recording rules of error ratios, and alerts by how fast the error budget burns.

Windows and burn rates: Google, The Site Reliability Workbook, chapter 5, table 5-8. An alert fires while both its
windows burn: the long one says that it matters, the short one that it still goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from components.monitoring.signals.model import AlertRule, RecordingRule, RuleGroup


@dataclass(frozen=True)
class BurnRate:
    """How many times faster than allowed the error budget of 30 days is used up."""

    factor: float
    long_window: str
    short_window: str
    severity: Literal["critical", "warning"]


BURN_RATES: Final = (
    BurnRate(14.4, "1h", "5m", "critical"),
    BurnRate(6, "6h", "30m", "critical"),
    BurnRate(3, "1d", "2h", "warning"),
    BurnRate(1, "3d", "6h", "warning"),
)
"""2 % of the budget in 1 hour, 5 % in 6 hours: somebody is woken; 10 % in 1 or 3 days: somebody looks by day."""
WINDOWS: Final = tuple(sorted({w for rate in BURN_RATES for w in (rate.long_window, rate.short_window)}))


@dataclass(frozen=True)
class Objective:
    """A share of good events that is promised, over 30 days."""

    alert: str
    record: str
    """Start of the recorded ratios' names; the window follows."""
    promise: str
    """Completes "Jarvis promises that ..."."""
    bad: str
    """Bad events per second over `$window`."""
    all: str
    """All events per second over `$window`."""
    target_percent: float

    @property
    def budget(self) -> float:
        """The share of events that may be bad."""
        return round(1 - self.target_percent / 100, 6)


def availability(target_percent: float) -> Objective:
    """Requests that end without an error."""
    return Objective(
        alert="AvailabilityBudgetBurn",
        record="job:jarvis_requests_errors:ratio_rate",
        promise=f"{target_percent:g} % of its requests end without an error",
        bad="sum by (job) (rate(jarvis_requests_errors_total[$window]))",
        all="sum by (job) (rate(jarvis_requests_total[$window]))",
        target_percent=target_percent,
    )


def latency(target_percent: float, seconds: float) -> Objective:
    """Answers of the AI that take no longer than `seconds`, which must be a bucket of the histogram."""
    bucket = f'jarvis_ai_response_time_seconds_bucket{{le="{float(seconds)}"}}'
    everything = "sum by (job) (rate(jarvis_ai_response_time_seconds_count[$window]))"
    return Objective(
        alert="LatencyBudgetBurn",
        record="job:jarvis_ai_response_time_slow:ratio_rate",
        promise=f"{target_percent:g} % of the AI's answers take {seconds:g} s at most",
        bad=f"({everything} - sum by (job) (rate({bucket}[$window])))",
        all=everything,
        target_percent=target_percent,
    )


def slo_groups(objectives: tuple[Objective, ...]) -> tuple[RuleGroup, ...]:
    """The recorded ratios and the alerts of every objective."""
    return (
        RuleGroup("jarvis-slo-recording", tuple(rule for item in objectives for rule in _ratios(item))),
        RuleGroup("jarvis-slo", tuple(rule for item in objectives for rule in _alerts(item))),
    )


def _ratios(objective: Objective) -> tuple[RecordingRule, ...]:
    """One ratio a window. Without any event it is 0/0, which no comparison holds for."""
    expr = f"{objective.bad} / {objective.all}"
    return tuple(
        RecordingRule(record=f"{objective.record}{window}", expr=expr.replace("$window", window)) for window in WINDOWS
    )


def _alerts(objective: Objective) -> tuple[AlertRule, ...]:
    return tuple(_alert(objective, rate) for rate in BURN_RATES)


def _alert(objective: Objective, rate: BurnRate) -> AlertRule:
    limit = f"{round(rate.factor * objective.budget, 6):g}"
    ratios = (f"{objective.record}{window} > {limit}" for window in (rate.long_window, rate.short_window))
    return AlertRule(
        name=objective.alert,
        expr=" and ".join(ratios),
        for_="2m" if rate.severity == "critical" else "15m",
        labels={"severity": rate.severity, "window": rate.long_window},
        annotations={
            "summary": f"The error budget burns {rate.factor:g} times too fast",
            "description": (
                f"Jarvis promises that {objective.promise}; over {rate.long_window}, "
                "{{ $value | humanizePercentage }} were worse ({{ $labels.job }})"
            ),
        },
    )
