"""What differs between two runs is listed, field by field, and nothing else."""

from dataclasses import replace

from components.archive.comparing import Difference, Said, differences
from tests.archive.examples import FLASH, OLD, PRO, lane, run


def labels(found: tuple[Difference, ...]) -> list[str]:
    return [each.label for each in found]


def test_a_run_does_not_differ_from_its_twin() -> None:
    assert differences(run("a", request={"temperature": 0.5}), run("b", request={"temperature": 0.5}, minutes=5)) == ()


def test_prompt_models_and_settings_are_told_as_they_were_sent() -> None:
    one = run("a", "Why?", request={"temperature": 0.2, "stop_sequences": ["END"], "json_mode": True}, preset="code")
    other = run("b", "How?", models=(PRO, OLD), request={"temperature": 1.0})
    found = {each.label: (each.one[0].text, each.other[0].text) for each in differences(one, other)}
    assert found == {
        "Prompt": ("Why?", "How?"),
        "Models": (f"{PRO}, {FLASH}", f"{PRO}, {OLD}"),
        "Preset": ("Code", "No preset"),
        "Temperature": ("0.2", "1.0"),
        "Stop sequences": ('["END"]', "not set"),
        "JSON mode": ("on", "not set"),
    }


def test_a_setting_that_differs_between_the_sides_of_a_run_is_told_by_model() -> None:
    one = run("a")
    sides = tuple(lane(at, model, "Is it?", "Yes.", request={"seed": at}) for at, model in enumerate((PRO, FLASH)))
    (found,) = differences(one, replace(one, lanes=sides))
    assert found == Difference("Seed", (Said("", "not set"),), (Said(PRO, "0"), Said(FLASH, "1")))


def test_simulated_imported_and_blind_runs_differ_from_others() -> None:
    other = run("b", simulated=True, imported=True, order=(1, 0), vertexai=True)
    assert labels(differences(run("a"), other)) == ["Blind", "Answers are", "Origin", "Called through"]


def test_files_and_turns_are_named_and_a_difference_inside_them_is_said() -> None:
    picture = {"kind": "inline_data", "name": "dot.png", "mime_type": "image/png", "size_bytes": 1234}
    turns = [{"role": "user", "parts": [{"kind": "text", "text": "Hello"}]}]
    others = [{"role": "user", "parts": [{"kind": "text", "text": "Bye"}]}]
    found = differences(
        run("a", request={"attachments": [picture], "turns": turns}),
        run("b", request={"attachments": [picture], "turns": others}),
    )
    assert labels(found) == ["Earlier turns"]
    assert [said.text for said in found[0].other] == ["1 turn", "(the same in short, but not in content)"]
    (files,) = differences(run("a", request={"attachments": [picture]}), run("b"))
    assert files.one[0].text == "dot.png (1,234 bytes)"


def test_a_field_of_a_newer_version_is_told_by_its_name() -> None:
    (found,) = differences(run("a", request={"new_knob": {"x": 1}}), run("b"))
    assert (found.label, found.one[0].text) == ("New knob", '{"x": 1}')


def test_a_megabyte_is_cut() -> None:
    (found,) = differences(run("a", "x" * 1_000_000), run("b", "y"))
    assert len(found.one[0].text) < 3_000
    assert "997,600 more characters" in found.one[0].text
