"""How far a batch has come, as HTML that is painted again and again. All text is escaped."""

from collections.abc import Mapping, Sequence
from html import escape

from catalog.words import listing, number
from components.batch.names import Named
from components.batch.progress import Latency, ModelProgress, Progress, State
from components.batch.wording import count_of, kind_words, left, money, pace, seconds


def progress_html(progress: Progress, models: Sequence[Named]) -> str:
    """A bar, the counts that matter, a row a model, and the errors by kind."""
    names = {each.id: each for each in models}
    return (
        f'<div class="batch-progress">{bar(progress.done, progress.failed, progress.total)}'
        f"{_figures(progress)}{_models(progress, names)}{_errors(progress)}</div>"
    )


def bar(done: int, failed: int, total: int) -> str:
    """A bar of answers and failures, with its share beside it in words."""
    share = 100 * done / total if total else 0.0
    wrong = 100 * failed / total if total else 0.0
    # A batch that lacks one answer is not at 100%.
    shown = min(int(share), 99) if done < total else 100
    return (
        f'<div class="batch-bar" role="progressbar" aria-label="Answers" aria-valuemin="0" aria-valuemax="{total}" '
        f'aria-valuenow="{done}" aria-valuetext="{done:,} of {total:,} answers"><span class="good" '
        f'style="width:{share - wrong:.3f}%"></span><span class="wrong" style="width:{wrong:.3f}%"></span></div>'
        f'<p class="batch-share"><b>{shown}%</b> {done:,} of {count_of(total, "answer")}</p>'
    )


def figures(pairs: Sequence[tuple[str, str]]) -> str:
    """Figures side by side, each under its name."""
    cells = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="batch-figures">{cells}</dl>'


def _figures(progress: Progress) -> str:
    asking = progress.state in (State.RUNNING, State.STOPPING)
    waiting = f", {progress.waiting:,} waiting" if progress.waiting else ""
    return figures(
        [
            ("Failed", f"{progress.failed:,}"),
            ("Left", f"{progress.total - progress.done:,}"),
            ("Rate", pace(progress.per_s) if asking else "paused"),
            ("Time left", left(progress.eta_s) if progress.state is State.RUNNING else "not known"),
            ("At once now", f"{progress.under_way:,} of {progress.concurrency:,}{waiting}"),
            (
                "Would cost at list price" if progress.simulated else "Spent at list price",
                money(progress.spent_usd, progress.simulated),
            ),
        ]
    )


def _models(progress: Progress, names: Mapping[str, Named]) -> str:
    heads = ("Answers", "Failed", "At once now", "First text p50", "Whole answer p50", "p95", "p99")
    head = "".join(f'<th scope="col" class="num">{name}</th>' for name in heads)
    rows = "".join(_row(each, names[each.model], heads) for each in progress.models)
    return (
        '<table class="facts batch-models"><caption>Times over the whole answers of this session, measured with so '
        f'many calls at once</caption><thead><tr><th scope="col" class="field">Model</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(side: ModelProgress, named: Named, heads: Sequence[str]) -> str:
    window = f"{side.window:,}" if side.window else f"{side.concurrency:,}"
    lower = f" (at most {side.concurrency:,})" if side.window and side.window < side.concurrency else ""
    texts = (
        f"{side.done:,}",
        f"{side.failed:,}",
        f"{side.under_way:,} of {window}{lower}",
        seconds(side.first.p50),
        *_percentiles(side.total),
    )
    cells = "".join(
        f'<td class="num" data-label="{escape(head)}">{escape(text)}</td>'
        for head, text in zip(heads, texts, strict=True)
    )
    note = f'<span class="also">{escape(side.note.replace(side.model, named.text))}</span>' if side.note else ""
    return f'<tr><th scope="row" class="field">{named.html}{note}</th>{cells}</tr>'


def _percentiles(latency: Latency) -> tuple[str, str, str]:
    return seconds(latency.p50), seconds(latency.p95), seconds(latency.p99)


def _errors(progress: Progress) -> str:
    if not progress.errors:
        return ""
    kinds = listing([f"{count:,} {escape(kind_words(kind))}" for kind, count in progress.errors])
    again = f" {count_of(progress.retries, 'call')} asked again" if progress.retries else ""
    after = f", {progress.again:,} of them after a part of the answer had arrived" if progress.again else ""
    told = f".{again}{after}." if again else "."
    return f'<p class="batch-errors">Failed calls by kind: {kinds}{told}</p>'


def session_sentence(progress: Progress) -> str:
    """How fast the last session went, with how many calls at once it was measured."""
    new = progress.done - progress.found
    if not new or not progress.elapsed_s:
        return ""
    most = max(model.concurrency for model in progress.models)
    rate = pace(new / progress.elapsed_s)
    took = (
        f"{number(progress.elapsed_s, 1)} s" if progress.elapsed_s < 90 else f"{number(progress.elapsed_s / 60, 1)} min"
    )
    answers = count_of(new, "answer")
    return f"The last session brought {answers} in {took}, {rate}, with up to {most:,} calls a model at once."
