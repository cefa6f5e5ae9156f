"""What can be said on the command line of `python -m components.batch`."""

import argparse
import math
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from components.gemini.client import MAX_CONNECTIONS

_EXAMPLES = """\
Rows are sent through the template, in which {column} stands for a column of PROMPTS; without one, the column "prompt"
or the first is the prompt. Each finished answer is on the disk before it is counted, so that a batch that was stopped
or killed goes on where it was with --resume. What was under way at a kill is asked again and may be charged twice: the
API knows no key by which it could tell a repeated request.

The key comes from GEMINI_API_KEY or GOOGLE_API_KEY, and GOOGLE_GEMINI_BASE_URL names another address. Without either,
the built-in simulator answers, and everything is marked as simulated.

exit codes: 0 every answer is there; 1 every row was asked, some failed; 2 nothing was asked; 3 stopped before the end,
--resume goes on; 130 stopped by Ctrl-C, --resume goes on
"""


def read_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of a command line. Exits with code 2 and a sentence where one is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m components.batch",
        description="Asks models every row of a file, many at once, and keeps each answer as a line of JSON.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_what(parser)
    _add_settings(parser)
    _add_limits(parser)
    _add_going_on(parser)
    options = parser.parse_args(arguments)
    if options.concurrency * len(options.models) > MAX_CONNECTIONS:
        parser.error(f"at most {MAX_CONNECTIONS:,} calls can be under way; lower --concurrency")
    return options


def _add_what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompts", type=Path, metavar="PROMPTS", help="CSV, JSONL, XLSX, or text with a prompt a line")
    parser.add_argument("--models", required=True, type=_names, metavar="A,B", help="the models to ask, by their ids")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="where the answers go, as JSON lines")
    parser.add_argument("--template", metavar="TEXT", help="the prompt, with {columns}; @FILE reads it from a file")
    parser.add_argument("--repeats", type=_whole, default=1, metavar="N", help="how often each row is asked")
    parser.add_argument("--checks", type=Path, metavar="FILE", help="a JSON list of checks for each answer")
    parser.add_argument("--judge", default="", metavar="MODEL", help="who answers the checks that need a judge")
    parser.add_argument("--name", default="", help="what the batch is called; the name of PROMPTS otherwise")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("settings of each call")
    group.add_argument("--system", default="", metavar="TEXT", help="the system instruction")
    group.add_argument("--temperature", type=float, metavar="T")
    group.add_argument("--max-output-tokens", type=_whole, metavar="N")
    group.add_argument(
        "--settings", type=Path, metavar="FILE", help='more settings as a JSON object, such as {"top_p": 0.9}'
    )


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("limits, which may be others when it is resumed")
    group.add_argument("--concurrency", type=_whole, default=10, metavar="N", help="calls at once for each model (10)")
    group.add_argument("--requests-per-minute", type=_above_zero, metavar="N", help="for each model")
    group.add_argument("--tokens-per-minute", type=_above_zero, metavar="N", help="input tokens for each model")
    group.add_argument("--ceiling", type=_money, metavar="USD", help="begin no call that may pass this spend")
    group.add_argument("--seconds", type=_above_zero, metavar="S", help="begin no call after so many seconds")
    group.add_argument("--attempts", type=_whole, default=10, metavar="N", help="how often a call is made at most (10)")
    group.add_argument(
        "--timeout", type=_above_zero, default=120.0, metavar="S", help="longest silence in a call (120)"
    )


def _add_going_on(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("going on")
    group.add_argument("--resume", action="store_true", help="go on with FILE, where it is there already")
    group.add_argument("--retry-failed", action="store_true", help="with --resume: ask again what failed before")
    group.add_argument(
        "--remote", action="store_true", help="hand the rows to the Gemini Batch API: half the price, up to 24 hours"
    )
    group.add_argument("--cancel-remote", action="store_true", help="end the jobs that were handed over from FILE")
    group.add_argument(
        "--poll", type=_above_zero, default=30.0, metavar="S", help="with --remote: look every S seconds"
    )
    group.add_argument("--quiet", action="store_true", help="no progress bar")


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip().removeprefix("models/") for name in text.split(",") if name.strip()))
    if not names:
        raise argparse.ArgumentTypeError("names no model")
    return names


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 up")
    return int(text)


def _above_zero(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


def _money(text: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise argparse.ArgumentTypeError(f"{text} is not an amount of US dollars")
    return amount
