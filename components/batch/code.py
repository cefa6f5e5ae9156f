"""A batch as a Python program with google-genai: it reads the same file, and goes on where it stopped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

from components.batch.entries import Source
from components.batch.prompts import Table
from components.batch.records import Job
from components.gemini.request import Request
from components.playground.code_export import python_client, python_config, python_sign_in
from components.playground.python_source import Group, Node, assigned, called, clean, listed, quoted, statement


@dataclass(frozen=True, slots=True)
class _Reading:
    """The function that reads the prompts, and what it needs to import."""

    code: str
    modules: tuple[str, ...] = ()
    from_others: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    named_columns: bool = False


def batch_code(
    job: Job,
    table: Table,
    requests: Mapping[str, Request],
    *,
    base_url: str | None,
    api_version: str,
    vertexai: bool,
    answers: str = "answers.jsonl",
) -> str:
    """A Python program that asks what a job asks, with the file of prompts beside it, and writes answers as JSON Lines.

    `requests` are the requests of the models, without prompts. Each answer is written as it comes; started again, the
    program asks only for what is missing. The key, and on Vertex AI the project and location, come from the
    environment. Checks are not part of it. Raises ValueError for settings that cannot be read.
    """
    name = _one_line(PurePath(table.name).name)
    texts: dict[str, str] = {}
    models = list(_models(job, requests, texts))
    reading = _reading(PurePath(name).suffix.lower(), table.source)
    comments = (
        " ".join(('# Needs: pip install "google-genai>=3"', *reading.packages)),
        f"# {python_sign_in(vertexai, base_url)}",
        f"# Reads {name} and writes {_one_line(answers)}; started again, it asks for what is missing.",
    )
    settings: list[tuple[str, Node]] = [
        ("PROMPTS = ", f"pathlib.Path({quoted(name)})"),
        ("ANSWERS = ", f"pathlib.Path({quoted(answers)})"),
        ("AT_ONCE = ", repr(job.limits.concurrency)),
        ("REPEATS = ", repr(job.repeats)),
        *([("COLUMNS = ", listed(map(quoted, table.columns)))] if reading.named_columns else []),
    ]
    head = (
        *comments,
        "",
        *_imports(reading, vertexai),
        "",
        *(statement(start, node) for start, node in settings),
        assigned("TEMPLATE", clean(job.template)),
        *(assigned(each, text) for each, text in texts.items()),
        *models,
        "",
        statement("client = ", _client(base_url, api_version, vertexai, job.limits.attempts)),
    )
    return "\n\n\n".join(("\n".join(head), reading.code.strip("\n"), _RUNNING.strip("\n"))) + "\n"


def _one_line(text: str) -> str:
    return "".join(sign for sign in clean(text) if sign.isprintable())


def _imports(reading: _Reading, vertexai: bool) -> Iterator[str]:
    modules = {"asyncio", "json", "pathlib", "re", "sys", *reading.modules, *(("os",) if vertexai else ())}
    yield from (f"import {module}" for module in sorted(modules))
    yield from reading.from_others
    yield ""
    yield from (f"import {package}" for package in reading.packages)
    yield from ("from google import genai", "from google.genai import types")


def _models(job: Job, requests: Mapping[str, Request], texts: dict[str, str]) -> Iterator[str]:
    """The settings of each model; those that several share are written once."""
    plain = [replace(requests[model], model="", prompt="") for model in job.models]
    names: dict[Request, str] = {}
    for number, request in enumerate(dict.fromkeys(plain), 1):
        own: dict[str, str] = {}
        config = python_config(request, own)
        names[request] = "CONFIG" if number == 1 else f"CONFIG_{number}"
        texts |= own
        yield statement(f"{names[request]} = ", config)
    items = tuple((f"{quoted(model)}: ", names[request]) for model, request in zip(job.models, plain, strict=True))
    yield statement("MODELS = ", Group("{", items, "}"))


def _client(base_url: str | None, api_version: str, vertexai: bool, attempts: int) -> Group:
    """The client of the playground's code, which also asks again where the service is busy or the line breaks."""
    plain = python_client(base_url, api_version, vertexai)
    given = dict(plain.items)
    options = given.pop("http_options=", called("HttpOptions"))
    again = ("retry_options=", called("HttpRetryOptions", attempts=repr(attempts)))
    held = options.items if isinstance(options, Group) else ()
    whole = Group("types.HttpOptions(", (*held, again), ")")
    return Group(plain.opening, (*given.items(), ("http_options=", whole)), plain.closing)


