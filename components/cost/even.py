"""At which value of one number two bills are equal, as a table. HTML without Streamlit."""

from collections.abc import Sequence
from html import escape

from catalog.break_even import Crossing
from catalog.workload import Workload
from components.cost.rows import Offer
from components.cost.wording import field_value
from components.frame.markup import model_name
from components.frame.palette import Colour


def even_table(found: Sequence[Crossing], pair: Sequence[Offer], workload: Workload, accents: dict[str, Colour]) -> str:
    """A row a break-even: the number as it is, where both cost the same, and who is cheaper on either side."""
    models = {each.model.id: each.model for each in pair}

    def named(name: str) -> str:
        return model_name(models[name], accents[name], short=True)

    rows = "".join(
        f'<tr><th scope="row" class="field">{escape(each.label)}</th>'
        f'<td class="num" data-label="Now">{escape(field_value(each.field, getattr(workload, each.field)))}</td>'
        f'<td class="num" data-label="{"Price step at" if each.step else "Equal at"}">'
        f"<b>{escape(field_value(each.field, each.at))}</b>{_step(each)}</td>"
        f'<td data-label="Cheaper below">{named(each.cheaper_below)}</td>'
        f'<td data-label="Cheaper above">{named(each.cheaper_above)}</td></tr>'
        for each in found
    )
    heads = '<th scope="col" class="num">Now</th><th scope="col" class="num">Equal at</th>'
    heads += '<th scope="col">Cheaper below</th><th scope="col">Cheaper above</th>'
    return (
        '<table class="facts bills even"><thead><tr><th scope="col" class="field">This number alone</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _step(crossing: Crossing) -> str:
    return '<span class="also">step to a higher tier</span>' if crossing.step else ""


def even_sentence(found: Sequence[Crossing], pair: Sequence[Offer]) -> str:
    """Whether any one number can turn the answer for two models, in one sentence."""
    cheap, dear = sorted(pair, key=lambda each: each.usd_a_month)
    names = f"{cheap.model.short_name} and {dear.model.short_name}"
    if not found:
        return f"No one number of the workload, whatever it is, makes {names} cost the same while the others stay."
    count = len({each.field for each in found})
    if count == 1:
        return f"One number would turn which of {names} is the cheaper one, while all the others stay as they are."
    return f"Each of {count} numbers alone would turn which of {names} is the cheaper one, while the others stay."
