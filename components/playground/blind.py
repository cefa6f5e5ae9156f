"""Blind runs: who stands where, when names may show, how held answers are played, and what a vote means.

A vote is kept by side, not by place, under these keys: `one`, `other`, `third` and `fourth` for the side with the best
answer, `both_good` where all answers are good and `both_bad` where all are bad, also with more than two sides.
"""

import random
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from components.playground.lanes import LaneSnapshot, LaneStatus, RunSnapshot
from components.playground.ratings import Vote

LETTERS_PER_S = 250.0
SHORTEST_S, LONGEST_S = 1.5, 12.0
_BEST = (Vote.ONE.value, Vote.OTHER.value, "third", "fourth")
# A cut goes back to the last blank, but no further, so that scripts without blanks are played as well.
_LONGEST_WORD = 20


def order(sides: int, rng: random.Random | None = None) -> tuple[int, ...]:
    """The side that stands at each place, every order being equally likely; nobody can predict it without `rng`."""
    places = list(range(sides))
    (rng or secrets.SystemRandom()).shuffle(places)
    return tuple(places)


def vote_for_place(order: Sequence[int], place: int) -> str:
    """The key of the vote that the answer at a place is the best; places count from 0. At most four sides vote."""
    return _BEST[order[place]]


def ballots(models: Sequence[str], vote: str) -> tuple[tuple[str, str, Vote], ...]:
    """What a vote says of each pair of models: `(one, other, vote)`, the models being given by side.

    With two models that is the vote itself. With more, the best answer has won against each of the others, and
    nothing is said of those among themselves; "all good" and "all bad" are that tie for every pair. The pairs of one
    vote hang together, so intervals over votes on three or more models come out somewhat too narrow.

    Raises ValueError for a vote that such a run cannot have.
    """
    if vote in (Vote.BOTH_GOOD, Vote.BOTH_BAD):
        return tuple((one, other, Vote(vote)) for one, other in combinations(models, 2))
    best = _BEST.index(vote) if vote in _BEST[: len(models)] else -1
    if best < 0:
        raise ValueError(f"{vote!r} is not a vote on {len(models)} models.")
    pairs = [pair for pair in combinations(range(len(models)), 2) if best in pair]
    return tuple((models[one], models[other], Vote.ONE if one == best else Vote.OTHER) for one, other in pairs)


class Phase(StrEnum):
    """How far a blind run has come."""

    NOT_BLIND = "not blind"
    HOLDING = "holding"
    READY = "ready"
    VOTED = "voted"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class BlindState:
    """The phase of a run and a sentence about it for the screen, empty for a run that is not blind."""

    phase: Phase
    sentence: str = ""


def state(snapshot: RunSnapshot) -> BlindState:
    """Where a run stands: it is void as soon as one answer failed, was stopped, broke off, was cut off or is empty.

    It is void as well when an answer names its model. A void run takes no vote: who is compared with half an answer
    loses by it, and a vote on a name is not blind.
    """
    if not snapshot.setup.blind:
        return BlindState(Phase.NOT_BLIND)
    why = next((why for lane in snapshot.lanes if (why := _why_void(lane))), "")
    if why:
        return BlindState(Phase.VOID, f"There is no vote on this run: {why}. Run it again to vote.")
    if not snapshot.finished:
        return BlindState(Phase.HOLDING, hold_line(snapshot))
    if any(_names_a_model(lane, snapshot) for lane in snapshot.lanes):
        why = "an answer names its model, so that a vote would not be blind"
        return BlindState(Phase.VOID, f"There is no vote on this run: {why}.")
    if snapshot.vote:
        return BlindState(Phase.VOTED, "Your vote is in, so names and measures are shown.")
    return BlindState(Phase.READY, "Names, measures and cost are shown after the vote.")


def hidden(snapshot: RunSnapshot) -> bool:
    """Whether names, measures and the order of sides must not show at this moment."""
    return state(snapshot).phase in (Phase.HOLDING, Phase.READY)


def hold_line(snapshot: RunSnapshot) -> str:
    """What is said while answers are held. It is the same from start to end, so that it hints at nothing."""
    count = len(snapshot.lanes)
    if count == 1:
        return "The model is answering. The answer is shown when it is complete."
    together = f"shown together, at one pace, when {'both' if count == 2 else 'all'} are there."
    if snapshot.setup.repeats > 1:
        return f"{count} answers are being written. They are {together}"
    return f"{'Both' if count == 2 else f'All {count}'} models are answering. Their answers are {together}"


