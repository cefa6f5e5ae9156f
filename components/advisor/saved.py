"""What a saved address of the advisor asks, and what the answer to it is now. No Streamlit."""

from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import parse_qsl

from catalog.criteria import OwnFigures
from catalog.loading import Catalog
from components.advisor.address import parse
from components.advisor.answers import Worked, work_out
from components.advisor.wording import Headline, headline
from components.frame.picker import DEFAULT, read_choice
from components.workload import address as workload_address


def beside(
    catalog: Catalog, address: str, today: date, measure: Callable[[Sequence[str], date], OwnFigures]
) -> tuple[Worked, Headline]:
    """The answer to the question of an address, a query string.

    `measure` gives own measurements of models by id on a day, and is asked only where the question lets them count.
    """
    params = dict(parse_qsl(address.removeprefix("?")))
    question, _ = parse(params, catalog.decision, today)
    chosen = read_choice(catalog, params.get("models", "")).models
    names = chosen if len(chosen) > 1 else tuple(dict.fromkeys((*chosen, *DEFAULT)))[:2]
    volume = workload_address.parse(params, catalog.decision).workload
    own = measure(names, question.on or today) if question.own else None
    worked = work_out(catalog, [catalog.models[name] for name in names], question, volume, today, own)
    return worked, headline(catalog, worked)
