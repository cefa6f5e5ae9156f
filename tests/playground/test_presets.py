"""What a visitor can start from: complete, sendable as it stands, and in keeping with the article."""

from datetime import date
from itertools import permutations

import pytest
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

from catalog.loading import Catalog, load
from components.playground.controls import fit, problems
from components.playground.presets import PRESETS, Preset, find
from components.playground.templates import variables

ON = date(2026, 11, 26)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def test_each_use_has_one_preset_and_its_key_finds_it() -> None:
    keys = [preset.key for preset in PRESETS]
    assert keys == ["precise_analysis", "high_throughput", "extraction", "code", "translation", "reasoning"]
    assert [find(key) for key in keys] == list(PRESETS)
    assert find("nothing of the kind") is None


def test_the_article_s_settings_are_the_presets_of_its_two_patterns() -> None:
    # The article: Pro with a temperature of 0.1 and 4,096 tokens, Flash with 0.7 and 1,024.
    settings = {preset.key: (preset.controls.temperature, preset.controls.max_output_tokens) for preset in PRESETS}
    assert settings["precise_analysis"] == (0.1, 4096)
    assert settings["high_throughput"] == (0.7, 1024)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_can_be_sent_as_it_stands(preset: Preset) -> None:
    assert problems(preset.controls) == ()
    assert variables(preset.prompt) == ()
    assert len(preset.prompt) > 300
    assert preset.icon.removeprefix(":material/").removesuffix(":") in ALL_MATERIAL_ICONS


def test_the_extraction_answers_in_json_by_a_schema() -> None:
    preset = find("extraction")
    assert preset is not None
    assert preset.controls.json_mode
    assert '"quantity"' in preset.controls.json_schema


@pytest.mark.parametrize(
    ("model", "thinks_by"),
    [("gemini-2.5-pro", (-1, None)), ("gemini-3.1-pro-preview", (None, "high")), ("gemini-4-argon", (None, "high"))],
)
def test_long_reasoning_thinks_at_models_of_either_kind(
    catalog: Catalog, model: str, thinks_by: tuple[int | None, str | None]
) -> None:
    preset = find("reasoning")
    assert preset is not None
    sent, _ = fit(preset.controls, catalog.models[model], ON)
    assert (sent.thinking_budget, sent.thinking_level) == thinks_by
    assert sent.include_thoughts


def test_the_riddle_has_two_solutions() -> None:
    fitting = []
    for ada, ben, chloe, dan, eva in permutations(range(5)):
        for tides, glass, maps, bees, bridges in permutations(range(5)):
            ada_before_ben = ben - ada == 2
            dan_on_glass = dan == glass != 4
            eva_elsewhere = eva not in (0, maps)
            bridges_later = bridges > tides and ben not in (bridges, tides)
            if ada_before_ben and maps == 2 and chloe == bees + 1 and dan_on_glass and eva_elsewhere and bridges_later:
                fitting.append((ada, ben, chloe, dan, eva))
    assert len(fitting) == 2
