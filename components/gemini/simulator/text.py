"""Writes the Markdown of a simulated answer. It speaks of the prompt's words and of layout, never of the world."""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from components.gemini.simulator.models import Style

NOTICE = "*Simulated answer - not a model's output.*"

_QUOTED_CHARACTERS = 160
_SCANNED_CHARACTERS = 4_000
_MOST_RESULTS = 8
# fmt: off
_LIGHT_WORDS = frozenset({
    "about", "and", "are", "compare", "difference", "explain", "for", "from", "how", "into", "please", "summarise",
    "summarize", "tell", "that", "the", "this", "translate", "versus", "what", "when", "where", "which", "who",
    "why", "with", "write", "you", "your",
})
# fmt: on
_HARMLESS_SIGNS = frozenset(".,;?'\"()+% ")


class Kind(StrEnum):
    """What a prompt asks for, as far as its words tell."""

    TRANSLATION = "translation"
    SUMMARY = "summary"
    CODE = "code"
    COMPARISON = "comparison"
    EXPLANATION = "explanation"
    GENERAL = "general"


_KEYWORDS: Mapping[Kind, str] = {
    Kind.TRANSLATION: r"translat\w*|übersetz\w*|tradui\w*",
    Kind.SUMMARY: r"summar\w+|tl;?dr|key points|shorten",
    Kind.CODE: r"code|function|script|program|python|javascript|sql|regex|class|implement|bug|refactor|unit tests?",
    Kind.COMPARISON: r"table|compar\w+|versus|vs|differences?|pros and cons",
    Kind.EXPLANATION: r"explain|why|how|prove|calculate|solve|equation|math\w*|step by step",
}


