"""What the models can do and what they cost by list, field by field, each value with what it rests on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from catalog.evidence import Ruling
from catalog.fields import Field, Group, Holds
from catalog.schema import Basis, Claim, Kind, Model
from catalog.tables import Cell, CompareRow
from catalog.words import NOT_FOUND, claimed, listing
from catalog.workload import Workload
from components.frame.markup import KIND_WORDS
from components.report.ledger import Ledger, Quantity, Scene, paragraph
from components.report.quantities import whole_day
from components.report.state import Block, Heading, Part, Section, Sentence, Table, Value

_DECIDING = (Group.LIFECYCLE, Group.LIMITS, Group.MODALITIES, Group.SPEED, Group.PRICES, Group.CAPABILITIES)
_SLIDE = 8


def section(scene: Scene) -> Section:
    """How many fields differ, then every field with a claim; for executives those that differ and may decide."""
    rows = spec_rows(scene)
    counts = counts_table(scene)
    counts = replace(counts, detail=not scene.technical)
    said = _counted(scene, counts)
    if not rows:
        which = "on record" if scene.technical else "that may decide"
        return Section(Part.SPECS, "Specifications", paragraph(said), f"These models differ in nothing {which}.")
    blocks: tuple[Block, ...] = (*paragraph(said), fields_table(scene, rows), counts)
    return Section(Part.SPECS, "Specifications", blocks)


def spec_rows(scene: Scene) -> tuple[CompareRow, ...]:
    """The rows that the audience sees, without test scores, which have a section of their own."""
    rows = [row for row in scene.rows if row.field.group is not Group.BENCHMARKS]
    return tuple(row for row in rows if scene.technical or _decides(row, scene.cost.workload))


def _decides(row: CompareRow, workload: Workload) -> bool:
    """Whether a row shows a difference that may matter: prices say something even where one is missing."""
    if row.field.group not in _DECIDING or not differing(row):
        return False
    if row.field.group is Group.PRICES:
        return is_paid(row.field.path, workload)
    return len({(cell.text, *cell.also) for cell in row.cells if cell.text != NOT_FOUND}) > 1


def is_paid(path: str, workload: Workload) -> bool:
    """Whether a workload pays the price of this field: input and output always, the rest as far as it has such."""
    has = {
        "batch": bool(workload.batch_share),
        "cached": bool(workload.cached_tokens),
        "cache": bool(workload.cached_tokens or workload.stored_tokens),
        "image": bool(workload.images),
        "audio": bool(workload.audio_minutes),
        "video": bool(workload.video_minutes),
    }
    return all(has.get(word, True) for word in path.removeprefix("prices.").split("_"))


def fields_table(scene: Scene, rows: Sequence[CompareRow]) -> Table:
    """A row a field, a column a model, and the difference in words."""
    heads = tuple(Heading(model.short_name, model=model.id) for model in scene.models)
    which = "Every field on record" if scene.technical else "The fields that differ and may decide"
    return Table(
        "specs_fields",
        "Specifications" if scene.technical else "What differs",
        f"{which}, with what each value rests on.",
        (Heading("Field"), *heads, Heading("Difference")),
        tuple(_row(scene, row) for row in rows),
        tuple(row.field.group.value for row in rows),
        _SLIDE,
    )


def _row(scene: Scene, row: CompareRow) -> tuple[Value, ...]:
    cells = (
        value_of(scene.ledger, row.field, cell, model)
        if scene.technical
        else _brief(scene.ledger, row.field, cell, model)
        for cell, model in zip(row.cells, scene.models, strict=True)
    )
    return (Value(row.field.label), *cells, Value(row.difference))


def value_of(ledger: Ledger, field: Field, cell: Cell, model: Model) -> Value:
    """A cell with number or day, kind, conflict, sources, and in its note what limits or contradicts it."""
    if cell.derived is not None:
        sources = ledger.cite(*(claim.source for claim in cell.derived.inputs))
        note = f"computed: {cell.derived.formula}"
        return Value(roughly(cell), cell.derived.value, cell.derived.unit, None, cell.kind, sources, note)
    if cell.ruling is None:
        return Value(cell.text)
    claim = cell.ruling.standing
    number, unit, day = typed(field, claim)
    if cell.text == "no list price":
        number, unit = None, ""
    sources = ledger.cite(claim.source, *claim.also_stated_by, *(each.source for each in cell.ruling.conflicts))
    return Value(
        roughly(cell), number, unit, day, cell.kind, sources, _note(field, cell, model), conflict=cell.conflict
    )


def _brief(ledger: Ledger, field: Field, cell: Cell, model: Model) -> Value:
    """A cell of which the note says only what may change a decision: scope, longer prompts, other sources."""
    whole = value_of(ledger, field, cell, model)
    if cell.ruling is None:
        return whole
    claim = cell.ruling.standing
    scope = "" if field.first_scope else claim.full_scope
    parts = (_own(claim), scope, *_longer(field, cell.ruling), _against(field, cell))
    return replace(whole, note="; ".join(part for part in parts if part))


def _own(claim: Claim) -> str:
    """That a value is the reader's own, which no mark says."""
    return KIND_WORDS[claim.kind] if claim.kind is Kind.OWN else ""


