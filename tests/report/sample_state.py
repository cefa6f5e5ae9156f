"""Small reports made by hand, for the tests of the formats: one as usual and one with hostile text."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import plotly.graph_objects as go

from catalog.schema import Kind
from components.charts.style import figure
from components.report import state
from components.report.state import Audience, Form, Heading, Part, Sentence, Value

PRO, FLASH = "gemini-2.5-pro", "gemini-2.5-flash"
HOSTILE = (
    '<script>fetch("http://127.0.0.1:9/x")</script><img src=x onerror="alert(1)"> =HYPERLINK("http://127.0.0.1:9/y") '
    "\u202egnp.exe\u202c \x00\x07\x1b[31m\ufffe \ud83d | `x` [click](javascript:alert(1)) $a$ </style></title>-->"
)


def bills_table() -> state.Table:
    """A month's bill of two models, as the cost section has it."""
    return state.Table(
        "cost_bills",
        "The bill",
        "2.5 Flash costs $1,200.00 a month, 2.5 Pro $9,720.00.",
        (Heading("Model and platform"), Heading("A month", numeric=True), Heading("1,000 requests", numeric=True)),
        (
            (
                Value("2.5 Pro, Gemini API"),
                Value("$9,720.00", Decimal("9720.00"), "USD", kind=Kind.OFFICIAL, sources=("gemini_api_pricing",)),
                Value("$810.00", Decimal("810.00"), "USD", kind=Kind.OFFICIAL, sources=("gemini_api_pricing",)),
            ),
            (
                Value("2.5 Flash, Gemini API"),
                Value(
                    "$1,200.00",
                    Decimal("1200.00"),
                    "USD",
                    kind=Kind.THIRD_PARTY,
                    sources=("litellm",),
                    note="30 days",
                    best=True,
                ),
                Value("no list price"),
            ),
        ),
        slides=6,
    )


def specs_table() -> state.Table:
    """Two fields of two models in two groups, one with a conflict, one estimated, one of days."""
    return state.Table(
        "specs_fields",
        "Specifications",
        "2 of 3 fields differ.",
        (Heading("Field"), Heading("2.5 Pro", model=PRO), Heading("2.5 Flash", model=FLASH)),
        (
            (
                Value("Context window"),
                Value("1,048,576 tokens", 1_048_576, "tokens", kind=Kind.OFFICIAL, sources=("gemini_api_pricing",)),
                Value(
                    "1,048,576 tokens",
                    1_048_576,
                    "tokens",
                    kind=Kind.OFFICIAL,
                    sources=("gemini_api_pricing", "litellm"),
                    conflict=True,
                    note="litellm says 1,000,000",
                ),
            ),
            (
                Value("Parameters"),
                Value("≈ 400 B", 400_000_000_000, "parameters", kind=Kind.ESTIMATE, sources=("litellm",)),
                Value("not disclosed"),
            ),
            (
                Value("Release date"),
                Value("17 Jun 2025", day=date(2025, 6, 17), kind=Kind.OFFICIAL, sources=("gemini_api_pricing",)),
                Value("17 Jun 2025", day=date(2025, 6, 17), kind=Kind.OFFICIAL, sources=("gemini_api_pricing",)),
            ),
        ),
        groups=("Limits", "Architecture", "Identity"),
        slides=3,
    )


def bars_chart() -> state.Chart:
    """A bar a model of the month's bill."""
    drawn = figure(
        [
            go.Bar(x=["A month"], y=[9720], name="2.5 Pro", marker={"color": "#000001"}),
            go.Bar(x=["A month"], y=[1200], name="2.5 Flash", marker={"color": "#000002"}),
        ],
        260,
    )
    plot = state.Plot(
        Form.BARS,
        ("A month",),
        (
            state.Series("2.5 Pro", "#1d56b8", (9720.0,), model=PRO),
            state.Series("2.5 Flash", "#b4530a", (1200.0,), model=FLASH),
        ),
        "USD",
    )
    said = "2.5 Pro costs 8.1 times as much as 2.5 Flash."
    return state.Chart("cost_month", "The bill a month", said, drawn.to_json(), plot, replace(bills_table(), id="t1"))


def dots_chart() -> state.Chart:
    """Dots with whiskers of two tests, one score self-reported, one missing."""
    drawn = figure(
        [
            go.Scatter(
                x=[86.4, 18.8],
                y=["GPQA Diamond", "HLE"],
                mode="markers",
                name="2.5 Pro",
                marker={"color": "#000001", "symbol": ["circle", "circle-open"], "size": 11},
                error_x={"type": "data", "symmetric": False, "array": [4, 1.5], "arrayminus": [5, 1.5]},
            ),
            go.Scatter(
                x=[82.8], y=["GPQA Diamond"], mode="markers", name="2.5 Flash", marker={"color": "#000002", "size": 11}
            ),
        ],
        240,
    )
    table = state.Table(
        "benchmarks_scores",
        "Scores",
        "1 test is too close to call.",
        (
            Heading("Test"),
            Heading("2.5 Pro", numeric=True, model=PRO),
            Heading("2.5 Flash", numeric=True, model=FLASH),
            Heading("Verdict"),
        ),
        (
            (
                Value("GPQA Diamond"),
                Value("86.4%", 86.4, "percent", kind=Kind.OFFICIAL, sources=("gemini_api_pricing",), hollow=True),
                Value("82.8%", 82.8, "percent", kind=Kind.OFFICIAL, sources=("gemini_api_pricing",), hollow=True),
                Value("~ too close to call", note="95% interval -2 to 9"),
            ),
            (Value("HLE"), Value("18.8%", 18.8, "percent"), Value("not found"), Value("∅ no shared test")),
        ),
        slides=8,
    )
    plot = state.Plot(
        Form.DOTS,
        ("GPQA Diamond", "HLE"),
        (
            state.Series(
                "2.5 Pro", "#1d56b8", (86.4, 18.8), (81.4, 17.3), (90.4, 20.3), hollow=(False, True), model=PRO
            ),
            state.Series("2.5 Flash", "#b4530a", (82.8, None), hollow=(True, False), model=FLASH),
        ),
        "%",
    )
    return state.Chart("benchmarks_dots", "Shared tests", "One test, no winner.", drawn.to_json(), plot, table)