@dataclass(frozen=True)
class Surroundings:
    """What came with a prompt, as an answer mentions it: earlier turns, files, results of functions, tools."""

    turns_before: int = 0
    file_types: tuple[str, ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    searched: bool = False
    ran_code: bool = False


@dataclass(frozen=True)
class _Subject:
    """What an answer can say truthfully about its prompt, with every quoted character made inert."""

    quote: str
    title: str
    words: tuple[str, ...]
    word_count: int
    system: str
    detailed: bool


def write_answer(
    prompt: str, system: str, style: Style, dice: random.Random, surroundings: Surroundings | None = None
) -> str:
    """Return a Markdown answer; the same arguments and state of `dice` give the same text."""
    subject = _subject(prompt, system, style)
    kind = kind_of(prompt)
    sections = [
        NOTICE,
        f"## {_HEADINGS[kind]}: {subject.title}",
        " ".join([_opening(subject, kind, dice), *_mentions(surroundings or Surroundings())]),
        *_BODIES[kind](subject, dice),
        _points(subject, dice),
        _table(subject, kind),
    ]
    if subject.detailed:
        sections += _details(subject, dice)
    sections.append(dice.choice(_CLOSINGS))
    return "\n\n".join(sections) + "\n"


def write_thoughts(prompt: str, style: Style, level: str = "") -> str:
    """Return the simulated summary of thoughts that stands before an answer.

    The levels MINIMAL (none), LOW, MEDIUM and HIGH make it longer; without one it is as long as with MEDIUM.
    """
    subject = _subject(prompt, "", style)
    steps = [
        f"**Reading the request**\n\nSimulated thoughts: the prompt has {_words(subject.word_count)} "
        f"and reads as {kind_of(prompt)}.",
        "**Choosing a layout**\n\nA heading, an opening paragraph, a list and a table will do.",
    ]
    if subject.detailed:
        steps.append("**Checking the plan**\n\nA second section leaves room for steps and open questions.")
    chosen = {"MINIMAL": [], "LOW": steps[:1], "HIGH": [*steps, *_SECOND_THOUGHTS]}.get(level, steps)
    return "".join(f"{step}\n\n" for step in chosen)


def kind_of(prompt: str) -> Kind:
    """Return what the prompt asks for, judged by the first keyword group that it contains."""
    start = prompt[:_SCANNED_CHARACTERS]
    for kind, keywords in _KEYWORDS.items():
        if re.search(rf"\b(?:{keywords})\b", start, re.IGNORECASE):
            return kind
    return Kind.GENERAL


def inert(text: str, limit: int) -> str:
    """Return the start of `text` on one line, at most `limit` characters, with no sign that Markdown or HTML reads.

    Letters, digits and plain punctuation of any language stay. A dot inside a word goes too, so that no
    renderer makes a link of an address.
    """
    start = text[: limit * 8]
    if start.isascii():
        kept = start.translate(_INERT_ASCII)
    else:
        kept = "".join(character if _harmless(character) else " " for character in start)
    kept = re.sub(r"\.(?=[^\W\d])", " ", kept)
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _harmless(character: str) -> bool:
    return character in _HARMLESS_SIGNS or unicodedata.category(character)[0] in "LMN"


_INERT_ASCII = {code: " " for code in range(128) if not _harmless(chr(code))}


def _subject(prompt: str, system: str, style: Style) -> _Subject:
    quote = inert(prompt, _QUOTED_CHARACTERS)
    return _Subject(
        quote=quote or "an empty prompt",
        title=inert(quote, 48) or "an empty prompt",
        words=words_of_weight(prompt) or ("prompt",),
        word_count=len(prompt.split()),
        system=inert(system, _QUOTED_CHARACTERS),
        detailed=style is Style.DETAILED,
    )


def words_of_weight(prompt: str) -> tuple[str, ...]:
    """Return the words at the start of a prompt that say what it is about, in lower case and without repeats."""
    quote = inert(prompt, _QUOTED_CHARACTERS)
    words = (word.strip(".,;?'\"()+%…").lower() for word in quote.split())
    return tuple(dict.fromkeys(word for word in words if len(word) > 2 and word not in _LIGHT_WORDS))


def _opening(subject: _Subject, kind: Kind, dice: random.Random) -> str:
    sentences = [
        f'The prompt reads "{subject.quote}" and has {_words(subject.word_count)}.',
        dice.choice(_OPENINGS).format(kind=kind),
    ]
    if subject.system:
        sentences.append(f'The system instruction that came with it reads "{subject.system}".')
    return " ".join(sentences)


def _mentions(surroundings: Surroundings) -> list[str]:
    sentences = [
        f'The function {inert(name, 64)} gave back "{inert(result, _QUOTED_CHARACTERS)}".'
        for name, result in surroundings.results[:_MOST_RESULTS]
    ]
    if surroundings.turns_before:
        turns = "1 turn" if surroundings.turns_before == 1 else f"{surroundings.turns_before} turns"
        sentences.append(f"Before this prompt came {turns}.")
    if files := surroundings.file_types:
        kinds = ", ".join(inert(kind, 40) for kind in dict.fromkeys(files[:_MOST_RESULTS]))
        sentences.append(f"With it came {'1 file' if len(files) == 1 else f'{len(files)} files'} ({kinds}), unopened.")
    if surroundings.searched:
        sentences.append("No search was made: its sources are example addresses that hold nothing.")
    if surroundings.ran_code:
        sentences.append("No code was run: the program and its output are simulated too.")
    return sentences


def _points(subject: _Subject, dice: random.Random) -> str:
    advice = dice.sample(_POINTS, 5 if subject.detailed else 3)
    leads = [f"**{word}**: " for word in subject.words[: len(advice)]]
    leads += ["**in general**: "] * (len(advice) - len(leads))
    return "\n".join(f"- {lead}{point}" for lead, point in zip(leads, advice, strict=True))


def _table(subject: _Subject, kind: Kind) -> str:
    rows = [
        ("Kind of request", str(kind)),
        ("Words in the prompt", str(subject.word_count)),
        ("First word of weight", subject.words[0]),
    ]
    if subject.detailed:
        rows += [
            ("Last word of weight", subject.words[-1]),
            ("Different words of weight in the quotation", str(len(subject.words))),
            ("System instruction", "sent" if subject.system else "none"),
        ]
    return _markdown_table(("What", "Found"), rows)


def _details(subject: _Subject, dice: random.Random) -> list[str]:
    steps = dice.sample(_STEPS, 4)
    numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))
    about = f"A longer answer takes the words *{subject.words[0]}* and *{subject.words[-1]}* up once more"
    return [
        "### In more detail",
        f"{about}, so that a reader who skipped the opening still knows what is being answered. "
        + " ".join(dice.sample(_REMARKS, 2)),
        numbered,
    ]