def _longer(field: Field, ruling: Ruling) -> list[str]:
    """The list prices of longer prompts on the same platform."""
    listed = [each for each in ruling.by_scope if each.basis is Basis.LIST and each.scope is None]
    return [
        f"{claimed(field, each)} above {each.prompt_above:,} tokens"
        for each in listed
        if each.prompt_above and each.platform == ruling.standing.platform and each is not ruling.standing
    ]


def roughly(cell: Cell) -> str:
    """The value in words, with the sign of an estimate where it is one."""
    return f"≈ {cell.text}" if cell.kind is Kind.ESTIMATE else cell.text


def typed(field: Field, claim: Claim) -> tuple[int | float | None, str, date | None]:
    """The number with its unit or the day that a claim states, as far as it states one."""
    if claim.absent is not None or isinstance(claim.value, bool | tuple):
        return None, "", None
    if isinstance(claim.value, int | float):
        return claim.value, claim.unit or (field.units[0] if field.units else ""), None
    return None, "", whole_day(claim.value) if field.holds is Holds.DATE else None


def _note(field: Field, cell: Cell, model: Model) -> str:
    """What stands with a value: that it is the reader's own, scope, other scopes, and what others say."""
    if cell.ruling is None:
        return ""
    claim = cell.ruling.standing
    scope = "" if field.first_scope else claim.full_scope
    elsewhere = [] if field.first_scope else _elsewhere(field, cell.ruling)
    remark = model.remarks.get(field.path, "")
    parts = (_own(claim), scope, *cell.also, *elsewhere, _against(field, cell), remark)
    return "; ".join(part for part in parts if part)


def _against(field: Field, cell: Cell) -> str:
    """What other sources say instead."""
    if cell.ruling is None:
        return ""
    others = [each for each in cell.ruling.conflicts if each is not cell.ruling.standing]
    said = dict.fromkeys(f"{claimed(field, each)} ({KIND_WORDS[each.kind]})" for each in others)
    return f"others say {listing(list(said), 'or')}" if said else ""


def _elsewhere(field: Field, ruling: Ruling) -> list[str]:
    """What stands within other scopes, such as one platform."""
    if field.many:
        return []
    others = [each for each in ruling.by_scope if each is not ruling.standing]
    return list(dict.fromkeys(f"{claimed(field, each)} ({each.full_scope or 'in general'})" for each in others))


def counts_table(scene: Scene) -> Table:
    """How many fields of each group are on record for any of the models, differ, and are in conflict."""
    rows = [row for row in scene.rows if row.field.group is not Group.BENCHMARKS]
    grouped = [(group, list(members)) for group, members in groupby(rows, key=lambda row: row.field.group)]
    counted = tuple(_count_row(group, members) for group, members in grouped)
    return Table(
        "specs_counts",
        "How much differs",
        "The number of fields on record by group, of those that differ, and of those over which sources conflict.",
        (
            Heading("Group"),
            Heading("On record", numeric=True),
            Heading("Differ", numeric=True),
            Heading("In conflict", numeric=True),
        ),
        counted,
    )


def _count_row(group: Group, rows: Sequence[CompareRow]) -> tuple[Value, ...]:
    counts = (len(rows), sum(differing(row) for row in rows), sum(row.conflict for row in rows))
    return (Value(group.value), *(Value(f"{each:,}", each, "fields") for each in counts))


def differing(row: CompareRow) -> bool:
    """Whether values differ; fields that hold many at once, such as links, are lists and no difference."""
    return row.differs and not row.field.many


def _counted(scene: Scene, table: Table) -> tuple[Sentence, ...]:
    known, apart, torn = totals(table)
    over = f", and sources conflict over {torn.shown}" if torn.number else ", and no two sources conflict"
    text = f"{known.shown} facts about these models are on record; {apart.shown} of them differ{over}."
    return scene.ledger.proven(text, (known, apart, torn))


def totals(table: Table) -> tuple[Quantity, Quantity, Quantity]:
    """The sums of the table of counts: fields on record, differing, in conflict."""
    known, apart, torn = (_total(table, column) for column in (1, 2, 3))
    return known, apart, torn


def _total(table: Table, column: int) -> Quantity:
    name = table.headings[column].name.lower()
    parts = tuple(
        Quantity(row[column].shown, row[column].number or 0, "fields", f"{row[0].shown}: fields, {name}")
        for row in table.rows
    )
    count = int(sum(part.number for part in parts))
    return Quantity(f"{count:,}", count, "fields", f"fields, {name}", by="sum", of=parts)
