"""What a batch has found out, in sentences: which model passes more, how sure that is, what it cost."""

from collections.abc import Sequence
from html import escape

from catalog.evidence import Verdict
from catalog.words import listing, number
from components.batch.records import Status
from components.batch.statistics import Comparison, Finding, comparisons, cost_per_pass, pass_rate, repeatability
from components.batch.tally import ALL_CHECKS, Side, Tally
from components.batch.wording import SIMULATED, count_of, kind_words, money
from components.frame.verdicts import MARKS

_CHIPS = {
    Finding.CLEAR: ("clear", Verdict.CLEAR),
    Finding.CLOSE: ("close", Verdict.CLOSE),
    Finding.NOT_COMPARABLE: ("unknown", Verdict.NOT_COMPARABLE),
}
_UNCHECKED = (
    "<b>No check has looked at these answers</b>, so nothing here says which model is right more often. Times, costs "
    "and failures are below; start a batch with checks to compare what the answers say."
)


def checks_of_tally(tally: Tally) -> tuple[str, ...]:
    """The checks that can be asked for: all together where there are several, then each."""
    labels = tally.checks
    return (ALL_CHECKS, *labels) if len(labels) > 1 else labels


def pairs_of(tally: Tally, models: Sequence[str]) -> list[tuple[str, str]]:
    """The first model that has results with each other one that has."""
    there = [name for name in models if name in tally.sides]
    return [(there[0], name) for name in there[1:]] if there else []


def findings_html(tally: Tally, models: Sequence[str], check: str) -> str:
    """The verdict by one check, what each model passes and costs, and what failed; names as on screen."""
    lines = [_verdict(found) for pair in pairs_of(tally, models) if (found := _comparison(tally, pair, check))]
    if not tally.checks:
        lines.append(f"<p>{_UNCHECKED}</p>")
    facts = [_side_sentence(tally.sides[name], check) for name in models if name in tally.sides]
    if any(_came_later(side) for side in tally.sides.values()):
        facts.append("The answers came through the Gemini Batch API, for half the price; it says no times.")
    simulated = any(side.simulated for side in tally.sides.values())
    mark = f'<p class="simulated-line"><span class="chip chip-simulated">◌ Simulated</span> {SIMULATED}</p>'
    items = "".join(f"<li>{escape(fact)}</li>" for fact in facts)
    return f'<div class="strip findings-batch">{"".join(lines)}<ul>{items}</ul>{mark if simulated else ""}</div>'


def _comparison(tally: Tally, pair: tuple[str, str], check: str) -> Comparison | None:
    return next((found for found in comparisons(tally, *pair) if found.check == check), None)


def _verdict(found: Comparison) -> str:
    style, verdict = _CHIPS[found.finding]
    hint = f' title="{escape(found.method)}"' if found.method else ""
    chip = (
        f'<span class="verdict verdict-{style}"{hint}><span aria-hidden="true">{MARKS[verdict]}</span> '
        f"{escape(found.finding.value)}</span>"
    )
    method = f' <span class="count">{escape(found.method)}.</span>' if found.method else ""
    return f"<p><b>{escape(found.sentence)}</b> {chip}{method}</p>"


def _side_sentence(side: Side, check: str) -> str:
    parts = []
    if side.checks:
        parts.append(pass_rate(side.outcomes(check)).sentence)
        if (found := repeatability(side.outcomes(check))) is not None:
            parts.append(found.sentence)
        parts.append(_cost_sentence(side, check))
    parts.append(_failures(side))
    return f"{side.model}: {' '.join(filter(None, parts))}"


def _came_later(side: Side) -> bool:
    """Whether answers have no times, as those of the Batch API."""
    return side.statuses[Status.OK] > len(side.totals_s)


def _cost_sentence(side: Side, check: str) -> str:
    found = cost_per_pass(side, check)
    if found.usd is None:
        whole = pass_rate(side.outcomes(check))
        none = whole.rows and not whole.passed and not side.unpriced
        return "No row passed, so a passed row has no price." if none else "What a passed row costs is not known."
    would = "would cost" if side.simulated else "costs"
    return f"A passed row {would} {money(found.usd, side.simulated)} at list price."


def _failures(side: Side) -> str:
    asked = sum(side.statuses.values())
    failed = asked - side.statuses[Status.OK]
    if not failed:
        return f"All {asked:,} calls brought an answer." if asked > 1 else "The one call brought an answer."
    kinds = listing([f"{count:,} {kind_words(kind)}" for kind, count in side.errors.most_common()])
    return f"{failed:,} of {count_of(asked, 'call')} ({number(100 * failed / asked, 1)}%) brought no answer: {kinds}."