def _translation(subject: _Subject, dice: random.Random) -> list[str]:
    pairs = [(word, "*(the translated word stands here)*") for word in subject.words[: 5 if subject.detailed else 3]]
    return [_markdown_table(("Word of the prompt", "Translation"), pairs)]


def _summary(subject: _Subject, dice: random.Random) -> list[str]:
    return [f"> In one sentence: {_words(subject.word_count)}, beginning with *{subject.words[0]}*."]


def _code(subject: _Subject, dice: random.Random) -> list[str]:
    nameable = [word for word in subject.words if re.fullmatch(r"[a-z]+", word)]
    name = f"answer_{nameable[-1] if nameable else 'prompt'}"
    lines = [
        "```python",
        f"def {name}(lines: list[str]) -> list[str]:",
        '    """Stand-in for the code that was asked for; it keeps what is not blank."""',
        "    return [line.strip() for line in lines if line.strip()]",
    ]
    if subject.detailed:
        lines += ["", "", f"def test_{name}() -> None:", f'    assert {name}(["a", " ", "b "]) == ["a", "b"]']
    return ["\n".join([*lines, "```"])]


def _comparison(subject: _Subject, dice: random.Random) -> list[str]:
    first, last = subject.words[0], subject.words[-1]
    rows = [("what it is", f"one line on {first}", f"one line on {last}"), ("when to take it", "a case", "a case")]
    if subject.detailed:
        rows += [("what it costs", "a figure with its unit", "a figure with its unit"), ("open", "a doubt", "a doubt")]
    return [_markdown_table(("Aspect", first, last), rows)]


def _explanation(subject: _Subject, dice: random.Random) -> list[str]:
    steps = [f"Say what *{subject.words[0]}* means here.", "Take one small step, and name its reason."]
    if subject.detailed:
        steps += ["Work one example with numbers.", "Check the result another way."]
    return ["\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))]


def _nothing(subject: _Subject, dice: random.Random) -> list[str]:
    return []


def _markdown_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count} words"


_HEADINGS: Mapping[Kind, str] = {
    Kind.TRANSLATION: "Translation",
    Kind.SUMMARY: "Summary",
    Kind.CODE: "Code",
    Kind.COMPARISON: "Comparison",
    Kind.EXPLANATION: "Explanation",
    Kind.GENERAL: "Answer",
}

_BODIES: Mapping[Kind, Callable[[_Subject, random.Random], list[str]]] = {
    Kind.TRANSLATION: _translation,
    Kind.SUMMARY: _summary,
    Kind.CODE: _code,
    Kind.COMPARISON: _comparison,
    Kind.EXPLANATION: _explanation,
    Kind.GENERAL: _nothing,
}

_OPENINGS = (
    "It was taken as a request of the kind *{kind}*, and this text shows how such an answer is laid out.",
    "Its words point to the kind *{kind}*; what follows shows the parts that such an answer has.",
    "Read as *{kind}*, it calls for the parts below, in the order in which a reader needs them.",
    "As a case of *{kind}*, it gets a short opening, a list and a table.",
)

_POINTS = (
    "a point opens with its claim and gives the reason after it.",
    "a number stands with its unit, and close to what it measures.",
    "one example says more here than three adjectives.",
    "what is uncertain is marked where it stands, not at the end.",
    "a term is explained once, where it first appears.",
    "a source would stand right behind the sentence that needs it.",
    "the exception follows the rule, in a sentence of its own.",
)

_STEPS = (
    "Put the answer into the first sentence.",
    "Give the reason, then the example.",
    "Name what was left out, and why.",
    "Set apart what is known from what is assumed.",
    "Show the smallest case that still works.",
    "Say what would change the answer.",
)

_REMARKS = (
    "Paragraphs stay short, because a screen shows few lines at once.",
    "Lists carry what has no order, numbers carry what has one.",
    "A table earns its place once two things share three properties.",
    "Headings say what follows, so that they can be read alone.",
)

_SECOND_THOUGHTS = (
    "**Weighing another layout**\n\nA single paragraph would be shorter, but harder to scan; the list stays.",
    "**Reading it once more**\n\nEach part is checked against the prompt, and nothing beyond its words is claimed.",
)

_CLOSINGS = (
    "With a key, an answer by a model stands here instead.",
    "This is where the answer of a model would end.",
    "Everything above was put together from the prompt and a fixed set of sentences.",
)
