"""A report of the real catalog with runs: some made by the playground against the simulator, some full of hostile text.

The runs are one plain, one with repeats, one broken off in the middle of an answer, one that is blind and has no vote,
one in which everything that comes from outside is hostile, and one with an answer that is a line of a megabyte.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from components.archive.tally import Spoilt, Tally
from components.gemini.request import Request
from components.gemini.settings import Connection
from components.gemini.simulator.models import SimulatorConfig
from components.gemini.simulator.server import start
from components.history.records import BatchRecord, RunRecord
from components.playground.keeping import run_record
from components.playground.lanes import Setup
from components.playground.ratings import Ballot, Vote
from components.playground.run import Runner
from components.report.address import Choices, parse
from components.report.freezing import freeze
from components.report.runs import OwnRuns
from components.report.state import Report
from tests.archive.examples import NOON, lane, opinion, run
from tests.report.frozen_pairs import MADE, TODAY, catalog

PRO, FLASH = "gemini-2.5-pro", "gemini-2.5-flash"
SIMULATED = "simulated, not a model's answer"
MARKER = "evilmarker"
"""Stands in every hostile address, call and formula, so that none of them can hide."""
ADDRESS = f"http://127.0.0.1:9/{MARKER}"
HOSTILE = (
    f'<script>{MARKER}()</script><img src=x onerror="{MARKER}()"><svg/onload={MARKER}()>'
    f'<a href="javascript:{MARKER}()">here</a>\n'
    f"[click](javascript:{MARKER}()) ![pixel]({ADDRESS}.png) <{ADDRESS}> `</code>` </pre></textarea></style>--> ]]>\n"
    f'=HYPERLINK("{ADDRESS}";"open")\n+{MARKER}|" /C calc"!A0\n@SUM(1)\n-1+1\n\t=1\n'
    f"| a | b |\n```\n# {MARKER}\n$a$ {{{{7*7}}}} %7B &lt;b&gt; &#0;\n"
    "\x00\x07\x0b\x1b[31m\x7f\x85 \u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff \ufffe \ud83d \udc00 e\u0301\u0301"
)
FORMULA = f'=cmd|"/C {MARKER}"!A0'
TITLE, AUTHOR = f'=1+1 <b onclick="{MARKER}()">Pro or Flash</b>', f"@{MARKER} \u202eada"
LINE = f"{MARKER} " + "x" * 1_000_000
_QUICK = (("x-simulator-first-token-ms", "1"), ("x-simulator-tokens-per-second", "50000"))
_SECONDS = 20.0


def report() -> Report:
    """The report, frozen anew."""
    runs = (*_played(), _blind(), _hostile(), _long())
    return freeze(catalog(), _choices(), TODAY, MADE, OwnRuns(runs, (_batch(),), _tally()))


def _choices() -> Choices:
    chosen = parse({"models": f"{PRO},{FLASH}", "audience": "technical", "use": "chat"}, catalog(), TODAY).choices
    parts = ("runs", "summary", "verdicts", "cost", "caveats", "sources", "glossary")
    listed = parse({"parts": ",".join(parts)}, catalog(), TODAY).choices.parts
    return replace(chosen, title=TITLE, author=AUTHOR, note=HOSTILE, parts=listed, votes=True)


def _played() -> Sequence[RunRecord]:
    """What the playground keeps of three runs against the simulator, the third of them broken off."""
    simulator, runner = start(SimulatorConfig()), Runner()
    connection = Connection(api_key="AIzaKeyOfThisTest", base_url=simulator.base_url, simulated=True, origin="test")
    sent = HOSTILE.encode("utf-8", "ignore").decode()
    try:
        return (
            _run(runner, connection, Setup(sides=2), sent),
            _run(runner, connection, Setup(sides=2, repeats=2), "Why is the sky blue?"),
            _run(runner, connection, Setup(sides=2), "Break off.", (("x-simulator-fault", "drop_mid"),)),
        )
    finally:
        runner.close()
        simulator.stop()


def _run(
    runner: Runner, connection: Connection, setup: Setup, prompt: str, bent: tuple[tuple[str, str], ...] = ()
) -> RunRecord:
    requests = [
        Request(PRO, prompt, system_instruction=prompt, headers=(*_QUICK, *bent)),
        Request(FLASH, prompt, system_instruction=prompt, headers=_QUICK),
    ]
    playing = runner.start(connection, requests, catalog_version=catalog().version, setup=setup)
    until = time.monotonic() + _SECONDS
    while not playing.finished:
        assert time.monotonic() < until
        playing.wait(playing.version, 0.2)
    return run_record(playing.snapshot())


def _blind() -> RunRecord:
    """Two answers that nobody has voted on."""
    return run("blind", prompt=HOSTILE, answers=("Mine is A.", "Mine is B."), models=(PRO, FLASH), order=(1, 0))


def _hostile() -> RunRecord:
    """A run on a model whose id is hostile, with texts of the service and of a judge that are."""
    facts = {"finish_reason": FORMULA, "served_model": HOSTILE, "usage": {"input_tokens": 7, "output_tokens": 10}}
    failure = {"kind": "server_error", "message": HOSTILE, "safe": HOSTILE, "next_step": FORMULA, "detail": HOSTILE}
    lanes = (
        lane(0, FORMULA, HOSTILE, HOSTILE, facts=facts),
        lane(1, FLASH, HOSTILE, FORMULA, facts=facts, status="failed", failure=failure),
    )
    said = opinion("j", judge=FORMULA)
    judged = replace(
        said, rubric=HOSTILE, outcome=dict(said.outcome or {}) | {"judge": FORMULA, "reasons": [HOSTILE] * 2}
    )
    request = {"system_instruction": HOSTILE}
    made = run("hostile", prompt=HOSTILE, models=(FORMULA, FLASH), lanes=lanes, judgements=(judged,), request=request)
    return replace(made, imported=True)


def _long() -> RunRecord:
    return run("long", prompt="One line, please.", answers=(LINE, "Short."), models=(PRO, FLASH))


def _batch() -> BatchRecord:
    record = {"models": [FLASH, FORMULA], "name": HOSTILE}
    return BatchRecord("b", "owner", HOSTILE, NOON, True, 2, record, (FORMULA,), state="done", note=HOSTILE, done=2)


def _tally() -> Tally:
    won = Ballot(PRO, FLASH, Vote.ONE, "", simulated=False)
    return Tally((won, won, replace(won, vote=Vote.OTHER)), 3, ((Spoilt.SIMULATED, 2), (Spoilt.VOID, 1)))
