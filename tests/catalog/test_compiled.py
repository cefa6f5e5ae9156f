import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields
from datetime import date
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from catalog import compiled, loading
from catalog.loading import DATA, Catalog, CatalogError

REPOSITORY = Path(__file__).parents[2]
ONE_FOLDER = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SCORE = "unit: percent, conditions: c, source: maker, date: 2026-01"


@pytest.fixture
def kept(tmp_path):
    return tmp_path / "compiled"


@pytest.fixture
def yaml_loads(monkeypatch):
    """The data folders that were read as YAML, in order."""
    roots = []
    real = loading.load

    def counted(root=DATA):
        roots.append(root)
        return real(root)

    monkeypatch.setattr(loading, "load", counted)
    return roots


@pytest.fixture
def copy(folder, kept):
    """The one file that the compiled copy of the folder is in."""
    folder.benchmark(f"model: m, score: 5, {SCORE}")
    compiled.load(folder.root, kept)
    (file,) = kept.iterdir()
    return file


def exact(thing):
    """The thing with the type of everything in it, so that 90 and 90.0, or a word and an enumeration, differ."""
    if isinstance(thing, BaseModel):
        inside = [(name, exact(getattr(thing, name))) for name in type(thing).model_fields]
    elif isinstance(thing, Mapping):
        inside = [(key, exact(each)) for key, each in thing.items()]
    elif isinstance(thing, tuple):
        inside = [exact(each) for each in thing]
    elif isinstance(thing, Enum):
        inside = thing.value
    elif isinstance(thing, Catalog):
        inside = [(each.name, exact(getattr(thing, each.name))) for each in fields(thing)]
    else:
        assert thing is None or isinstance(thing, str | bool | int | float | date), f"{thing!r} is not compared"
        inside = repr(thing)
    return type(thing), inside


def test_the_compiled_catalog_is_the_catalog_to_the_last_type(kept, yaml_loads):
    first, again = compiled.load(DATA, kept), compiled.load(DATA, kept)
    assert len(yaml_loads) == 1
    assert exact(again) == exact(first)
    assert again == first
    assert (again.aliases, again.results) == (first.aliases, first.results)


def test_the_comparison_of_this_file_sees_types(folder):
    folder.model("prices:\n  input:\n    - {value: 90, unit: USD per 1M tokens, source: maker, as_of: 2026-01}\n")
    whole = folder.load().models["m"]
    folder.model("prices:\n  input:\n    - {value: 90.0, unit: USD per 1M tokens, source: maker, as_of: 2026-01}\n")
    assert whole == folder.load().models["m"]
    assert exact(whole) != exact(folder.load().models["m"])


words = st.text(st.characters(min_codepoint=32, exclude_categories=("Cc", "Cn", "Cs")), min_size=1, max_size=20)
amounts = st.one_of(st.integers(0, 10**12), st.floats(0, 10**12, allow_nan=False))
scores = st.one_of(st.integers(0, 100), st.floats(-0.0, 100), st.just("not found"))


@ONE_FOLDER
@given(words, amounts, st.lists(words, min_size=1, max_size=3), st.booleans(), st.dates(), scores)
def test_any_value_comes_back_as_it_was(folder, kept, text, amount, several, flag, day, score):
    stated, period = "source: maker, as_of: 2026-01, also_stated_by: [broker]", f"valid_from: {day}, valid_to: {day}"
    folder.model(
        f"remarks: {{access: {json.dumps(text, ensure_ascii=False)}}}\n"
        f"access:\n  - {{value: {json.dumps(text, ensure_ascii=False)}, {stated}}}\n"
        f"prices:\n  input:\n    - {{value: {amount}, unit: USD per 1M tokens, basis: free, {period}, {stated}}}\n"
        f"tags:\n  - {{value: {json.dumps(several, ensure_ascii=False)}, {stated}}}\n"
        f"open_weights:\n  - {{value: {json.dumps(flag)}, {stated}}}\n"
    )
    folder.benchmark(f"model: m, score: {score}, {SCORE}")
    try:
        expected = folder.load()
    except CatalogError:
        assume(False)
    compiled.load(folder.root, kept)
    body = compiled.read("catalog", expected.version, kept)
    assert body is not None
    assert exact(compiled.load(folder.root, kept)) == exact(expected)


