"""Remembers the beginnings of long conversations, so that one that comes again counts as cached."""

from collections import OrderedDict

from components.gemini.simulator.request import Prefix

LEAST_CACHED_TOKENS = 1_024
_MOST_PREFIXES = 400


class PrefixBook:
    """A few hundred hashes of what was sent, apart for each model; the longest unused one goes first."""

    def __init__(self, limit: int = _MOST_PREFIXES) -> None:
        self._limit = limit
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def cached_tokens(self, model_id: str, prefixes: tuple[Prefix, ...]) -> int:
        """Return how many tokens of a prompt were sent before, 0 for too few, and remember the prompt.

        `prefixes` end with the turns of the prompt, the shortest first.
        """
        long = [prefix for prefix in prefixes if prefix.tokens > LEAST_CACHED_TOKENS]
        known = [prefix.tokens for prefix in long if (model_id, prefix.digest) in self._known]
        for prefix in long[-self._limit :]:
            self._known[model_id, prefix.digest] = None
            self._known.move_to_end((model_id, prefix.digest))
        while len(self._known) > self._limit:
            self._known.popitem(last=False)
        return max(known, default=0)
