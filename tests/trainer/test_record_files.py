"""What lies in a sandbox's folders, as the recorder marks it."""

import json
from pathlib import Path

from trainer.record import record
from trainer.record.files import MAX_FOLDERS, MAX_TEXT, Held, changes, held
from trainer.record.script import Line, Script


def test_folders_are_listed_as_ls_does(tmp_path: Path) -> None:
    home = tmp_path / "home" / "user"
    (home / "docs" / ".git" / "objects").mkdir(parents=True)
    for name in ("b", "B", ".hidden", "é"):
        (home / name).touch()
    (home / "b").write_bytes(b"hi\n")
    (home / "B").write_bytes(b"h\0i\n")
    (home / "docs" / "long").write_bytes(b"\xe4" + b"x" * MAX_TEXT)
    (home / "link").symlink_to("docs")
    (tmp_path / "tmp").mkdir()
    found = held(tmp_path)
    folders = {"~": [".hidden", "B", "b", "docs/", "link@", "é"], "/tmp": [], "~/docs": [".git/", "long"]}
    files = {"~/.hidden": "", "~/B": "", "~/b": "hi\n", "~/é": "", "~/docs/long": "�" + "x" * (MAX_TEXT - 1)}
    assert found == folders | files
    for number in range(2 * MAX_FOLDERS):
        (home / "docs" / f"{number}").mkdir()
    assert sum(isinstance(one, list) for one in held(tmp_path).values()) == MAX_FOLDERS
    assert held(tmp_path / "none") == {}


def test_only_what_changed_is_marked() -> None:
    before: Held = {"~": ["a"], "~/d": ["x"]}
    assert changes(before, before) is None
    assert changes(before, {"~": ["a"]}) is None
    assert changes({}, {"~": []}) == 'files:{"~": []}'
    assert changes(before, {"~": ["a", "b"], "~/d": ["x"]}) == 'files:{"~": ["a", "b"]}'
    assert changes({}, {"~/a": ""}) is None
    assert changes({"~/a": "hi"}, {"~/a": ""}) == 'files:{"~/a": ""}'
    assert changes({"~/a": ""}, {"~/a": "hi"}) == 'files:{"~/a": "hi"}'


def test_a_recording_marks_what_a_command_made_and_nothing_of_it_is_printed() -> None:
    lines = (
        "mkdir docs",
        "cd docs",
        "touch 'a b'; ln -s . here",
        "echo hi > x",
        "cd; rm -r docs",
        "touch left",
        "exit",
    )
    made = record(Script(tuple(Line(line, "files") for line in lines), seed=1))
    written = {"~/docs/x": "hi\n", "~/docs": ["a b", "here@", "x"]}
    marks = [json.loads(event.data[6:]) for event in made.events if event.data.startswith("files:")]
    assert marks == [{"~": ["docs/"], "~/docs": []}, {"~/docs": ["a b", "here@"]}, written, {"~": []}, {"~": ["left"]}]
    assert not any("here" in event.data for event in made.events if event.code == "o" and "ln" not in event.data)
