"""Runs the simulator alone: `python -m components.gemini.simulator --port 8765`."""

import argparse
import math
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from components.gemini.simulator.faults import Fault
from components.gemini.simulator.models import DEFAULT_CONFIG, SimulatorConfig, find_model
from components.gemini.simulator.server import RunningSimulator, start


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit code: 0, or 1 if the port could not be used."""
    options = _parser().parse_args(arguments)
    try:
        simulator = start(_config(options), options.host, options.port)
    except OSError as error:
        print(
            f"The simulator did not start: {error.strerror or error}. Choose another --host or --port.", file=sys.stderr
        )
        return 1
    _announce(simulator)
    _wait_for_signal()
    simulator.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m components.gemini.simulator",
        description="A local server that speaks the Gemini REST format: answers, function calls, search, code, token "
        "counts, file uploads, caches and batches. No model answers, no search is made and no code runs: all of it is "
        "simulated.",
        epilog="A client can ask for a fault or a pace by a header such as x-simulator-fault, or by words in its last "
        f"prompt such as [[simulate fault=stall]]. Faults: {', '.join(Fault)}.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one (default)")
    parser.add_argument(
        "--first-token-ms", type=_not_negative, metavar="MS", help="time to the first chunk, every model"
    )
    parser.add_argument("--tokens-per-second", type=_positive, metavar="N", help="speed after it, every model")
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        type=_model_pace,
        metavar="NAME=MS,TOKENS_PER_SECOND",
        help="pace of one model, added to the list if it is new; may be repeated",
    )
    parser.add_argument("--tokens-per-chunk", type=_count, metavar="N", help="size of a streamed chunk")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault_share,
        metavar="NAME=SHARE",
        help="fault that this share of all calls meets by chance, such as unavailable=0.1; may be repeated",
    )
    parser.add_argument(
        "--retry-delay", type=_not_negative, metavar="S", help="wait that a 429 for the quota per minute names"
    )
    parser.add_argument("--batch-pending", type=_not_negative, metavar="S", help="time before a batch runs")
    parser.add_argument("--batch-rows-per-second", type=_positive, metavar="N", help="speed of a batch after it")
    parser.add_argument("--log", type=_count, metavar="N", help="lines that the request log keeps")
    parser.add_argument("--strict", action="store_true", help="answer 404 for a model that is not in the list")
    return parser


def _not_negative(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 up")
    return value


def _positive(text: str) -> float:
    value = _not_negative(text)
    if value == 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= 100_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 up")
    return int(text)


def _fault_share(text: str) -> tuple[Fault, float]:
    name, _, share = text.partition("=")
    if name not in list(Fault) or not 0 <= _not_negative(share) <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not of the form NAME=SHARE, with a share from 0 to 1")
    return Fault(name), float(share)


def _model_pace(text: str) -> tuple[str, float, float]:
    name, _, pace = text.partition("=")
    first_token_ms, comma, tokens_per_second = pace.partition(",")
    if not name or not comma:
        raise argparse.ArgumentTypeError(f"{text} is not of the form NAME=MS,TOKENS_PER_SECOND")
    return name.removeprefix("models/"), _not_negative(first_token_ms), _positive(tokens_per_second)


def _config(options: argparse.Namespace) -> SimulatorConfig:
    pace = {
        name: getattr(options, name)
        for name in ("first_token_ms", "tokens_per_second")
        if getattr(options, name) is not None
    }
    config = replace(
        DEFAULT_CONFIG,
        models=tuple(replace(model, **pace) for model in DEFAULT_CONFIG.models),
        unknown=replace(DEFAULT_CONFIG.unknown, **pace),
        unknown_pro=replace(DEFAULT_CONFIG.unknown_pro, **pace),
    )
    for name, first_token_ms, tokens_per_second in options.model:
        config = _with_model_pace(config, name, first_token_ms, tokens_per_second)
    return replace(config, strict=options.strict, faults=tuple(options.fault), **_settings(options))


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings of the server that were given, under their names in a SimulatorConfig."""
    given = {
        "tokens_per_chunk": options.tokens_per_chunk,
        "retry_delay_s": options.retry_delay,
        "batch_pending_s": options.batch_pending,
        "batch_rows_per_s": options.batch_rows_per_second,
        "log_limit": options.log,
    }
    return {name: value for name, value in given.items() if value is not None}


def _with_model_pace(
    config: SimulatorConfig, name: str, first_token_ms: float, tokens_per_second: float
) -> SimulatorConfig:
    known = find_model(config, name)
    assert known is not None, "a config that is not strict plays every id"
    paced = replace(known, first_token_ms=first_token_ms, tokens_per_second=tokens_per_second)
    if known in config.models:
        return replace(config, models=tuple(paced if model.id == name else model for model in config.models))
    return replace(config, models=(*config.models, paced))


def _announce(simulator: RunningSimulator) -> None:
    print(
        f"The Gemini simulator answers at {simulator.base_url}\n"
        "Its answers are simulated, not a model's. Point google-genai at it with\n"
        f"  GOOGLE_GEMINI_BASE_URL={simulator.base_url} GEMINI_API_KEY=anything\n"
        "Ctrl-C ends it.",
        flush=True,
    )


def _wait_for_signal() -> None:
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    # Waiting without a limit would not notice Ctrl-C on Windows.
    while not asked_to_stop.wait(0.5):
        pass


if __name__ == "__main__":
    sys.exit(main())