def report(audience: Audience = Audience.EXECUTIVE) -> state.Report:
    """A report with every kind of block."""
    figures = (
        state.Figure("f1", "$9,720.00", Decimal("9720.00"), "USD", "2.5 Pro's bill a month"),
        state.Figure("f2", "$1,200.00", Decimal("1200.00"), "USD", "2.5 Flash's bill a month"),
        state.Figure("f3", "8.1", Decimal("8.1"), "", "2.5 Pro's bill over 2.5 Flash's", "ratio", ("f1", "f2")),
    )
    said = Sentence(
        "2.5 Pro costs $9,720.00 a month and 2.5 Flash $1,200.00, 8.1 times as much.",
        ("f1", "f2", "f3"),
        ("gemini_api_pricing", "litellm"),
        "clear",
    )
    return state.Report(
        title="Pro or Flash for our help desk",
        author="Ada Example",
        audience=audience,
        note="For the meeting on Tuesday.\nSecond line.",
        on=date(2025, 11, 26),
        made=datetime(2025, 11, 26, 9, 30, tzinfo=UTC),
        catalog_version="72b5aadd0ded",
        catalog_as_of="2025-11-17",
        address="report?models=gemini-2.5-pro,gemini-2.5-flash",
        models=(
            state.ModelLine(
                PRO,
                "Gemini 2.5 Pro",
                "2.5 Pro",
                "Google DeepMind",
                "Gemini 2.5 Pro is in service.",
                "in service",
                "#1d56b8",
                "#8db8ff",
                "circle",
            ),
            state.ModelLine(
                FLASH,
                "Gemini 2.5 Flash",
                "2.5 Flash",
                "Google DeepMind",
                "Gemini 2.5 Flash ends on 1 Dec 2026.",
                "ending",
                "#b4530a",
                "#ffb066",
                "square",
            ),
        ),
        sections=(
            state.Section(
                Part.SUMMARY,
                "Summary",
                (
                    state.Paragraph((said,), "What it costs"),
                    state.Paragraph((Sentence("2.5 Flash, unless reasoning decides."),), "What we would choose"),
                ),
            ),
            state.Section(Part.SPECS, "Specifications", (specs_table(),)),
            state.Section(Part.BENCHMARKS, "Benchmarks", (dots_chart(),)),
            state.Section(Part.COST, "Cost", (state.Paragraph((said,), listed=True), bars_chart(), bills_table())),
            state.Section(Part.ADVICE, "Advice", (), missing="No advice: every model fails a demand."),
            state.Section(
                Part.RUNS,
                "Runs",
                (
                    state.Quote("Prompt", "Why is the sky blue?\nIn two lines."),
                    state.Quote(
                        "2.5 Pro", "Because of **Rayleigh** scattering.", "simulated, not a model's answer", PRO
                    ),
                ),
            ),
        ),
        figures=figures,
        sources=(
            state.SourceLine(
                "gemini_api_pricing",
                1,
                "Gemini API pricing",
                Kind.OFFICIAL,
                "2025-11-17",
                "CC BY 4.0",
                "https://ai.google.dev/gemini-api/docs/pricing",
            ),
            state.SourceLine("litellm", 2, "LiteLLM price file", Kind.THIRD_PARTY, "2025-08", "MIT", ""),
        ),
        terms=(
            state.TermLine("token", "Token", "A piece of a word; 1,000 tokens are about 750 English words."),
            state.TermLine("context_window", "Context window", "How much text a model can take in at once."),
        ),
        workload={"requests a day": "400", "input tokens": "3,000"},
    )


def hostile_report() -> state.Report:
    """The same with hostile text in every place that people or models fill, and a line of a megabyte."""
    plain = report()
    bad = plain.sections[-1].blocks
    quotes = tuple(
        replace(each, label=HOSTILE, text=HOSTILE, remark=HOSTILE) for each in bad if isinstance(each, state.Quote)
    )
    long = state.Quote("A long line", "x" * 1_000_000 + HOSTILE)
    table = bills_table()
    first = tuple(replace(each, shown=HOSTILE, note=HOSTILE, href="javascript:alert(1)") for each in table.rows[0])
    worse = replace(table, id="hostile", title=HOSTILE, summary=HOSTILE, rows=(first, *table.rows[1:]))
    sections = (*plain.sections[:-1], replace(plain.sections[-1], blocks=(*quotes, long, worse)))
    return replace(plain, title=HOSTILE, author=HOSTILE, note=HOSTILE, sections=sections)
