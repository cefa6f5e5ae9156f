"""A shared run or batch in words: when and by whom it was answered, what was set, what judges said. Text is escaped."""

from collections.abc import Mapping, Sequence
from html import escape

from catalog.loading import Catalog
from components.archive.comparing import LABELS, Setting, settings, shown
from components.archive.rows import marks, models_html, name_text
from components.archive.wording import Zone, for_attribute, moment, one_line, preset_words, readable, vote_words
from components.batch.records import Job, controls_record
from components.history.records import JudgementRecord, RunRecord
from components.playground.blind import Phase, state
from components.playground.judge import judgement_of, sentence
from components.playground.lanes import RunSnapshot

MOST_TEXT = 20_000
_NO_PROMPT = '<span class="none">no text</span>'


def run_facts(catalog: Catalog, run: RunRecord, zone: Zone, secret: bool) -> str:
    """When a run ran, who answered unless that is still secret, where it comes from, and by which catalog."""
    parts = [
        f'<time datetime="{run.created.isoformat()}">{moment(run.created, zone)}</time>',
        *([] if secret else [models_html(catalog, run.models)]),
        *marks(run.simulated, run.imported),
        *([f'<span class="count">{run.repeats} answers each</span>'] if run.repeats > 1 else []),
        *([f'<span class="count">{escape(preset_words(run.preset))}</span>'] if run.preset else []),
        *catalog_words(run.catalog_version),
    ]
    return f'<p class="run-facts">{" ".join(parts)}</p>'


def catalog_words(version: str) -> list[str]:
    """With which catalog something ran, where that is known."""
    return [f'<span class="count">catalog {escape(one_line(version, 40))}</span>'] if version else []


def said_html(label: str, text: str) -> str:
    """What somebody wrote, under a label: its beginning, and how much more there is."""
    left = len(text) - MOST_TEXT
    more = f'<p class="count">{left:,} more characters are in the file below.</p>' if left > 0 else ""
    words = escape(readable(text[:MOST_TEXT])) or _NO_PROMPT
    return (
        f'<p class="part-label">{escape(label)}</p><p class="turn" tabindex="0" role="region" '
        f'aria-label="{escape(for_attribute(label))}"><bdi dir="auto">{words}</bdi></p>{more}'
    )


def instructions(catalog: Catalog, run: RunRecord, secret: bool) -> list[tuple[str, str]]:
    """Each system instruction under its label; one that is a side's own is left out while that would tell whose."""
    sides = [(lane.model, str(lane.request.get("system_instruction") or "")) for lane in run.lanes[: run.sides]]
    if len({text for _, text in sides}) == 1:
        return [("System instruction", sides[0][1])] if sides[0][1] else []
    told = [(f"System instruction of {name_text(catalog, model)}", text) for model, text in sides if text]
    return [] if secret else told


def run_settings(catalog: Catalog, run: RunRecord, secret: bool) -> str:
    """What else was set; a side's own settings are left out while they would tell whose an answer is."""
    told = [each for each in settings(run) if each.name != "system_instruction"]
    pairs = [(each.label, _by_side(catalog, each)) for each in told if not (secret and each.said[0].model)]
    return settings_html(pairs)


def _by_side(catalog: Catalog, setting: Setting) -> str:
    return "; ".join(
        f"{name_text(catalog, said.model)}: {said.text}" if said.model else said.text for said in setting.said
    )


def batch_settings(job: Job) -> str:
    """What was set for a batch, and how its answers were checked."""
    controls = {name: value for name, value in controls_record(job.controls).items() if name != "system_instruction"}
    checks = [f"{one_line(str(check.get('label')), 80)} ({check.get('kind')})" for check in job.checks]
    pairs = [
        *((LABELS.get(name, name), shown(name, value)) for name, value in controls.items()),
        *([("Answers each", str(job.repeats))] if job.repeats > 1 else []),
        *([("Checks", ", ".join(checks))] if checks else []),
        *([("Judge", one_line(job.judge, 80))] if job.judge else []),
        *([("Catalog version", one_line(job.catalog_version, 40))] if job.catalog_version else []),
    ]
    return settings_html(pairs)


def settings_html(pairs: Sequence[tuple[str, str]]) -> str:
    """Settings by their labels; empty without any."""
    items = "".join(f'<dt>{escape(label)}</dt><dd><bdi dir="auto">{escape(text)}</bdi></dd>' for label, text in pairs)
    return f'<dl class="share-seen">{items}</dl>' if items else ""


def vote_sentence(catalog: Catalog, run: RunRecord, snapshot: RunSnapshot) -> str:
    """What a vote on a blind run said, or why there is none; empty for a run that was not blind."""
    found = state(snapshot)
    if found.phase is Phase.NOT_BLIND:
        return ""
    if found.phase is Phase.READY:
        return "This run is blind, and its owner has not voted yet: which model wrote which answer is not shown before."
    if found.phase is Phase.VOTED:
        said = vote_words(run.vote, [name_text(catalog, model) for model in run.models])
        simulated = " The answers are simulated, so it counts for nothing." if run.simulated else ""
        return f"Blind vote, cast before any name was shown: {said}.{simulated}"
    return found.sentence.removesuffix(" Run it again to vote.")


def opinions_html(catalog: Catalog, judgements: Sequence[JudgementRecord], names: Mapping[int, str], zone: Zone) -> str:
    """Every readable opinion of a judge on these lanes, the newest first, each said to be one; empty without any."""
    newest = sorted(judgements, key=lambda record: record.created, reverse=True)
    items = "".join(_opinion(catalog, record, names, zone) for record in newest)
    return f'<ul class="statements opinions">{items}</ul>' if items else ""


def _opinion(catalog: Catalog, record: JudgementRecord, names: Mapping[int, str], zone: Zone) -> str:
    try:
        found = judgement_of(record.outcome)
        one, other = names[record.one], names[record.other]
    except (KeyError, TypeError, ValueError):
        return ""
    simulated = found.simulated or record.simulated
    reasons = "".join(
        f"<li><b>{escape(first)} first</b>: {escape(readable(reason))}</li>"
        for first, reason in zip((one, other), found.reasons, strict=False)
    )
    folded = '<details class="proof line"><summary><span class="count">its reasons</span></summary><ul class="claims">'
    return (
        f"<li>{' '.join([*marks(simulated, False), escape(sentence(found, one, other))])}"
        f"{folded}{reasons}</ul></details>"
        f'<span class="also">{escape(name_text(catalog, found.judge))}, {moment(record.created, zone)}</span></li>'
    )