def test_the_compiled_catalog_cannot_be_changed(folder, kept):
    folder.model("remarks: {context_window: why}\n" + folder.model().read_text().removeprefix(folder.head()))
    compiled.load(folder.root, kept)
    catalog = compiled.load(folder.root, kept)
    model = catalog.models["m"]
    for mapping in (catalog.models, catalog.benchmarks, catalog.sources, catalog.labs, catalog.glossary):
        with pytest.raises(TypeError):
            mapping["x"] = None
    for mapping in (model.claims, model.remarks):
        with pytest.raises(TypeError):
            mapping["context_window"] = None
    with pytest.raises(FrozenInstanceError):
        catalog.version = "x"
    with pytest.raises(ValidationError):
        model.claims["context_window"][0].value = 1


@ONE_FOLDER
@given(data=st.data())
def test_a_damaged_byte_anywhere_is_noticed_and_mended(folder, copy, kept, yaml_loads, data):
    sound = copy.read_bytes()
    at = data.draw(st.integers(0, len(sound) - 1))
    change = data.draw(st.integers(1, 255))
    copy.write_bytes(sound[:at] + bytes([sound[at] ^ change]) + sound[at + 1 :])
    before = len(yaml_loads)
    assert exact(compiled.load(folder.root, kept)) == exact(folder.load())
    assert len(yaml_loads) == before + 1
    assert copy.read_bytes() == sound


@ONE_FOLDER
@given(data=st.data())
def test_a_file_that_ends_early_or_late_is_noticed_and_mended(folder, copy, kept, yaml_loads, data):
    sound = copy.read_bytes()
    shorter = st.integers(0, len(sound) - 1).map(lambda end: sound[:end])
    copy.write_bytes(data.draw(shorter | st.binary(min_size=1).map(lambda more: sound + more)))
    before = len(yaml_loads)
    assert exact(compiled.load(folder.root, kept)) == exact(folder.load())
    assert len(yaml_loads) == before + 1
    assert copy.read_bytes() == sound


def changed(change):
    """A change to the parsed body as a change to its bytes."""

    def change_bytes(body):
        content = json.loads(body)
        change(content)
        return json.dumps(content).encode()

    return change_bytes


def claim_of(content):
    return content["models"][0]["claims"]["context_window"][0]


@pytest.mark.parametrize(
    "change",
    [
        changed(lambda content: content.update(limits={})),
        changed(lambda content: content.pop("glossary")),
        changed(lambda content: content.update(models={})),
        changed(lambda content: content.update(as_of="soon")),
        changed(lambda content: content["models"][0].update(size=3)),
        changed(lambda content: content["models"][0].pop("tier")),
        changed(lambda content: content["models"][0].update(name=3)),
        changed(lambda content: claim_of(content).update(kind="certain")),
        changed(lambda content: claim_of(content).pop("kind")),
        changed(lambda content: claim_of(content).update(value=None)),
        changed(lambda content: claim_of(content).update(valid_from=20260101)),
        changed(lambda content: content["benchmarks"][0]["results"][0].update(score="5")),
        changed(lambda content: content["benchmarks"][0]["results"][0].update(score=float("nan"))),
        changed(lambda content: content["benchmarks"][0].update(higher_is_better=1)),
        changed(lambda content: content["sources"]["maker"].update(url="file:///etc/passwd")),
        lambda body: body[:-1],
        lambda body: b"[" * 100_000,
        lambda body: b"\xff" + body,
        lambda body: b"null",
        lambda body: b"",
        lambda body: pickle.dumps(Path("x")),
    ],
)
def test_content_of_another_schema_is_not_trusted_though_its_checksum_is_right(folder, copy, kept, yaml_loads, change):
    sound = copy.read_bytes()
    version = folder.load().version
    compiled.write("catalog", version, change(compiled.read("catalog", version, kept)), kept)
    assert copy.read_bytes() != sound
    before = len(yaml_loads)
    assert exact(compiled.load(folder.root, kept)) == exact(folder.load())
    assert len(yaml_loads) == before + 1
    assert copy.read_bytes() == sound


