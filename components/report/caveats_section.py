"""What to be careful about: where the models stand, what sources disagree on, what is guessed, and what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import compress
from operator import not_

from catalog.bill import Bill
from catalog.conflicts import Conflict, of_model
from catalog.fields import Field, Group
from catalog.lifecycle import life
from catalog.schema import Claim, Kind, Model, Result
from catalog.summary import life_sentence
from catalog.tables import CONJECTURE
from catalog.words import NOT_FOUND, claimed, day, listing
from components.frame.markup import KIND_WORDS
from components.report import quantities
from components.report.ledger import Scene, paragraph
from components.report.specs_section import typed
from components.report.state import Block, Heading, Part, Section, Sentence, Table, Value

_DECIDING = (Group.LIFECYCLE, Group.LIMITS, Group.MODALITIES, Group.SPEED, Group.PRICES)
_SLIDE = 6


def section(scene: Scene) -> Section:
    """Lives, conflicts, guesses, the reader's own data, simulated runs, and what nobody says."""
    lives = [_life_sentence(scene, model) for model in scene.models]
    blocks: list[Block] = [
        *paragraph(*lives, heading="Where the models stand", listed=True),
        _lives(scene),
        *_conflicts(scene),
        *_guesses(scene),
        *paragraph(_own(scene), _simulated(scene), _bill_notes(scene), heading="What else to mind", listed=True),
        *paragraph(_missing(scene), heading="What was not found", listed=True),
    ]
    return Section(Part.CAVEATS, "Caveats", tuple(blocks))


def _life_sentence(scene: Scene, model: Model) -> tuple[Sentence, ...]:
    known = quantities.of_life(scene.catalog, model, scene.on)
    return scene.ledger.proven(life_sentence(scene.catalog, model, scene.on), known)


def _lives(scene: Scene) -> Table:
    """A row a model: its state on the day, and the dates of its life."""
    return Table(
        "caveats_lives",
        "Where the models stand",
        f"State of each model on {day(scene.on, long=True)}, and the dates of its life.",
        (Heading("Model"), Heading("State"), Heading("Released"), Heading("Ends or ended"), Heading("Successor")),
        tuple(_life_row(scene, model) for model in scene.models),
        slides=_SLIDE,
        detail=not scene.technical,
    )


def _life_row(scene: Scene, model: Model) -> tuple[Value, ...]:
    state = life(model, scene.on)
    released = model.claims.get("release_date", ())
    seen = f"seen gone {day(state.last_seen_gone)}" if state.last_seen_gone else ""
    return (
        Value(model.short_name),
        Value(state.service.value, note=state.stage, sources=_cite(scene, model.claims.get("current_status", ())[:1])),
        _dated(scene, str(released[0].value), released[:1]) if released else Value(NOT_FOUND),
        _dated(scene, state.ends, model.claims.get("shutdown_date", ())[:1], seen) if state.ends else _no_end(seen),
        Value(_successor(scene, state.successor), sources=_cite(scene, model.claims.get("successor", ())[:1])),
    )


def _no_end(seen: str) -> Value:
    return Value("no date was found", note=seen)


def _successor(scene: Scene, name: str | None) -> str:
    found = scene.catalog.find(name) if name else None
    return found.name if found else name or "none named"


def _dated(scene: Scene, text: str, claims: Sequence[Claim], note: str = "") -> Value:
    whole = quantities.whole_day(text)
    kind = claims[0].kind if claims else None
    return Value(day(text), day=whole, kind=kind, sources=_cite(scene, claims), note=note)


def _cite(scene: Scene, claims: Sequence[Claim]) -> tuple[str, ...]:
    return scene.ledger.cite(*(claim.source for claim in claims))


def _conflicts(scene: Scene) -> tuple[Block, ...]:
    """Every claim that contradicts the one that stands; for executives those that decide nothing are details."""
    found = [(model, each) for model in scene.models for each in of_model(scene.catalog, model, scene.on)]
    if not found:
        said = scene.ledger.proven("No two sources conflict over anything on record about these models.")
        return (*paragraph(said),)
    deciding = [scene.technical or each.field.group in _DECIDING for _, each in found]
    tables = (
        _conflicts_table(scene, "caveats_conflicts", "What sources disagree on", compress(found, deciding)),
        _conflicts_table(
            scene, "caveats_further", "What else sources disagree on", compress(found, map(not_, deciding)), detail=True
        ),
    )
    return tuple(each for each in tables if each.rows)


def _conflicts_table(
    scene: Scene, name: str, title: str, found: Iterable[tuple[Model, Conflict]], detail: bool = False
) -> Table:
    return Table(
        name,
        title,
        "The value that stands and each that contradicts it, with how far they are apart.",
        (Heading("Model"), Heading("What"), Heading("Stands"), Heading("Another source says"), Heading("Apart")),
        tuple(row for model, each in found for row in _conflict_rows(scene, model, each)),
        detail=detail,
    )


