"""Which side stands where on screen, under which name and in which colour."""

from dataclasses import dataclass
from html import escape

from catalog.loading import Catalog
from catalog.schema import Model
from components.frame.markup import model_name
from components.frame.palette import Colour, colours
from components.playground.lanes import LaneSnapshot, RunSnapshot

_OUTSIDE = Colour("#535f6e", "#a9b5c4", "○")
LETTERS = "ABCD"


@dataclass(frozen=True)
class Side:
    """One side at its place: the lane that is shown, its model where the catalog has it, its name as HTML and text."""

    place: int
    side: int
    lane: LaneSnapshot
    model: Model | None
    colour: Colour
    html: str
    name: str


def sides_of(catalog: Catalog, snapshot: RunSnapshot, repeat: int = 0) -> tuple[Side, ...]:
    """The sides of a run from left to right; a model outside the catalog keeps its id.

    A blind run keeps its places after the vote, and its letters.
    """
    order = snapshot.setup.order or tuple(range(snapshot.setup.sides))
    lanes = [snapshot.lane(side, repeat) for side in order]
    found = [catalog.find(lane.request.model) for lane in lanes]
    accents = colours([model for model in found if model is not None])
    sides = []
    for place, (side, lane, model) in enumerate(zip(order, lanes, found, strict=True)):
        colour = accents[model.id] if model else _OUTSIDE
        letter = f"{LETTERS[place]}: " if snapshot.setup.order else ""
        html = letter + (model_name(model, colour) if model else escape(lane.request.model))
        name = letter + (model.name if model else lane.request.model)
        sides.append(Side(place, side, lane, model, colour, html, name))
    return tuple(sides)
