"""Bills of a day, worked out by hand from the price lists, and what must hold for every one of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.bill import Bill, bill, platforms, worth
from catalog.loading import load
from catalog.prices import GEMINI_API, VERTEX_AI, NoListPrice
from catalog.schema import Basis, Kind
from tests.catalog.workloads import asked, workloads

ON = date(2026, 11, 26)
ITEMS = ("input", "output", "cached_input", "audio_input", "batch_input", "batch_output", "batch_cached_input")
OPENAI, ANTHROPIC = "OpenAI API", "Anthropic API"


@pytest.fixture
def billed(catalog):
    def work_out(model, workload, platform=GEMINI_API, on=ON):
        return bill(catalog, catalog.models[model], platform, workload, on)

    return work_out


def lines(found):
    return {line.item: line for line in found.lines}


@pytest.mark.parametrize(
    ("model", "platform", "day", "workload", "dollars"),
    [
        # 10 x (200,000 x 1.25 + 1,000 x 10) / 1M, then a token more: 10 x (200,001 x 2.50 + 1,000 x 15) / 1M
        ("gemini-2.5-pro", GEMINI_API, ON, asked(10, 200_000, 1_000), "2.6"),
        ("gemini-2.5-pro", GEMINI_API, ON, asked(10, 200_001, 1_000), "5.150025"),
        # 900 x (10,000 x 1.25 + 500 x 10) / 1M = 15.75 and 100 x (300,000 x 2.50 + 500 x 15) / 1M = 75.75
        (
            "gemini-2.5-pro",
            GEMINI_API,
            ON,
            asked(1_000, 10_000, 500, long_share="0.1", long_input_tokens=300_000),
            "91.5",
        ),
        # 1,000 x (2,000 x 0.10 + 500 x 0.40) / 1M, on Vertex AI 1,000 x (2,000 x 0.15 + 500 x 0.60) / 1M
        ("gemini-2.0-flash", GEMINI_API, ON, asked(1_000, 2_000, 500), "0.4"),
        ("gemini-2.0-flash", VERTEX_AI, ON, asked(1_000, 2_000, 500), "0.6"),
        # half at once, 500 x (10,000 x 1.50 + 1,000 x 9) / 1M = 12, half in batch, 500 x (7,500 + 4,500) / 1M = 6
        ("gemini-3.5-flash", GEMINI_API, ON, asked(1_000, 10_000, 1_000, batch_share="0.5"), "18"),
        # all in batch without a listed price, half of 100 x (100,000 x 1.25 + 1,000 x 5) / 1M
        ("gemini-1.5-pro", GEMINI_API, ON, asked(100, 100_000, 1_000, batch_share=1), "6.5"),
        # no batch price and no rule for this platform: 100 x (10,000 x 1.25 + 1,000 x 10) / 1M
        ("gpt-5", OPENAI, ON, asked(100, 10_000, 1_000, batch_share=1), "2.25"),
        # 1,000 x (6,000 x 0.10 + 4,000 x 0.025) / 1M
        ("gemini-2.0-flash", GEMINI_API, ON, asked(1_000, 10_000, cached_tokens=4_000), "0.7"),
        # no price for cached tokens above 128,000: 10 x 130,000 x 2.50 / 1M
        ("gemini-1.5-pro", GEMINI_API, ON, asked(10, 130_000, cached_tokens=30_000), "3.25"),
        # batch halves the input, not the cached tokens: 1,000 x (6,000 x 0.625 + 4,000 x 0.125) / 1M
        ("gemini-2.5-pro", GEMINI_API, ON, asked(1_000, 10_000, cached_tokens=4_000, batch_share=1), "4.25"),
        # the same by the rule of Google Cloud: 1,000 x (6,000 x 0.075 + 4,000 x 0.0375) / 1M
        ("gemini-2.0-flash", VERTEX_AI, ON, asked(1_000, 10_000, cached_tokens=4_000, batch_share=1), "0.6"),
        # but here the list has half for both: 600,000 x 0.125 / 1M + 400,000 x 0.0125 / 1M
        ("gemini-3.1-flash-lite", GEMINI_API, ON, asked(1, 1_000_000, cached_tokens=400_000, batch_share=1), "0.08"),
        # a minute is 60 x 32 = 1,920 tokens at 0.70: 1,000 x (1,000 x 0.10 + 1,920 x 0.70 + 100 x 0.40) / 1M
        ("gemini-2.0-flash", GEMINI_API, ON, asked(1_000, 1_000, 100, audio_minutes=1), "1.484"),
        # without a price for audio as input: 1,000 x 1,920 x 1.25 / 1M
        ("gemini-2.5-pro", GEMINI_API, ON, asked(1_000, audio_minutes=1), "2.4"),
        # half of the price of audio in batch: 1,000 x 1,920 x 0.35 / 1M
        ("gemini-2.0-flash", GEMINI_API, ON, asked(1_000, audio_minutes=1, batch_share=1), "0.672"),
        # Gemini 2 takes an image for 258 tokens and a second of film for 263: 1,000 x (258 + 120 x 263) x 0.10 / 1M
        ("gemini-2.0-flash", GEMINI_API, ON, asked(1_000, images=1, video_minutes=2), "3.1818"),
        # Gemini 3 takes it for 1,120: 1,000 x 1,120 x 1.50 / 1M
        ("gemini-3.5-flash", GEMINI_API, ON, asked(1_000, images=1), "1.68"),
        # 190,000 of text and 40 images of 258 are above 200,000: 200,320 x 2.50 / 1M
        ("gemini-2.5-pro", GEMINI_API, ON, asked(1, 190_000, images=40), "0.5008"),
        # a million tokens for 24 hours at 4.50 an hour
        ("gemini-2.5-pro", GEMINI_API, ON, asked(0, stored_tokens=1_000_000, storage_hours=24), "108"),
        # thinking is output, 100 x (1,000 x 1.25 + 2,000 x 10) / 1M; 1.5 Pro does not think: 100 x (1,250 + 2,500) / 1M
        ("gemini-2.5-pro", GEMINI_API, ON, asked(100, 1_000, 500, thinking_tokens=1_500), "2.125"),
        ("gemini-1.5-pro", GEMINI_API, ON, asked(100, 1_000, 500, thinking_tokens=1_500), "0.375"),
        # 100 x (100,000 x 2 + 10,000 x 10) / 1M, and double from 1 December on
        ("gemini-4-argon", GEMINI_API, ON, asked(100, 100_000, 10_000), "30"),
        ("gemini-4-argon", GEMINI_API, date(2026, 12, 2), asked(100, 100_000, 10_000), "60"),
        # 10 x (272,000 x 5 + 1,000 x 30) / 1M, then 10 x (272,001 x 10 + 1,000 x 45) / 1M
        ("gpt-5.5", OPENAI, ON, asked(10, 272_000, 1_000), "13.9"),
        ("gpt-5.5", OPENAI, ON, asked(10, 272_001, 1_000), "27.6501"),
        # 100 x (10,000 x 3 + 1,000 x 15) / 1M, the price since September 2026
        ("claude-sonnet-5", ANTHROPIC, ON, asked(100, 10_000, 1_000), "4.5"),
        ("gemini-2.0-flash", GEMINI_API, ON, asked(0, 1_000, 500), "0"),
    ],
)
def test_what_a_day_costs(billed, model, platform, day, workload, dollars):
    found = billed(model, workload, platform, day)
    assert found.usd_per_day == Decimal(dollars)
    assert found.usd_a_month == 30 * Decimal(dollars)


def test_each_kind_of_token_has_a_line_with_the_claim_behind_it(billed):
    found = billed("gemini-2.0-flash", asked(1_000, 10_000, 500, cached_tokens=4_000, audio_minutes=1))
    assert [(line.item, line.tokens_per_day, line.claim.value) for line in found.lines] == [
        ("Input tokens", 6_000_000, 0.1),
        ("Cached tokens", 4_000_000, 0.025),
        ("Audio tokens", 1_920_000, 0.7),
        ("Output tokens", 500_000, 0.4),
    ]
    assert sorted(claim.value for claim in found.claims) == [0.025, 0.1, 0.4, 0.7]


def test_long_prompts_and_batch_have_lines_of_their_own(billed):
    found = billed(
        "gemini-2.5-pro",
        asked(100, 1_000, 10, long_share="0.2", long_input_tokens=300_000, batch_share="0.25", thinking_tokens=5),
    )
    told = {item: (line.tokens_per_day, line.usd_per_million) for item, line in lines(found).items()}
    assert told == {
        "Input tokens": (60_000, Decimal("1.25")),
        "Input tokens, in batch": (20_000, Decimal("0.625")),
        "Input tokens, long prompts": (4_500_000, Decimal("2.5")),
        "Input tokens, long prompts, in batch": (1_500_000, Decimal("1.25")),
        "Output and thinking tokens": (900, Decimal(10)),
        "Output and thinking tokens, in batch": (300, Decimal(5)),
        "Output and thinking tokens, long prompts": (225, Decimal(15)),
        "Output and thinking tokens, long prompts, in batch": (75, Decimal("7.5")),
    }


def test_a_line_says_which_rule_stands_in_for_a_price(billed):
    by_rule = billed("gemini-1.5-pro", asked(1, 130_000, 10, cached_tokens=10, batch_share=1))
    assert lines(by_rule)["Input tokens, in batch"].note == "half of the list price"
    assert lines(by_rule)["Cached tokens, in batch"].note == (
        "no price for cached tokens is known, charged as input, half of the list price"
    )
    assert lines(by_rule)["Input tokens, in batch"].claim.value == 2.5
    in_full = billed("gpt-5", asked(1, 10, 10, batch_share=1), OPENAI)
    assert lines(in_full)["Output tokens, in batch"].note == "no batch price is known, charged in full"
    listed = billed("gemini-3.5-flash", asked(1, 10, 10, batch_share=1))
    assert {line.note for line in listed.lines} == {""}


def test_storage_without_a_known_price_is_said_to_be_lacking_and_not_free(billed):
    kept = asked(1, 10, stored_tokens=1_000_000, storage_hours=24)
    unknown = billed("gpt-5.5", kept, OPENAI)
    assert "Cache storage" not in lines(unknown)
    assert unknown.notes == ("No price of cache storage is known for OpenAI API, so the bill lacks it.",)
    unsold = billed("gemini-2.0-flash-lite", kept)
    assert unsold.notes == ("Cache storage is not for sale on Gemini API (AI Studio), so the bill has none.",)


def test_a_model_that_keeps_prompts_by_itself_charges_no_storage_and_says_so(billed):
    line = lines(billed("gemini-4-argon", asked(1, 10, stored_tokens=1_000_000, storage_hours=24)))["Cache storage"]
    assert line.usd_per_day == 0
    assert line.claim.value == "implicit only"
    assert line.note == "kept by the service itself, which charges no storage"


def test_thinking_of_a_model_that_cannot_is_left_out_with_a_note(billed):
    asks = asked(1, 10, 10, thinking_tokens=100)
    assert billed("gemini-1.5-pro", asks).notes == (
        "This model does not think before it answers, so no thinking tokens are charged.",
    )
    assert billed("gemini-2.5-pro", asks).notes == ()


def test_a_free_experiment_has_no_bill_and_the_reason_says_why(billed):
    for platform in (GEMINI_API, VERTEX_AI):
        found = billed("gemini-2.0-pro-exp-02-05", asked(1, 10, 10), platform)
        assert isinstance(found, NoListPrice)
        assert "free while on trial" in found.reason


def test_one_missing_price_leaves_the_whole_bill_open(folder):
    price = "{value: 1.0, unit: USD per 1M tokens, platform: P, prompt_up_to: 100, source: maker, as_of: 2026-01}\n"
    folder.model(f"prices:\n  input:\n    - {price}  output:\n    - {price}")
    catalog = folder.load()
    assert isinstance(bill(catalog, catalog.models["m"], "P", asked(1, 100, 1), ON), Bill)
    long = asked(1, 100, 1, long_share="0.01", long_input_tokens=101)
    assert isinstance(bill(catalog, catalog.models["m"], "P", long, ON), NoListPrice)


def test_prices_on_which_sources_disagree_are_told(billed):
    assert billed("claude-sonnet-5", asked(1, 10, 10), ANTHROPIC).conflict
    assert not billed("gemini-2.5-pro", asked(1, 10, 10)).conflict


def test_a_conflict_over_another_price_does_not_touch_the_bill(folder):
    claim = "{value: %s, unit: USD per 1M tokens, platform: P, source: %s, as_of: 2026-01}"
    listed = "".join(
        f"  {item}:\n" + "".join(f"    - {claim % pair}\n" for pair in pairs)
        for item, pairs in {
            "input": [("1.0", "maker")],
            "output": [("2.0", "maker")],
            "cached_input": [("0.1", "maker"), ("0.2", "broker")],
        }.items()
    )
    folder.model(f"prices:\n{listed}")
    catalog = folder.load()
    for cached, conflict in ((0, False), (5, True)):
        found = bill(catalog, catalog.models["m"], "P", asked(1, 10, 10, cached_tokens=cached), ON)
        assert found.conflict is conflict


def test_a_thousand_requests_have_their_part_of_the_storage(billed):
    # 100 x 1,000 x 1.25 / 1M + 108 for storage is 108.125 a day, for 100 requests
    kept = {"stored_tokens": 1_000_000, "storage_hours": 24}
    assert billed("gemini-2.5-pro", asked(100, 1_000, **kept)).usd_per_thousand == Decimal("1081.25")
    # of no requests, the price of their shape: 1,000 x 1,000 x 1.25 / 1M
    assert billed("gemini-2.5-pro", asked(0, 1_000, **kept)).usd_per_thousand == Decimal("1.25")


def test_the_platforms_of_a_model_are_those_with_prices_of_its_own_home_first(catalog):
    assert platforms(catalog.models["gemini-2.0-flash"]) == (GEMINI_API, VERTEX_AI)
    # A preview whose prices were named after it, and a reseller, are no platforms.
    assert platforms(catalog.models["gemini-2.5-flash"]) == (GEMINI_API,)
    assert platforms(catalog.models["gemini-4-hydrogen"]) == (GEMINI_API,)
    assert platforms(catalog.models["gemini-2.0-pro-exp-02-05"]) == (GEMINI_API, VERTEX_AI)
    assert platforms(catalog.models["gpt-5"]) == (OPENAI,)


def test_what_an_avoided_failure_must_be_worth(billed):
    # a request costs 1,000 x 1.25 + 100 x 10 = 0.00225 and 1,000 x 0.10 + 100 x 0.40 = 0.00014 dollars
    dear, cheap = (billed(name, asked(10, 1_000, 100)) for name in ("gemini-2.5-pro", "gemini-2.0-flash"))
    assert worth(dear, cheap, 0.1) == Decimal("0.0211")
    assert worth(cheap, dear, 0.1) == 0
    assert worth(dear, cheap, 0) is None
    assert worth(dear, cheap, -0.1) is None


@pytest.mark.parametrize(
    "workload",
    [asked(1, 10, cached_tokens=11), asked(-1), asked(1, batch_share=2), asked(1, storage_hours=25)],
)
def test_an_impossible_workload_is_refused(billed, workload):
    with pytest.raises(ValueError, match=r"\.$"):
        billed("gemini-2.5-pro", workload)


_CATALOG = load()
_OFFERS = st.sampled_from(
    [
        ("gemini-2.5-pro", GEMINI_API),
        ("gemini-2.0-flash", GEMINI_API),
        ("gemini-2.0-flash", VERTEX_AI),
        ("gemini-3.1-pro-preview", GEMINI_API),
        ("gemini-3.6-flash", GEMINI_API),
        ("gemini-4-argon", GEMINI_API),
        ("gemini-1.5-pro", GEMINI_API),
        ("gpt-5.5", OPENAI),
        ("claude-sonnet-5", ANTHROPIC),
        ("claude-sonnet-4-5-20250929", ANTHROPIC),
    ]
)
_DAYS = st.dates(date(2026, 8, 1), date(2027, 6, 30))


def work_out(offer, workload, on=ON):
    return bill(_CATALOG, _CATALOG.models[offer[0]], offer[1], workload, on)


def claimed(offer, item, prompt, on):
    """The price that stands by the rules of evidence, straight from the claims; None for none."""
    fitting = [
        claim
        for claim in _CATALOG.models[offer[0]].claims.get(f"prices.{item}", ())
        if (claim.platform, claim.scope, claim.basis) == (offer[1], None, Basis.LIST)
        and (claim.prompt_up_to or 10**15) >= prompt > (claim.prompt_above or -1)
        and (claim.valid_from or date.min) <= on <= (claim.valid_to or date.max)
    ]
    kinds = list(Kind)
    dated = [(-kinds.index(each.kind), bool(each.valid_from or each.valid_to), each.as_of) for each in fitting]
    best = fitting[dated.index(max(dated))].value if fitting else None
    return None if isinstance(best, str) else best


def by_hand(offer, work, on):
    """The bill of a day in floating point: what each request costs, one size and one way after the other."""
    rules = _CATALOG.decision.rules
    counts = rules.media_of(_CATALOG.models[offer[0]].family)
    seen = float(work.images) * counts.image_tokens.value + float(work.video_minutes) * 60 * counts.video_tokens.value
    heard = float(work.audio_minutes) * 60 * counts.audio_tokens.value
    written = work.output_tokens + (work.thinking_tokens if offer[0] != "gemini-1.5-pro" else 0)
    cut = rules.batch_share.value if offer[1] in rules.batch_platforms else 1
    long, batch = float(work.long_share), float(work.batch_share)
    total = 0.0
    for size, text in ((1 - long, work.input_tokens), (long, work.long_input_tokens)):
        kept = min(work.cached_tokens, text)
        usd = {item: claimed(offer, item, text + seen + heard, on) for item in ITEMS}
        for part, factor, way in ((1 - batch, 1, ""), (batch, cut, "batch_")):
            fresh, output = (first(usd.get(f"{way}{item}"), usd[item] * factor) for item in ("input", "output"))
            cached = first(usd.get(f"{way}cached_input"), usd["cached_input"], fresh)
            audio = fresh if usd["audio_input"] is None else usd["audio_input"] * factor
            request = (text - kept + seen) * fresh + kept * cached + heard * audio + written * output
            total += size * part * request / 1e6 * float(work.requests_per_day)
    hourly = claimed(offer, "cache_storage", 0, on) or 0
    return total + work.stored_tokens * float(work.storage_hours) * hourly / 1e6


def first(*values):
    return next(value for value in values if value is not None)


@given(_OFFERS, workloads(), _DAYS)
def test_a_bill_is_what_an_independent_calculator_finds(offer, workload, on):
    found = work_out(offer, workload, on)
    assert float(found.usd_per_day) == pytest.approx(by_hand(offer, workload, on), rel=1e-9, abs=1e-12)


@given(_OFFERS, workloads(), st.data())
def test_more_of_anything_never_costs_less(offer, workload, data):
    volumes = ["requests_per_day", "input_tokens", "output_tokens", "thinking_tokens", "long_input_tokens"]
    volumes += ["images", "audio_minutes", "video_minutes", "stored_tokens"]
    name = data.draw(st.sampled_from(volumes))
    more = replace(workload, **{name: getattr(workload, name) + data.draw(st.integers(1, 300_000))})
    assert work_out(offer, more).usd_per_day >= work_out(offer, workload).usd_per_day


@given(_OFFERS, workloads(), st.data())
def test_more_cached_or_in_batch_never_costs_more(offer, workload, data):
    cached = replace(workload, cached_tokens=data.draw(st.integers(workload.cached_tokens, workload.input_tokens)))
    waiting = replace(workload, batch_share=data.draw(st.decimals(workload.batch_share, 1, places=2)))
    now = work_out(offer, workload).usd_per_day
    assert work_out(offer, cached).usd_per_day <= now
    assert work_out(offer, waiting).usd_per_day <= now


@given(_OFFERS, workloads(stored=False), st.integers(1, 1_000_000))
def test_the_requests_of_two_days_cost_what_both_days_do(offer, workload, more):
    one, other = work_out(offer, workload), work_out(offer, replace(workload, requests_per_day=Decimal(more)))
    both = work_out(offer, replace(workload, requests_per_day=workload.requests_per_day + more))
    assert one.usd_per_day + other.usd_per_day == both.usd_per_day


@given(_OFFERS, workloads(stored=False), st.integers(1, 1_000))
def test_a_request_costs_the_same_however_many_there_are(offer, workload, factor):
    many = replace(workload, requests_per_day=workload.requests_per_day * factor)
    assert work_out(offer, many).usd_per_request == work_out(offer, workload).usd_per_request
    assert work_out(offer, many).usd_per_thousand == work_out(offer, workload).usd_per_thousand


@given(_OFFERS, st.integers(0, 500_000), st.integers(0, 1_000))
def test_a_token_more_costs_its_price_but_for_the_one_that_opens_a_tier(offer, tokens, written):
    assume(tokens not in (128_000, 200_000, 272_000))
    less, more = (work_out(offer, asked(1, count, written)) for count in (tokens, tokens + 1))
    assert more.usd_per_day - less.usd_per_day == lines(more)["Input tokens"].usd_per_million / 1_000_000


@pytest.mark.parametrize(
    ("offer", "limit"),
    [
        (("gemini-2.5-pro", GEMINI_API), 200_000),
        (("gemini-1.5-pro", GEMINI_API), 128_000),
        (("gpt-5.5", OPENAI), 272_000),
    ],
)
def test_the_token_that_opens_a_tier_makes_the_whole_prompt_dearer(offer, limit):
    below, at, above = (work_out(offer, asked(1, limit + count)).usd_per_day for count in (-1, 0, 1))
    assert at - below < Decimal("0.00001")
    assert above > Decimal("1.9") * at
