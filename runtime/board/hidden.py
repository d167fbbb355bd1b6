"""What a reader may not see: metrics that are made of hidden fields, and rules that read such metrics."""

from runtime.alerts.ready_rules import ready_rule
from runtime.meetings.restricted import Restricted, hidden_metrics, restricted_metrics
from runtime.people.rights import Sight
from runtime.releases.prepared import Prepared


def hidden_from(configured: Prepared, sight: Sight) -> frozenset[str]:
    """The metrics that show a field which the reader may not see, directly or through other metrics."""
    restricted: Restricted = configured.once("restricted", lambda: restricted_metrics(configured))
    return hidden_metrics(restricted, sight)


def metrics_read(configured: Prepared, rule: str) -> tuple[str, ...]:
    """Every metric that a rule of the release reads, directly or through other metrics: its alerts tell something about them."""
    ready = ready_rule(configured, rule)
    return tuple(sorted(ready.metrics | ready.bases))