def test_the_copy_of_one_catalog_is_not_read_under_the_name_of_another(folder, copy, kept, yaml_loads):
    old = copy.read_bytes()
    folder.model("context_window:\n  - {value: 2000, unit: tokens, source: maker, as_of: 2026-01}\n")
    compiled.load(folder.root, kept)
    (new,) = kept.iterdir()
    new.write_bytes(old)
    before = len(yaml_loads)
    assert compiled.load(folder.root, kept).models["m"].claims["context_window"][0].value == 2000
    assert len(yaml_loads) == before + 1


def test_a_changed_value_is_seen_though_size_and_time_stay(folder, copy, kept):
    path = folder.root / "models/lab/m.yaml"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"1000", b"2000"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert compiled.load(folder.root, kept).models["m"].claims["context_window"][0].value == 2000


def test_new_deleted_and_renamed_files_are_seen(folder, copy, kept):
    folder.model(name="n")
    assert set(compiled.load(folder.root, kept).models) == {"m", "n"}
    (folder.root / "benchmarks/quiz.yaml").unlink()
    (folder.root / "models/lab/m.yaml").unlink()
    assert set(compiled.load(folder.root, kept).models) == {"n"}
    (folder.root / "models/lab/n.yaml").rename(folder.root / "models/lab/other.yaml")
    with pytest.raises(CatalogError):
        compiled.load(folder.root, kept)


def test_a_change_behind_a_linked_folder_is_seen(folder, kept, tmp_path):
    (folder.root / "models/lab").rename(tmp_path / "elsewhere")
    (folder.root / "models/lab").symlink_to(tmp_path / "elsewhere")
    before = compiled.load(folder.root, kept)
    path = tmp_path / "elsewhere/m.yaml"
    path.write_bytes(path.read_bytes().replace(b"1000", b"2000"))
    after = compiled.load(folder.root, kept)
    assert [each.models["m"].claims["context_window"][0].value for each in (before, after)] == [1000, 2000]


@pytest.mark.parametrize("name", ["models/lab/m.yaml", "models/lab/stray.yml", "models/deep/er/m.yaml", "sources.yaml"])
def test_a_catalog_with_problems_is_never_kept(folder, copy, kept, name):
    (folder.root / name).unlink(missing_ok=True)
    folder.write(name, "size: 3\n")
    before = copy.read_bytes()
    for _ in range(2):
        with pytest.raises(CatalogError) as caught:
            compiled.load(folder.root, kept)
        assert str(caught.value).splitlines() == folder.problems()
    assert [file.read_bytes() for file in kept.iterdir()] == [before]


