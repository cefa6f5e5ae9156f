"""Old versions of the catalog: each comes back whole from a small file, and what is wrong with one is a sentence."""

import hashlib
import json
import lzma
import os
import shutil
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import packs, versions
from catalog.__main__ import main
from catalog.loading import DATA, CatalogError, version_of
from catalog.packs import Content, Pack, hash_of
from catalog.versions import KEPT, VersionError, keep, kept, load_version

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRICES = "prices:\n  input:\n    - {value: 2.5, unit: USD per 1M tokens, source: maker, as_of: 2026-01}\n"
BEFORE_PARAMETERS = "421f09dc3e4a"


@pytest.fixture
def store(folder):
    return versions.folder_of(folder.root)


@pytest.fixture
def first(folder, store):
    """The small catalog, kept."""
    return keep(folder.root, store, DAY)


def said(first):
    """What the pack says, to be changed and written back."""
    return json.loads(lzma.decompress(first.file.read_bytes()))


def rewrite(first, content):
    first.file.write_bytes(lzma.compress(json.dumps(content).encode()))


def refusal(first, store):
    """The sentence with which the version is refused; nothing of the machine shows in it."""
    with pytest.raises(VersionError) as caught:
        load_version(first.version, store)
    (line,) = str(caught.value).splitlines()
    assert str(store) not in line
    assert "Today's values are not affected" in line
    return line


def test_the_catalog_of_this_repository_is_kept():
    assert versions.find(version_of(DATA)), "the catalog has changed; run: python -m catalog keep"


def test_every_kept_version_still_has_all_its_texts():
    for each in kept():
        texts = packs.content(packs.read(each.file), packs.readable(KEPT, leaving=each.version)).files
        ordered = sorted(texts, key=lambda path: path.split("/"))
        whole = b"".join(path.encode() + b"\0" + texts[path].encode() + b"\0" for path in ordered)
        assert hashlib.sha256(whole).hexdigest().startswith(each.version)


def test_the_oldest_version_loads_as_it_was_before_request_parameters_were_known(catalog):
    assert kept()[0].version == BEFORE_PARAMETERS
    assert kept()[0].kept_on == date(2026, 11, 22)
    old = load_version(BEFORE_PARAMETERS)
    assert old.version == BEFORE_PARAMETERS
    assert "parameters.temperature" in catalog.models["gemini-3.8-flash"].claims
    assert not [path for model in old.models.values() for path in model.claims if path.startswith("parameters.")]


def test_a_version_comes_back_exactly_after_the_catalog_has_moved_on(folder, store):
    folder.benchmark("model: m, score: 5, unit: percent, conditions: c, source: maker, date: 2026-01")
    before = folder.load()
    keep(folder.root, store, DAY)
    folder.model(PRICES)
    folder.model(name="n")
    keep(folder.root, store, LATER)
    assert load_version(before.version, store) == before
    assert load_version(folder.load().version, store) == folder.load()


def test_versions_are_listed_in_the_order_of_time(folder, store):
    later = keep(folder.root, store, LATER)
    folder.model(PRICES)
    earlier = keep(folder.root, store, DAY)
    assert kept(store) == (earlier, later)
    assert [each.kept_on for each in kept(store)] == [date(2026, 3, 1), date(2026, 3, 2)]
    assert earlier.as_of == "2026-04-01"


def test_keeping_twice_changes_nothing(folder, store, first):
    written = first.file.read_bytes()
    assert keep(folder.root, store, LATER) == first
    assert first.file.read_bytes() == written
    assert list(store.iterdir()) == [first.file]


def test_one_new_price_in_the_real_catalog_costs_less_than_five_kb(tmp_path):
    data = shutil.copytree(DATA, tmp_path / "data")
    store = shutil.copytree(KEPT, tmp_path / "versions")
    model = data / "models" / "google-deepmind" / "gemini-3.8-flash.yaml"
    model.write_text(model.read_text().replace("value: 3.75,", "value: 3.65,", 1))
    with (data / "sources.yaml").open("a") as sources:
        sources.write("new_page: {title: A page, kind: official, date: 2026-11-26, licence: none}\n")
    found = keep(data, store)
    assert found.version != version_of(DATA)
    assert found.file.stat().st_size < 5_000


def test_a_catalog_with_problems_is_not_kept(folder, store):
    folder.model("context_window: []\n")
    with pytest.raises(CatalogError):
        keep(folder.root, store)
    assert not store.exists()


@pytest.mark.parametrize(("name", "error"), [("models/stray.yaml", CatalogError), ("models/lab/n.yml", VersionError)])
def test_a_file_where_none_is_read_is_not_lost_silently(name, error, folder, store):
    folder.write(name, "a: 1\n")
    with pytest.raises(error):
        keep(folder.root, store)
    assert not store.exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(folder, store):
    store.write_text("a file")
    with pytest.raises(VersionError, match="The catalog was not kept, and nothing was changed"):
        keep(folder.root, store)


@pytest.mark.parametrize(
    "version", ["", "000000000000", "*", "../../etc/passwd", "?" * 12, "a" * 10_000, "72B5AADD0DED\n"]
)
def test_a_version_that_is_not_kept_is_none(version, store, first):
    assert load_version(version, store) is None
    assert versions.find(version, store) is None


