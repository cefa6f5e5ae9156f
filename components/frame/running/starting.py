"""From Run to a run: what is sent, to whom, within which budget; and why nothing was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from secrets import token_urlsafe

import streamlit as st

from catalog.loading import Catalog
from components.frame.history import owner
from components.frame.running.engine import engine, ledger
from components.frame.running.options import Options
from components.frame.running.uploading import sendable
from components.gemini.content import Part
from components.gemini.errors import Failure
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.playground.asking import lost_files, turns_after
from components.playground.blind import order
from components.playground.budget import guard
from components.playground.lanes import Run, RunSnapshot, Setup
from components.playground.run import Preparation, TooManyRuns


class NotSent(Exception):
    """Nothing was sent; the message says why and what to do, fit for the screen."""


@dataclass(frozen=True)
class Sender:
    """Where runs go and how they are made, for every way to start one on a page."""

    catalog: Catalog
    place: Connection
    options: Options
    on: date
    page: str
    preset: str = ""

    def send(
        self,
        requests: Sequence[Request],
        *,
        parent: str = "",
        files: tuple[Part, ...] = (),
        group: str = "",
        once: bool = False,
        later: Mapping[int, Preparation] | None = None,
    ) -> str:
        """Starts a run and shows it: its id stands in the address from now on. `once` overrules repeats and blindness.

        `files` go along with every request; what is `later` prepared for a lane is sent in its place. Raises NotSent.
        """
        check_files(requests)
        if files:
            requests = [replace(request, attachments=self._sendable(files)) for request in requests]
        blind = self.options.blind and not once and len(requests) > 1
        setup = Setup(
            sides=len(requests),
            repeats=1 if once else self.options.repeats,
            order=order(len(requests)) if blind else (),
            parent=parent,
            group=group,
            preset=self.preset,
        )
        run = self.start(requests, setup, later=later)
        show(self.page, run.id)
        return run.id

    def start(
        self,
        requests: Sequence[Request],
        setup: Setup,
        *,
        later: Mapping[int, Preparation] | None = None,
        at_once: int = 0,
    ) -> Run:
        """Starts a run without showing it, kept as the options say. Raises NotSent."""
        kept = replace(setup, owner=owner(), kept=self.options.kept, files_kept=self.options.files_kept)
        try:
            return engine().runner.start(
                self.place,
                requests,
                catalog_version=self.catalog.version,
                setup=kept,
                guard=guard(ledger(), self.catalog, self.on),
                later=later,
                at_once=at_once,
            )
        except TooManyRuns as error:
            raise NotSent(str(error)) from error

    def send_all(self, prompts: Sequence[Sequence[Request]], files: tuple[Part, ...]) -> None:
        """Starts a run for each row of a table; the first is shown. Raises NotSent."""
        group = token_urlsafe(6) if len(prompts) > 1 else ""
        ids = [self.send(requests, files=files, group=group) for requests in prompts]
        st.session_state[f"{self.page}_rows"] = ids if group else []
        show(self.page, ids[0])

    def _sendable(self, files: tuple[Part, ...]) -> tuple[Part, ...]:
        try:
            found = sendable(self.place, files)
        except (TimeoutError, ValueError, RuntimeError) as error:
            raise NotSent(
                f"The files could not be uploaded ({error}). Nothing was sent and your prompt is kept."
            ) from error
        if isinstance(found, Failure):
            raise NotSent(f"The files could not be uploaded. {found.sentence}")
        return found


def check_files(requests: Sequence[Request]) -> None:
    """Raises NotSent where a request has files whose bytes are no longer there."""
    lost = [name for request in requests for name in lost_files(request)]
    if lost:
        raise NotSent(
            f"The bytes of {', '.join(dict.fromkeys(lost))} were not kept, so this cannot be sent again as it was. "
            "Attach the file again and start a new prompt."
        )


def show(page: str, run_id: str) -> None:
    """Makes a run the one that the page shows."""
    st.query_params["run"] = st.session_state[f"{page}_run_id"] = run_id
    st.session_state.pop(f"{page}_repeat", None)


def again(snapshot: RunSnapshot) -> list[Request]:
    """The requests of a run, a side each, to be sent once more. Headers of the simulator are not among them."""
    return [snapshot.lane(side).request for side in range(snapshot.setup.sides)]


def follow_up(snapshot: RunSnapshot, prompt: str) -> list[Request]:
    """The next turn of a conversation with every side of a run, with the settings that it had."""
    requests = []
    for side in range(snapshot.setup.sides):
        lane = snapshot.lane(side)
        requests.append(replace(lane.request, prompt=prompt, turns=turns_after(lane), attachments=(), replies=()))
    return requests
