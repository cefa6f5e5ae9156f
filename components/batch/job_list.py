"""A list of batches as HTML. All text is escaped."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from catalog.loading import Catalog
from components.archive.filters import link
from components.archive.rows import marks, models_html
from components.archive.wording import Zone, moment, one_line
from components.batch.wording import count_of, money, state_chip
from components.history.records import BatchRecord

_TRILLION = 10**12


def job_list(catalog: Catalog, batches: Sequence[BatchRecord], zone: Zone, handed_over: Collection[str]) -> str:
    """The batches, newest first; `handed_over` are the ids of those that the Batch API has."""
    items = "".join(_item(catalog, each, zone, "remote" if each.id in handed_over else "") for each in batches)
    return f'<ol class="runs batches">{items}</ol>'


def spent_usd(batch: BatchRecord) -> Decimal:
    """What a batch has cost at list price, without answers of models that have none."""
    return Decimal(batch.spent) / _TRILLION


def name_of(batch: BatchRecord) -> str:
    """The name of a batch on one line."""
    return one_line(batch.name, 100) or "Batch"


def facts(catalog: Catalog, batch: BatchRecord, zone: Zone, state: str = "") -> str:
    """When it was made, by which models, how far it is, and what it has cost.

    A `state` overrules the kept one, and says that how far it is stands elsewhere.
    """
    failed = f", {batch.failed:,} failed" if batch.failed else ""
    done = f"{batch.done:,} of {count_of(batch.total, 'answer')}{failed}"
    spent = f"{money(spent_usd(batch), batch.simulated)} at list price" if batch.spent else ""
    parts = [
        f'<time datetime="{batch.created.isoformat()}">{moment(batch.created, zone)}</time>',
        models_html(catalog, _models(batch.record)),
        state_chip(state or batch.state),
        *marks(batch.simulated, batch.imported),
        *([f'<span class="count">{done}</span>'] if not state else []),
        *([f'<span class="count">{spent}</span>'] if spent and not state else []),
    ]
    return f'<p class="run-facts">{" ".join(parts)}</p>'


def _item(catalog: Catalog, batch: BatchRecord, zone: Zone, state: str) -> str:
    name = escape(name_of(batch))
    target = escape(link("batch", {"job": batch.id}))
    return (
        f'<li class="run"><div class="run-main"><p class="run-prompt"><a href="{target}" target="_self">'
        f'<bdi dir="auto">{name}</bdi></a></p>{facts(catalog, batch, zone, state)}</div></li>'
    )


def _models(record: Mapping[str, Any]) -> list[str]:
    found = record.get("models", ())
    return [str(each) for each in found] if isinstance(found, list) else []