def test_nothing_is_kept_where_there_is_no_folder(tmp_path):
    assert kept(tmp_path / "nowhere") == ()
    assert load_version("000000000000", tmp_path / "nowhere") is None


def cut(file):
    file.write_bytes(file.read_bytes()[:-20])


def emptied(file):
    file.write_bytes(b"")


def followed(file):
    file.write_bytes(file.read_bytes() + b"more")


def a_folder(file):
    file.unlink()
    file.mkdir()


def a_link(file):
    file.rename(file.with_name("elsewhere"))
    file.symlink_to(file.with_name("elsewhere"))


def a_pipe(file):
    file.unlink()
    os.mkfifo(file)


def no_json(file):
    file.write_bytes(lzma.compress(b"\xff\xfe"))


@pytest.mark.parametrize("damage", [cut, emptied, followed, a_folder, a_link, a_pipe, no_json])
def test_a_damaged_file_is_refused_in_a_sentence(damage, store, first):
    damage(first.file)
    assert refusal(first, store).startswith(f"The kept version of the catalog in {first.file.name} cannot be used (")
    with pytest.raises(VersionError):
        kept(store)


def test_a_few_bytes_that_would_fill_the_memory_are_not_unpacked(store, first, monkeypatch):
    monkeypatch.setattr(packs, "MAX_UNPACKED_BYTES", 1_000_000)
    first.file.write_bytes(lzma.compress(bytes(20_000_000), preset=1))
    assert first.file.stat().st_size < 10_000
    tracemalloc.start()
    try:
        assert "too large" in refusal(first, store)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


PATHS = ["/etc/x.yaml", "../x.yaml", "models/../../x.yaml", "models/lab/../x.yaml", "models\\lab\\x.yaml", "x.py", ""]


@pytest.mark.parametrize("path", [*PATHS, "models/lab/m.yaml\n", "models/lab/.m.yaml", "models/lab/m.yaml/x.yaml"])
@pytest.mark.parametrize("where", ["files", "filled"])
def test_a_path_that_leaves_the_data_folder_is_refused(path, where, store, first, tmp_path):
    content = said(first)
    content[where][path] = content["files"]["labs.yaml"]
    before = sorted(tmp_path.rglob("*"))
    rewrite(first, content)
    assert "not the content of a catalog" in refusal(first, store)
    assert sorted(tmp_path.rglob("*")) == before


def another_text(content):
    content["texts"][content["files"]["labs.yaml"]] = "evil: {name: Evil, country: Nowhere}\n"


def a_missing_text(content):
    del content["texts"][content["files"]["labs.yaml"]]


def half_a_character(content):
    content["texts"][content["files"]["labs.yaml"]] = "\ud800"


def one_more_file(content):
    content["files"]["models/lab/other.yaml"] = content["files"]["models/lab/m.yaml"]


def another_version(content):
    content["version"] = "0" * 12


def too_many_files(content):
    text = content["files"]["models/lab/m.yaml"]
    content["files"] |= {f"models/lab/n{at}.yaml": text for at in range(packs.MAX_FILES)}


def too_much_in_all(content):
    content["texts"][hash_of("x" * 900_000)] = "x" * 900_000
    content["files"] |= {f"models/lab/n{at}.yaml": hash_of("x" * 900_000) for at in range(120)}


def copies_without_end(content):
    base, wanted = content["files"]["glossary.yaml"], content["files"]["labs.yaml"]
    del content["texts"][wanted]
    content["edits"][wanted] = {"base": base, "parts": [[0, 10**9]] * 100_000}


def an_edit_of_itself(content):
    wanted = content["files"]["labs.yaml"]
    del content["texts"][wanted]
    content["edits"][wanted] = {"base": wanted, "parts": [[0, 1]]}


@pytest.mark.parametrize(
    "change",
    [
        another_text,
        a_missing_text,
        half_a_character,
        one_more_file,
        another_version,
        too_many_files,
        too_much_in_all,
        copies_without_end,
        an_edit_of_itself,
    ],
)
def test_a_pack_that_says_what_the_version_did_not_is_refused(change, store, first):
    content = said(first)
    change(content)
    rewrite(first, content)
    refusal(first, store)