def _conflict_rows(scene: Scene, model: Model, found: Conflict) -> list[tuple[Value, ...]]:
    return [
        (
            Value(model.short_name),
            Value(found.field.label, note=part.scope),
            _claim(scene, found.field, part.standing),
            _claims(scene, found.field, others),
            Value(found.words),
        )
        for part in found.contradictions
        for others in _alike(found.field, part.others)
    ]


def _alike(field: Field, claims: Sequence[Claim]) -> list[list[Claim]]:
    """Claims that say the same on the same kind of evidence, together."""
    said: dict[tuple[str, Kind], list[Claim]] = {}
    for each in claims:
        said.setdefault((claimed(field, each), each.kind), []).append(each)
    return list(said.values())


def _claims(scene: Scene, field: Field, claims: Sequence[Claim]) -> Value:
    """The value on which claims agree, with the sources and dates of all."""
    days = dict.fromkeys(day(each.as_of) for each in sorted(claims, key=lambda each: each.as_of))
    return replace(_claim(scene, field, claims[0]), sources=_cite(scene, claims), note=f"as of {listing(list(days))}")


def _claim(scene: Scene, field: Field, claim: Claim) -> Value:
    number, unit, on = typed(field, claim)
    sign = "≈ " if claim.kind is Kind.ESTIMATE else ""
    note = f"as of {day(claim.as_of)}"
    return Value(sign + claimed(field, claim), number, unit, on, claim.kind, _cite(scene, (claim,)), note)


def _guesses(scene: Scene) -> tuple[Table, ...]:
    """Values that stand though they are estimates, illustrations or inferences, or come from the reader's own file."""
    shown = (*CONJECTURE, Kind.OWN)
    rows = tuple(
        (
            Value(model.short_name),
            Value(row.field.label),
            _claim(scene, row.field, cell.ruling.standing),
            Value(KIND_WORDS[cell.kind]),
        )
        for row in scene.rows
        for model, cell in zip(scene.models, row.cells, strict=True)
        if cell.ruling is not None and cell.kind in shown and cell.kind is not None
    )
    if not rows:
        return ()
    headings = (Heading("Model"), Heading("What"), Heading("Value"), Heading("Kind"))
    said = "Values that stand for want of better ones; none of them is a fact that a maker has published."
    detail = not scene.technical
    return (Table("caveats_guesses", "What is guessed or your own", said, headings, rows, detail=detail),)


def _own(scene: Scene) -> tuple[Sentence, ...]:
    """That values of the reader's own file or own runs are in it."""
    claims = [claim for model in scene.models for claims in model.claims.values() for claim in claims]
    results = [each for model in scene.models for found in _results(scene, model) for each in found]
    own_values = any(each.kind is Kind.OWN for each in claims) or any(each.kind is Kind.OWN for each in results)
    text = "Some values come from a file of the author's own; they are marked “your own” and nobody has checked them."
    runs = any(part.own_runs for each in scene.worked.answer.measured for part in each.parts)
    measured = "The advice rests in part on runs and votes of the author's own, on prompts of the author's choice."
    ledger = scene.ledger
    return (*(ledger.proven(text) if own_values else ()), *(ledger.proven(measured) if runs else ()))


def _results(scene: Scene, model: Model) -> Sequence[Sequence[Result]]:
    return list(scene.catalog.results.get(model.id, {}).values())


def _simulated(scene: Scene) -> tuple[Sentence, ...]:
    made_up = sum(run.simulated for run in scene.runs)
    if not made_up:
        return ()
    which = "All runs shown here" if made_up == len(scene.runs) else "Some of the runs shown here"
    return scene.ledger.proven(f"{which} are simulated: no model wrote their answers, and they say nothing about any.")


def _bill_notes(scene: Scene) -> tuple[Sentence, ...]:
    """What the bills lack or leave out."""
    notes = dict.fromkeys(
        f"{each.model.short_name}: {note[:1].lower()}{note[1:]}"
        for each in scene.chosen
        if isinstance(each.bill, Bill)
        for note in each.bill.notes
    )
    return tuple(each for text in notes for each in scene.ledger.proven(text, names=(text,)))


def _missing(scene: Scene) -> tuple[Sentence, ...]:
    """Of each model, what a decision may need and no source says, though one says it of another."""
    said: list[Sentence] = []
    for at, model in enumerate(scene.models):
        labels = [
            row.field.label[:1].lower() + row.field.label[1:]
            for row in scene.rows
            if row.field.group in _DECIDING and row.cells[at].text == NOT_FOUND
        ]
        if labels:
            said += scene.ledger.proven(f"{model.short_name}: {listing(labels)}.", names=tuple(labels))
    return tuple(said)
