"""The share of proposals that are kept, along the records and along the calls."""

from report.counting import kept_rate
from report.measure import Measure

KEPT_RATE = Measure(
    "kept_rate", lambda found: kept_rate([(int(one), int(not one)) for one in found.kept])
)
KEPT_RATE_BY_CALLS = Measure(
    "kept_rate_by_calls",
    lambda found: kept_rate([(call.kept, call.rejected) for call in found.data.calls]),
)