@given(st.integers(0, 10_000), st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_byte_that_has_changed_never_changes_the_catalog(folder, store, at, flip):
    first = keep(folder.root, store, DAY)
    sound = first.file.read_bytes()
    place = at % len(sound)
    first.file.write_bytes(sound[:place] + bytes([sound[place] ^ flip]) + sound[place + 1 :])
    try:
        assert load_version(first.version, store) == folder.load()
    except VersionError:
        pass
    finally:
        first.file.write_bytes(sound)


def test_damage_of_another_version_does_no_harm_where_nothing_rests_on_it(folder, store, first):
    folder.model(PRICES)
    second = keep(folder.root, store, LATER)
    second.file.write_bytes(b"")
    assert load_version(first.version, store).version == first.version


def test_a_version_that_rests_on_a_lost_one_says_so_and_is_whole_again_when_it_is_kept_again(folder, store, first):
    folder.model(PRICES)
    second = keep(folder.root, store, LATER)
    first.file.unlink()
    assert "a text that it needs is in no file" in refusal(second, store)
    keep(folder.root, store, LATER)
    assert load_version(second.version, store) == folder.load()


def test_an_older_catalog_is_read_with_what_the_schema_asks_for_since(folder, store, tmp_path):
    (folder.root / "decision.yaml").rename(tmp_path / "decision.yaml")
    (tmp_path / "filled").mkdir()
    with pytest.raises(CatalogError, match="no such file"):
        keep(folder.root, store)
    (tmp_path / "decision.yaml").rename(tmp_path / "filled" / "decision.yaml")
    found = keep(folder.root, store, DAY, filled=tmp_path / "filled")
    assert found.version == version_of(folder.root)
    old = load_version(found.version, store)
    assert old.version == found.version
    assert [each.id for each in old.decision.criteria] == ["context"]


def test_a_version_that_the_schema_has_outgrown_says_so_and_can_be_filled_up(folder, store, first, tmp_path):
    content = said(first)
    outgrown = content["files"].pop("decision.yaml")
    rewrite(first, content)
    (tmp_path / "filled").mkdir()
    (tmp_path / "filled" / "decision.yaml").write_text(content["texts"][outgrown])
    (folder.root / "decision.yaml").unlink()
    content["version"] = version_of(folder.root)
    file = first.file.rename(first.file.with_name(f"2026-04-01-{content['version']}.json.xz"))
    file.write_bytes(lzma.compress(json.dumps(content).encode()))
    with pytest.raises(VersionError, match="not in a form that is read today"):
        load_version(content["version"], store)
    keep(folder.root, store, filled=tmp_path / "filled")
    assert load_version(content["version"], store).version == content["version"]


LINES = st.lists(st.sampled_from(["a: 1", "b: 2", "c\x0bd", "e\u2028f", "", "\r"]), max_size=12)
TEXT = st.builds(lambda lines, end: end.join(lines), LINES, st.sampled_from(["\n", "\r\n", "\n\n"]))


@given(
    st.lists(st.dictionaries(st.sampled_from(["labs.yaml", "sources.yaml"]), TEXT, min_size=1), min_size=1, max_size=6)
)
def test_any_series_of_texts_comes_back(series):
    made: list[Pack] = []
    for at, files in enumerate(series):
        texts, edits = packs.made(Content(files, {}), made)
        names = {path: hash_of(text) for path, text in files.items()}
        made.append(
            Pack(version=f"{at:012}", as_of="2026", kept_at=DAY, files=names, filled={}, texts=texts, edits=edits)
        )
    for pack, files in zip(made, series, strict=True):
        assert packs.content(pack, made).files == files


def test_an_edit_holds_only_the_lines_that_differ():
    long = "".join(f"line {at}\n" for at in range(1000))
    changed = long.replace("line 500\n", "another line\n")
    old = Pack(
        version="0" * 12,
        as_of="2026",
        kept_at=DAY,
        files={"labs.yaml": hash_of(long)},
        filled={},
        texts={hash_of(long): long},
        edits={},
    )
    texts, edits = packs.made(Content({"labs.yaml": changed}, {}), [old])
    assert texts == {}
    assert edits[hash_of(changed)].parts == ((0, 500), "another line\n", (501, 1000))


def test_the_command_keeps_the_catalog_and_says_where(folder, store, capsys):
    assert main(["--data", str(folder.root), "keep"]) == 0
    (file,) = store.iterdir()
    out = capsys.readouterr().out
    assert f"Version {folder.load().version} of the catalog, as of 1 April 2026, is kept since" in out
    assert file.name in out


def test_the_command_keeps_nothing_that_has_problems(folder, store, capsys):
    folder.model("context_window: []\n")
    assert main(["--data", str(folder.root), "keep"]) == 1
    assert "1 problem found; nothing was changed." in capsys.readouterr().err
    assert not store.exists()


def test_check_says_what_to_run_when_the_version_is_not_kept(folder, store, first, capsys):
    assert main(["--data", str(folder.root), "check", "--strict"]) == 0
    assert "not kept" not in capsys.readouterr().out
    folder.model(PRICES)
    assert main(["--data", str(folder.root), "check"]) == 0
    assert "is not kept yet" in (out := capsys.readouterr().out)
    assert "run: python -m catalog keep" in out
    assert main(["--data", str(folder.root), "check", "--strict"]) == 1


def test_check_names_a_damaged_file_and_asks_nothing_of_folders_that_keep_no_versions(folder, store, capsys):
    assert main(["--data", str(folder.root), "check", "--strict"]) == 0
    assert "kept" not in capsys.readouterr().out
    keep(folder.root, store).file.write_bytes(b"")
    assert main(["--data", str(folder.root), "check"]) == 0
    assert "cannot be used" in capsys.readouterr().out


def test_a_kept_version_is_in_the_place_of_the_repository():
    assert versions.folder_of(DATA) == KEPT == Path(versions.__file__).with_name("versions")