@pytest.mark.parametrize(
    "make",
    [
        Path.mkdir,
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.touch() or os.truncate(path, 10**12),
        pytest.param(getattr(os, "mkfifo", None), marks=pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes")),
    ],
    ids=["folder", "dead link", "too large", "pipe"],
)
def test_something_that_is_no_data_file_raises_and_does_not_hang(folder, copy, kept, make):
    make(folder.root / "models/lab/odd.yaml")
    with pytest.raises(CatalogError, match=r"odd\.yaml"):
        compiled.load(folder.root, kept)


def test_no_data_at_all_raises(tmp_path, kept):
    with pytest.raises(CatalogError):
        compiled.load(tmp_path / "nowhere", kept)
    assert not kept.exists()


def test_data_that_change_while_they_are_read_are_not_kept(folder, kept, monkeypatch):
    real = loading.load

    def load_after_a_change(root):
        folder.model("context_window:\n  - {value: 2000, unit: tokens, source: maker, as_of: 2026-01}\n")
        return real(root)

    monkeypatch.setattr(loading, "load", load_after_a_change)
    assert compiled.load(folder.root, kept).models["m"].claims["context_window"][0].value == 2000
    assert not kept.exists()


def test_old_copies_and_left_drafts_are_removed(folder, copy, kept):
    (kept / "catalog-0123456789abcdef-00ff.draft").write_bytes(b"of a process that was killed")
    (kept / "notes.txt").write_bytes(b"not ours")
    compiled.write("limits", folder.load().version, b"{}", kept)
    folder.model(name="n")
    compiled.load(folder.root, kept)
    assert not copy.exists()
    assert sorted(file.name.partition("-")[0] for file in kept.iterdir()) == ["catalog", "limits", "notes.txt"]


def test_a_table_beside_the_catalog_is_kept_for_its_version_alone(kept):
    assert compiled.read("limits", "one", kept) is None
    compiled.write("limits", "one", b'{"a": [0.1, 0.2]}', kept)
    assert compiled.read("limits", "one", kept) == b'{"a": [0.1, 0.2]}'
    assert compiled.read("limits", "two", kept) is None
    assert compiled.read("catalog", "one", kept) is None
    compiled.write("limits", "two", b"{}", kept)
    assert compiled.read("limits", "one", kept) is None


@pytest.mark.parametrize("name", ["file/.compiled", "missing/.compiled", "file"])
def test_a_folder_that_cannot_be_written_is_no_error(folder, tmp_path, yaml_loads, name):
    (tmp_path / "file").write_bytes(b"in the way")
    for _ in range(2):
        assert set(compiled.load(folder.root, tmp_path / name).models) == {"m"}
    assert len(yaml_loads) == 2
    assert (tmp_path / "file").read_bytes() == b"in the way"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_read_only_installation_is_no_error(folder, kept, yaml_loads):
    kept.mkdir(mode=0o555)
    for _ in range(2):
        assert set(compiled.load(folder.root, kept).models) == {"m"}
    assert len(yaml_loads) == 2


@pytest.mark.parametrize("step", ["replace", "mkdir", "unlink"])
def test_a_full_disk_is_no_error_and_leaves_nothing_half_written(folder, kept, monkeypatch, step):
    def fails(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, step, fails)
        assert set(compiled.load(folder.root, kept).models) == {"m"}
    left = list(kept.iterdir()) if kept.exists() else []
    assert len(left) == (step == "unlink")


def test_a_link_in_the_place_of_the_folder_is_not_followed(folder, kept, tmp_path, yaml_loads):
    compiled.load(folder.root, kept)
    kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(tmp_path / "elsewhere")
    (file,) = (tmp_path / "elsewhere").iterdir()
    before = file.stat()
    assert set(compiled.load(folder.root, kept).models) == {"m"}
    assert len(yaml_loads) == 2
    assert file.stat().st_ino == before.st_ino
    folder.model(name="n")
    compiled.load(folder.root, kept)
    assert list((tmp_path / "elsewhere").iterdir()) == [file]


def test_a_link_in_the_place_of_the_copy_is_not_followed_and_is_replaced(folder, copy, kept, tmp_path, yaml_loads):
    target = tmp_path / "elsewhere.json"
    sound = copy.read_bytes()
    copy.rename(target)
    copy.symlink_to(target)
    before = len(yaml_loads)
    assert set(compiled.load(folder.root, kept).models) == {"m"}
    assert len(yaml_loads) == before + 1
    assert not copy.is_symlink()
    assert copy.read_bytes() == target.read_bytes() == sound


@pytest.mark.parametrize("make", [Path.mkdir, getattr(os, "mkfifo", Path.mkdir)], ids=["folder", "pipe"])
def test_something_that_is_no_file_in_the_place_of_the_copy_is_passed_over(folder, copy, kept, make):
    copy.unlink()
    make(copy)
    for _ in range(2):
        assert set(compiled.load(folder.root, kept).models) == {"m"}


def test_a_copy_of_many_gigabytes_is_not_read(folder, copy, kept, yaml_loads):
    with copy.open("r+b") as file:
        file.truncate(10**12)
    before = len(yaml_loads)
    compiled.load(folder.root, kept)
    assert len(yaml_loads) == before + 1
    assert copy.stat().st_size < 1_000_000


def test_another_code_hash_makes_the_copy_stale(folder, copy, kept, monkeypatch, yaml_loads):
    before = len(yaml_loads)
    monkeypatch.setattr(compiled, "code_hash", lambda: "another")
    compiled.load(folder.root, kept)
    assert len(yaml_loads) == before + 1
    assert not copy.exists()
    compiled.load(folder.root, kept)
    assert len(yaml_loads) == before + 1


def test_without_source_files_nothing_is_kept(folder, kept, monkeypatch, yaml_loads):
    def no_sources():
        raise OSError

    monkeypatch.setattr(compiled, "code_hash", no_sources)
    for _ in range(2):
        compiled.load(folder.root, kept)
    assert len(yaml_loads) == 2
    assert not kept.exists()


_LOAD = "import sys; from pathlib import Path; from catalog import compiled; {}compiled.load(*map(Path, sys.argv[1:]))"


def test_edited_code_reads_the_yaml_anew_and_never_signs_for_older_code(folder, kept, tmp_path):
    package = tmp_path / "app" / "catalog"
    shutil.copytree(REPOSITORY / "catalog", package, ignore=shutil.ignore_patterns("data", "__pycache__", ".compiled"))

    def names_after_a_start(meanwhile=""):
        command = [sys.executable, "-c", _LOAD.format(meanwhile), str(folder.root), str(kept)]
        subprocess.run(command, cwd=package.parent, check=True, timeout=60)
        return [file.name for file in kept.iterdir()]

    first = names_after_a_start()
    assert names_after_a_start() == first
    edit = "Path('catalog/words.py').open('a').write('# edited while the process runs'); "
    assert names_after_a_start(edit) == first
    assert len(names_after_a_start()) == 1
    assert names_after_a_start() != first


_MANY_LOADS = """
import sys
from pathlib import Path
from catalog import compiled
root, folder = map(Path, sys.argv[1:])
sys.stdin.readline()
for turn in range(60):
    catalog = compiled.load(root, folder)
    assert catalog.models["m"].claims["context_window"][0].value == 1000
    if turn % 3 == 0:
        for file in list(folder.glob("catalog-*")):
            file.unlink(missing_ok=True)
"""


def test_processes_at_once_never_see_half_a_file(folder, kept, yaml_loads):
    command = [sys.executable, "-c", _MANY_LOADS, str(folder.root), str(kept)]
    processes = [
        subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[1] for process in processes] == ["", "", ""]
    compiled.load(folder.root, kept)
    compiled.load(folder.root, kept)
    assert len(yaml_loads) <= 1
    assert [file.suffix for file in kept.iterdir()] == [".json"]


def test_the_limits_of_scores_are_kept_and_read_back_exactly(tmp_path):
    kept = tmp_path / "kept"
    first = compiled.load(DATA, kept)
    worked_out = dict(first.limits)
    compiled.keep_limits(first, kept)
    again = compiled.load(DATA, kept)
    assert "limits" in vars(again)
    assert dict(again.limits) == worked_out
    assert len(worked_out) > 300


def test_damaged_limits_are_worked_out_again(tmp_path):
    kept = tmp_path / "kept"
    first = compiled.load(DATA, kept)
    assert first.limits
    compiled.keep_limits(first, kept)
    (file,) = kept.glob("limits-*")
    file.write_bytes(file.read_bytes()[:-7])
    assert "limits" not in vars(compiled.load(DATA, kept))


def test_limits_that_nobody_asked_for_are_not_kept(tmp_path):
    kept = tmp_path / "kept"
    compiled.keep_limits(compiled.load(DATA, kept), kept)
    assert not list(kept.glob("limits-*"))
