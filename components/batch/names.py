"""The models of a batch by their names on screen: as text, as HTML with their colours, and in counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from catalog.loading import Catalog
from components.archive.wording import one_line
from components.batch.tally import Tally
from components.charts.style import Look
from components.frame.markup import model_name
from components.frame.palette import Colour, colours

_OUTSIDE = Colour("#535f6e", "#a9b5c4", "○", "#7b8794", "circle")


@dataclass(frozen=True, slots=True)
class Named:
    """One model: its id, its name as text and as HTML with its marker, and its colours."""

    id: str
    text: str
    html: str
    colour: Colour

    @property
    def look(self) -> Look:
        """How it is drawn in charts."""
        return Look(self.text, self.colour.chart, self.colour.symbol)


def named_models(catalog: Catalog, ids: Sequence[str]) -> tuple[Named, ...]:
    """The models in their order; those outside the catalog keep their id, and of two of one name both do."""
    known = {name: model for name in ids if (model := catalog.find(name)) is not None}
    given = colours(list({model.id: model for model in known.values()}.values())[:4])
    shorts = [model.short_name for model in known.values()]
    found = []
    for name in ids:
        model = known.get(name)
        if model is None or model.id not in given or shorts.count(model.short_name) > 1:
            text = one_line(name, 80)
            colour = given.get(model.id, _OUTSIDE) if model else _OUTSIDE
            mark = f'<span class="mark" style="color:{colour.css}" aria-hidden="true">{colour.marker}</span>'
            found.append(Named(name, text, f"{mark} {escape(text)}", colour))
        else:
            colour = given[model.id]
            found.append(Named(name, model.short_name, model_name(model, colour, short=True), colour))
    return tuple(found)


def renamed(tally: Tally, names: Mapping[str, str]) -> Tally:
    """The same counts under the names of the screen, so that sentences about them use these."""
    copy = Tally()
    copy.rows = tally.rows
    copy.sides = {
        names.get(name, name): replace(side, model=names.get(name, name)) for name, side in tally.sides.items()
    }
    return copy
