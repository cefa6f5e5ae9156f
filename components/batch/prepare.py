"""From a command line to all that a batch needs before its first call."""

import argparse
import json
import secrets
import sys
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog import compiled
from catalog.loading import Catalog
from catalog.words import listing
from components.batch.checks import Kind, check_record, checks_of
from components.batch.prompts import Table, problems, read, template_for
from components.batch.records import Job, Json, Limits, controls_of_record
from components.gemini.settings import Connection
from components.playground.controls import Controls
from components.playground.controls import problems as control_problems


class Refused(ValueError):
    """Nothing is asked; the message is a sentence that says why."""


@dataclass(frozen=True)
class Prepared:
    """All that a batch needs before its first call."""

    options: argparse.Namespace
    catalog: Catalog
    table: Table
    place: Connection
    job: Job


def prepare(options: argparse.Namespace, place: Connection) -> Prepared:
    """Read the prompts, settings and checks that the options name, and make a job of them.

    Doubts about rows go to stderr. Raises Refused, a sentence, for what would go wrong, and OSError for files.
    """
    catalog = compiled.load()
    table = read(options.prompts.name, options.prompts)
    template = _template(options.template) or template_for(table.columns)
    controls = _controls(options)
    checks = _checks(options, table)
    needed = sorted({name for check in checks_of(checks, table.columns) for name in check.columns})
    found = problems(table, template, needed)
    for problem in found.first:
        print(problem.sentence, file=sys.stderr)
    if found.stopping:
        raise Refused("Nothing was asked; mend what is wrong in the prompts and run again.")
    job = Job(
        id=secrets.token_hex(8),
        created=datetime.now(UTC),
        models=tuple(dict.fromkeys(_model_id(catalog, name) for name in options.models)),
        template=template,
        controls=controls,
        rows=table.count,
        prompts_digest=table.digest,
        name=options.name or options.prompts.name,
        checks=checks,
        judge=_model_id(catalog, options.judge) if options.judge else "",
        repeats=options.repeats,
        catalog_version=catalog.version,
        simulated=place.simulated,
        vertexai=place.vertexai,
        limits=_limits(options),
    )
    return Prepared(options, catalog, table, place, job)


def _template(given: str | None) -> str:
    if given is None or not given.startswith("@"):
        return given or ""
    return Path(given[1:]).read_text(encoding="utf-8")


def _controls(options: argparse.Namespace) -> Controls:
    controls = Controls()
    if options.settings is not None:
        controls = _controls_of(options.settings)
    given = {
        "system_instruction": options.system or None,
        "temperature": options.temperature,
        "max_output_tokens": options.max_output_tokens,
    }
    controls = replace(controls, **{name: value for name, value in given.items() if value is not None})
    if wrong := control_problems(controls):
        raise Refused(" ".join(problem.sentence for problem in wrong))
    return controls


def _controls_of(path: Path) -> Controls:
    record = _json(path)
    known = [one.name for one in fields(Controls)]
    unknown = sorted(set(record) - set(known)) if isinstance(record, dict) else []
    if unknown or not isinstance(record, dict):
        found = f"has no setting {listing(unknown)}" if unknown else "is no JSON object"
        raise Refused(f"{path} {found}; the settings are {listing(known)}.")
    return controls_of_record(record)


def _checks(options: argparse.Namespace, table: Table) -> tuple[Json, ...]:
    if options.checks is None:
        return ()
    listed = _json(options.checks)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Refused(f"{options.checks} is no JSON list of checks.")
    checks = checks_of(listed, table.columns)
    if any(check.kind is Kind.JUDGE for check in checks) and not options.judge:
        raise Refused("One of the checks needs a judge; name a model with --judge.")
    return tuple(check_record(check) for check in checks)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise Refused(f"{path} cannot be read as JSON.") from None


def _limits(options: argparse.Namespace) -> Limits:
    return Limits(
        concurrency=options.concurrency,
        requests_per_minute=options.requests_per_minute,
        tokens_per_minute=options.tokens_per_minute,
        ceiling_usd=options.ceiling,
        ceiling_s=options.seconds,
        attempts=options.attempts,
    )


def _model_id(catalog: Catalog, name: str) -> str:
    found = catalog.find(name)
    return found.id if found else name
