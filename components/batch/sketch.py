"""Percentiles of any number of times in bounded memory."""

from ddsketch import LogCollapsingLowestDenseDDSketch

_ACCURACY = 0.01
_MOST_BINS = 2048


class Times:
    """Times in seconds, of which percentiles are known to 1%.

    Masson, Rim and Lee (2019), DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees,
    VLDB 12:2195-2205.
    """

    def __init__(self) -> None:
        self._sketch = LogCollapsingLowestDenseDDSketch(_ACCURACY, _MOST_BINS)

    def add(self, seconds: float) -> None:
        """Take one time in."""
        self._sketch.add(seconds)

    def percentile(self, share: float) -> float | None:
        """The time that a share (0 to 1) of all times does not exceed; None of none."""
        value: float | None = self._sketch.get_quantile_value(share)
        return value

    @property
    def count(self) -> int:
        """How many times were taken in."""
        return int(self._sketch.count)
