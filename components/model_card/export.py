"""Everything that the catalog says about one model, as files. No Streamlit."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from catalog import tables
from catalog.loading import Catalog
from catalog.schema import Model

_RESULT_ONLY = ("n", "low", "high")


def as_json(catalog: Catalog, model: Model, on: date) -> str:
    """The model's standing values, then every claim and every result, with the catalog's version and date."""
    alone = _alone(catalog, model)
    content: Mapping[str, Any] = {
        "catalog": {"version": catalog.version, "as_of": catalog.as_of, "day": on.isoformat()},
        "model": asdict(tables.model_rows(alone, on)[0]),
        "claims": tables.records(tables.claim_rows(alone, on)),
        "results": tables.records(tables.result_rows(alone)),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_csv(catalog: Catalog, model: Model, on: date) -> str:
    """One row a claim or result, results as fields `benchmarks.<id>` with their conditions as scope."""
    alone = _alone(catalog, model)
    empty = dict.fromkeys(_RESULT_ONLY, "")
    rows = [asdict(row) | empty for row in tables.claim_rows(alone, on)]
    rows += [_as_claim(result) for result in tables.result_rows(alone)]
    return tables.to_csv(rows, [*tables.columns(tables.ClaimRow), *_RESULT_ONLY])


def _as_claim(result: tables.ResultRow) -> dict[str, Any]:
    return {
        "model": result.model,
        "field": f"benchmarks.{result.benchmark}",
        "value": result.score,
        "unit": result.unit,
        "scope": result.conditions,
        "kind": result.kind,
        "source": result.source,
        "as_of": result.date,
        "stands": "",
        **{name: getattr(result, name) for name in _RESULT_ONLY},
    }


def _alone(catalog: Catalog, model: Model) -> Catalog:
    """The catalog with this model and its results alone."""
    kept = {
        name: benchmark.model_copy(
            update={"results": tuple(each for each in benchmark.results if each.model == model.id)}
        )
        for name, benchmark in catalog.benchmarks.items()
    }
    return replace(catalog, models=MappingProxyType({model.id: model}), benchmarks=MappingProxyType(kept))
