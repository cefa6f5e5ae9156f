"""The advice as tables: demands held against models, what each criterion gives, thresholds, and the measures."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from catalog.bill import Bill
from catalog.criteria import Part
from catalog.gates import Check, Gated
from catalog.schema import Claim, Model, Result
from catalog.words import capital, number
from components.advisor import wording
from components.charts.contributions import Gain, Row
from components.report.advice_numbers import names_of_claims, of_gates
from components.report.cost_numbers import month
from components.report.ledger import Quantity, Scene
from components.report.numerals import numerals
from components.report.state import Heading, Table, Value
from components.report.typed import exact, share, sources_of, weakest, words

_SLIDE_ROWS = 6
_UNITS = {"money": "USD", "percent": "percent", "times": "×"}


def gates_table(scene: Scene) -> Table | None:
    """A row a demand, a column a model: whether it passes and why; None where nothing is demanded."""
    gated = scene.worked.answer.gated
    labels = {check.gate: check.label for each in gated for check in each.checks}
    if not labels:
        return None
    headings = (Heading("Demand"), *(Heading(each.model.short_name, model=each.model.id) for each in gated))
    known, names = of_gates(scene.catalog, scene.worked), names_of_claims(scene.worked)
    rows = tuple(
        (words(label), *(_outcome(scene, each, gate, known, names) for each in gated)) for gate, label in labels.items()
    )
    summary = "What is demanded before anything is weighed, and whether each model meets it."
    return Table("advice_gates", "What is demanded", summary, headings, rows, slides=_SLIDE_ROWS)


def _outcome(scene: Scene, gated: Gated, gate: str, known: Sequence[Quantity], names: Sequence[str]) -> Value:
    check = next((each for each in gated.checks if each.gate == gate), None)
    if check is None:
        return words("not checked")
    mark, _, word = wording.OUTCOMES[check.outcome]
    sources = scene.ledger.cite(*sources_of(check.claims)[:4])
    said = scene.ledger.proven(check.sentence, known, names=names)
    note = said[0].text if said else ""
    return Value(f"{mark} {word}{_decided(gated, check)}", kind=weakest(check.claims), sources=sources, note=note)


def _decided(gated: Gated, check: Check) -> str:
    if not check.is_open or check in gated.undecided:
        return ""
    return f"; you {'leave it out' if check in gated.against else 'keep it in'}"


def gains_table(models: Sequence[Model], rows: Sequence[Row], total: Row, summary: str) -> Table:
    """A row a criterion and one of the sums, a column a model, in points of 100 with 95% intervals."""
    headings = (
        Heading("Criterion"),
        Heading("Weight", numeric=True),
        *(Heading(model.short_name, numeric=True, model=model.id) for model in models),
    )
    every = [(row, share(row.weight, decimals=1)) for row in rows] + [(total, words(""))]
    cells = tuple((words(row.label), weight, *map(_gain, row.gains)) for row, weight in every)
    return Table("advice_contributions", "What each criterion gives", summary, headings, cells, slides=_SLIDE_ROWS)


def _gain(gain: Gain) -> Value:
    # No criterion takes points away, however wide the interval is.
    low, high = number(100 * max(gain.low, 0), 1), number(100 * gain.high, 1)
    if gain.middle is None:
        return words("not known", f"anything from {low} to {high} points")
    note = f"95% interval {low} to {high}" if gain.high > gain.low else ""
    return Value(number(100 * gain.middle, 1), round(100 * gain.middle, 9), "points", note=note)


def thresholds_table(scene: Scene) -> Table | None:
    """A row a weight at which another model comes out best; None where there is none."""
    found, criteria = scene.worked.answer.advice.thresholds, scene.catalog.decision.criteria
    if not found:
        return None
    labels = {each.id: each.label for each in criteria}
    now = dict(zip(labels, scene.worked.weights, strict=True))
    names = wording.names_of(scene.worked.models)
    rows = tuple(
        (
            words(labels[each.criterion]),
            share(now[each.criterion], decimals=1),
            share(each.at, decimals=1),
            words("more" if each.rises else "less"),
            words(names[each.becomes]),
        )
        for each in found
    )
    headings = (
        Heading("Weight of"),
        Heading("Now", numeric=True),
        Heading("Changes at", numeric=True),
        Heading("With"),
        Heading("Then take"),
    )
    summary = "One weight changes while the others keep their proportions."
    detail = not scene.technical
    title = "Where the answer changes"
    return Table("advice_thresholds", title, summary, headings, rows, slides=_SLIDE_ROWS, detail=detail)


def measures_table(scene: Scene) -> Table | None:
    """A row a measure within its criterion, a column a model that is left; None where there is none."""
    left, measured = scene.worked.left, scene.worked.answer.measured
    rows, groups = [], []
    for each in measured:
        for part in each.parts:
            cells = [_measure(scene, model, part, at) for at, model in enumerate(left)]
            rows.append((words(part.label, _tags(part)), *cells, words(capital(part.basis))))
            groups.append(each.criterion.label)
    if not rows:
        return None
    columns = (Heading(model.short_name, numeric=True, model=model.id) for model in left)
    headings = (Heading("Measure"), *columns, Heading("Why the values may be compared"))
    summary = "What each criterion rests on. A note says where a value stands on the scale from 0 to 100."
    return Table("advice_measures", "The measures behind it", summary, headings, tuple(rows), tuple(groups))


def _tags(part: Part) -> str:
    own = f"your own, {part.own_runs:,} run{'' if part.own_runs == 1 else 's'}" if part.own_runs else ""
    assumed = "noise assumed, since no source states it" if part.assumed_noise else ""
    return "; ".join(each for each in (own, assumed) if each)


def _measure(scene: Scene, model: Model, part: Part, at: int) -> Value:
    place, shown = part.places[at], part.shown[at]
    if place is None:
        return words(shown)
    low, high = number(100 * max(place.low, 0), 0), number(100 * min(place.high, 1), 0)
    note = f"{number(100 * place.middle, 0)} of 100 ({low} to {high})"
    return replace(_typed(scene, model, part, shown), note=note)


def _typed(scene: Scene, model: Model, part: Part, shown: str) -> Value:
    """The value as the part shows it, with the number that its result, claim or bill has."""
    result = next((each for each in part.results if _is_of(scene, each, model)), None)
    if result is not None:
        sources = scene.ledger.cite(result.source)
        return Value(shown, float(str(result.score)), result.unit, kind=result.kind, sources=sources)
    claims = [each for each in part.claims if any(each is one for found in model.claims.values() for one in found)]
    sources, kind = scene.ledger.cite(*sources_of(claims)), weakest(claims)
    bill = scene.worked.bill_of(model.id)
    if part.field is None and isinstance(bill, Bill) and not part.own_runs:
        return Value(shown, month(bill), "USD", kind=kind, sources=sources)
    value, unit = _number(shown) if part.own_runs else _stated(claims)
    return Value(shown, value, unit, kind=kind, sources=sources)


def _is_of(scene: Scene, result: Result, model: Model) -> bool:
    found = scene.catalog.find(result.model)
    return found is not None and found.id == model.id


def _stated(claims: Sequence[Claim]) -> tuple[int | float | None, str]:
    numeric = [each for each in claims if isinstance(each.value, int | float) and not isinstance(each.value, bool)]
    if len(numeric) != 1 or isinstance(numeric[0].value, str | tuple):
        return None, ""
    return numeric[0].value, numeric[0].unit or ""


def _number(shown: str) -> tuple[Decimal | None, str]:
    """The first number of words such as "0.41 s (12 runs)"."""
    found = numerals(shown)
    if not found:
        return None, ""
    unit = _UNITS.get(found[0].sort) or shown.partition(found[0].text)[2].partition(" (")[0].strip()
    return exact(found[0].value), unit