def _why_void(lane: LaneSnapshot) -> str:
    if not lane.ended:
        return ""
    reasons = {
        LaneStatus.FAILED: "an answer failed",
        LaneStatus.STOPPED: "an answer was stopped",
        LaneStatus.INTERRUPTED: "an answer was interrupted",
    }
    if lane.status in reasons:
        return reasons[lane.status]
    if lane.failure is not None:
        return "an answer was cut off"
    return "" if lane.text.strip() else "an answer has no text"


def _names_a_model(lane: LaneSnapshot, snapshot: RunSnapshot) -> bool:
    ids = [each.request.model for each in snapshot.lanes]
    return names_itself(lane.text, ids, lane.request.prompt)


@dataclass(frozen=True, slots=True)
class Playback:
    """Plays held answers at one pace: all start together, end together, and show equal shares in between.

    `lengths` are those of the answers, in characters. With their `texts` the cuts fall between words. The longest
    answer is played at `letters_per_s`, but never in less than `shortest_s` or more than `longest_s` seconds.
    """

    lengths: Sequence[int]
    texts: Sequence[str] = ()
    letters_per_s: float = LETTERS_PER_S
    shortest_s: float = SHORTEST_S
    longest_s: float = LONGEST_S

    @property
    def duration_s(self) -> float:
        """How long it takes, in seconds."""
        return min(self.longest_s, max(self.shortest_s, max(self.lengths, default=0) / self.letters_per_s))

    def shown(self, elapsed_s: float) -> tuple[int, ...]:
        """How many characters of each answer are to be seen after so many seconds.

        An answer begins with its first character at once and keeps its last one to the end, or one word would be
        there, whole, before the others. An answer of a single character can only come at the end.
        """
        if elapsed_s <= 0:
            return (0,) * len(self.lengths)
        if self.done(elapsed_s):
            return tuple(self.lengths)
        share = elapsed_s / self.duration_s
        return tuple(self._cut(index, share) for index in range(len(self.lengths)))

    def done(self, elapsed_s: float) -> bool:
        """Whether every answer is there as a whole."""
        return elapsed_s >= self.duration_s

    def _cut(self, index: int, share: float) -> int:
        length = self.lengths[index]
        due = int(share * length)
        if self.texts:
            due = _between_words(self.texts[index], due)
        return min(max(1, due), max(0, length - 1))


def _between_words(text: str, end: int) -> int:
    start = max(0, end - _LONGEST_WORD)
    blanks = [at for at in range(start, end) if text[at].isspace()]
    return blanks[-1] + 1 if blanks else start


def names_itself(text: str, names: Sequence[str], prompt: str = "") -> bool:
    """Whether an answer gives away who wrote it, by the names and ids of all models of the run.

    It does when it holds a full name, such as "Gemini 2.0 Flash" or its id, that the prompt has not brought up, or
    when it introduces itself by a word that not all the models share ("I am Flash"). One vote too many left out is
    the lesser evil, since a vote may rest on the name.
    """
    said, asked = _words(text), _words(prompt)
    full = [name for name in map(_words, names) if len(name) > 1 or any(any(map(str.isdigit, word)) for word in name)]
    if any(_holds(said, name) and not _holds(asked, name) for name in full):
        return True
    # A short name, such as "2.0 Flash", is part of a longer one and says nothing about what all of them share.
    longest = [set(name) for name in full if not any(name != other and _holds(other, name) for other in full)]
    shared = set.intersection(*longest) if longest else set()
    telling = {word for name in names for word in _words(name) if word.isalpha()} - shared
    return any(telling.intersection(_words(each)) for each in _introductions(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _holds(words: Sequence[str], name: Sequence[str]) -> bool:
    return f" {' '.join(name)} " in f" {' '.join(words)} "


def _introductions(text: str) -> Iterator[str]:
    """What follows each "I am" and its like, up to the end of the sentence or 40 characters."""
    starts = r"\b(?:i am|i['’]m|my name is|call me|this is|you are talking to|you['’]re talking to)\s(.{1,40})"
    return (re.split(r"[.!?](?:\s|$)", found[1])[0] for found in re.finditer(starts, text.casefold()))
