"""Workloads to work out bills for: a plain one to vary, and random ones."""

from decimal import Decimal

from hypothesis import strategies as st

from catalog.workload import Workload

TOKENS = st.integers(0, 400_000)
SHARES = st.decimals(0, 1, places=2)


def asked(requests=1, tokens=0, written=0, **others):
    """A workload of so many requests a day, each with so many tokens of input and output."""
    exact = {name: value if name.endswith("tokens") else Decimal(value) for name, value in others.items()}
    return Workload(Decimal(requests), tokens, written, **exact)


@st.composite
def workloads(draw, stored=True):
    """Any workload of up to a million requests a day that is possible."""
    tokens = draw(TOKENS)
    return Workload(
        requests_per_day=Decimal(draw(st.integers(1, 1_000_000))),
        input_tokens=tokens,
        output_tokens=draw(st.integers(0, 60_000)),
        thinking_tokens=draw(st.integers(0, 60_000)),
        cached_tokens=draw(st.integers(0, tokens)),
        long_share=draw(SHARES),
        long_input_tokens=draw(TOKENS),
        batch_share=draw(SHARES),
        images=draw(st.decimals(0, 50, places=1)),
        audio_minutes=draw(st.decimals(0, 30, places=1)),
        video_minutes=draw(st.decimals(0, 10, places=1)),
        stored_tokens=draw(TOKENS) if stored else 0,
        storage_hours=draw(st.decimals(0, 24, places=1)) if stored else Decimal(0),
    )