def _reading(ending: str, source: Source) -> _Reading:
    opened = f"PROMPTS.open(encoding={quoted(source.encoding)}"
    if source.sheet:
        code = _EXCEL.replace("#sheet", quoted(source.sheet))
        code = code.replace("    #headings\n", _HEADINGS if source.headings else "")
        return _Reading(code, ("datetime",), (), ("openpyxl",), True)
    if source.delimiter:
        skipped = "        file.readline()\n" * source.skipped
        code = _CSV.replace("#open", f'{opened}, newline="")').replace("#delimiter", quoted(source.delimiter))
        code = code.replace("        #skipped\n", skipped)
        code = code.replace("        #headings\n", f"    {_HEADINGS}" if source.headings else "")
        return _Reading(code, ("csv",), (), (), True)
    if source.columns is None:
        code = _JSON.replace("#open", f'{opened}, newline="\\n")')
        return _Reading(code, (), ("from decimal import Decimal",))
    return _Reading(_LINES.replace("#open", f"{opened})"))


_HEADINGS = "    next(filled)\n"

_CSV = '''
def rows():
    """The rows that are not blank, as texts by column."""
    csv.field_size_limit(200_000_000)
    with #open as file:
        #skipped
        lines = csv.reader(file, delimiter=#delimiter)
        filled = (line for line in lines if any(cell.strip() for cell in line))
        #headings
        for line in filled:
            yield dict(zip(COLUMNS, line, strict=False))
'''

_JSON = '''
def rows():
    """The rows that are not blank, as texts by field."""
    with #open as file:
        for line in file:
            if line.strip():
                value = json.loads(line, parse_float=Decimal)
                fields = {"prompt": value} if isinstance(value, str) else value
                yield {word(name): text(each) for name, each in fields.items()}


def word(name):
    """The name of a field as the template has it."""
    joined = name if name.isidentifier() else re.sub(r"\\W+", "_", name).strip("_")
    return f"_{joined}" if joined[:1].isdigit() else joined


def text(value):
    """A field as text; what is nested stays JSON."""
    if value is None:
        return ""
    if isinstance(value, (str, Decimal)):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=float)
'''

_EXCEL = '''
def rows():
    """The rows that are not blank, as texts by column."""
    book = openpyxl.load_workbook(PROMPTS, read_only=True, data_only=True)
    sheet = book[#sheet]
    sheet.reset_dimensions()
    lines = ([text(cell) for cell in line] for line in sheet.values)
    filled = (line for line in lines if any(cell.strip() for cell in line))
    #headings
    for line in filled:
        yield dict(zip(COLUMNS, line, strict=False))


def text(value):
    """A cell as text: whole numbers without a point, dates as 2026-11-26."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    return str(value)
'''

_LINES = '''
def rows():
    """The lines that are not blank."""
    with #open as file:
        for line in file:
            if line.strip():
                yield {"prompt": line.strip()}
'''

_RUNNING = '''
def prompt_of(row):
    """The template with a row in it: {name} is a column, {{name}} is {name} itself."""

    def put(found):
        return f"{{{found[1]}}}" if found[1] else row.get(found[2], "")

    return re.sub(r"\\{\\{([^\\W\\d]\\w*)\\}\\}|\\{([^\\W\\d]\\w*)\\}", put, TEMPLATE)


def answered():
    """What has an answer in the file already; a last line that broke off is cut away."""
    found = set()
    if ANSWERS.exists():
        end = 0
        with ANSWERS.open("r+b") as file:
            for line in file:
                if line.endswith(b"\\n"):
                    end += len(line)
                    said = json.loads(line)
                    found.add((said["row"], said["model"], said["repeat"]))
            file.truncate(end)
    return found


def to_ask(model, done):
    """What is still to be asked of a model, one after another."""
    for number, row in enumerate(rows(), 1):
        for repeat in range(1, REPEATS + 1):
            if (number, model, repeat) not in done:
                yield {"row": number, "model": model, "repeat": repeat}, prompt_of(row)


async def ask(key, prompt):
    """One answer as it is written down, or None where there is none."""
    model = key["model"]
    try:
        answer = await client.aio.models.generate_content(
            model=model, contents=prompt, config=MODELS[model]
        )
    except Exception as error:
        name = type(error).__name__
        print(f"row {key['row']}, {model}: {name}: {error}", file=sys.stderr)
        return None
    finish = answer.candidates[0].finish_reason if answer.candidates else None
    usage = answer.usage_metadata
    return {
        **key,
        "text": answer.text,
        "finish_reason": finish,
        "model_version": answer.model_version,
        "usage": usage.model_dump(mode="json", exclude_none=True) if usage else None,
    }


async def work(waiting, out):
    """Ask one thing after another while there are any, and count what failed."""
    failed = 0
    for key, prompt in waiting:
        answer = await ask(key, prompt)
        if answer is None:
            failed += 1
        else:
            out.write(json.dumps(answer, ensure_ascii=False) + "\\n")
            out.flush()
    return failed


async def main():
    done = answered()
    with ANSWERS.open("a", encoding="utf-8") as out:
        waiting = [to_ask(model, done) for model in MODELS]
        workers = [work(each, out) for each in waiting for _ in range(AT_ONCE)]
        failed = sum(await asyncio.gather(*workers))
    await client.aio.aclose()
    if failed:
        sys.exit(f"{failed} calls failed. Start the program again to repeat them.")


asyncio.run(main())
'''
