"""Rules of the script grammar: tables and marks, and a world that remembers what a session made."""

from random import Random

import pytest

from trainer.grammar import FAMILIES, words
from trainer.grammar.reserved import RUNNABLE
from trainer.grammar.rule import does_nothing
from trainer.grammar.template import fill, table, templated
from trainer.grammar.vocabulary import TAKEN
from trainer.grammar.world import HOME, World


def lived_in() -> World:
    """A world that has something of everything, so that every rule finds what it needs."""
    world = World()
    for folder in ("docs", "docs/old", "empty"):
        world.make_folder(f"{HOME}/{folder}")
    for name in ("notes.txt", "b.md", "docs/c.txt"):
        world.write(f"{HOME}/{name}", ["one apple", "two"])
    for name, value in (("X", "5"), ("name", "alice"), ("N", "17")):
        world.assign(name, value)
    world.exported.add("name")
    world.functions.append("greet")
    world.previous = f"{HOME}/docs"
    world.forget("N")
    world.remove(f"{HOME}/b.md")
    return world


def test_a_table_is_weights_and_forms() -> None:
    forms = table("""
    3 echo <word>
    1
    """)
    assert forms.forms == ("echo <word>", "")
    assert forms.cumulative == (3.0, 4.0)
    with pytest.raises(ValueError, match="echo"):
        table("echo hi")


def test_a_numbered_mark_is_drawn_once() -> None:
    filled = fill(Random(1), World(), "<word:1> <word:1> <word:2>")
    assert filled is not None
    one, same, _ = filled.split(" ")
    assert one == same


def test_a_mark_without_anything_behind_it_gives_no_line() -> None:
    rule = templated("1 cat <file>")
    assert rule(Random(1), World()) is None
    draft = rule(Random(1), lived_in())
    assert draft is not None and draft.free and draft.effect is does_nothing


@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_rule_drafts_lines(name: str) -> None:
    r = Random(name)
    for rule in FAMILIES[name].rules:
        world = lived_in()
        drafts = [draft for _ in range(300) if (draft := rule(r, world))]
        assert drafts
        for draft in drafts:
            assert "\n" not in draft.text
            draft.effect(world.copy())


def test_the_world_follows_files() -> None:
    world = lived_in()
    world.go(f"{HOME}/docs")
    assert world.exists("c.txt") and world.exists("../notes.txt") and world.exists("~/empty")
    world.copy_to(f"{HOME}/docs", f"{HOME}/copy")
    assert world.exists("~/copy/c.txt") and world.exists("~/copy/old")
    world.move_to(f"{HOME}/notes.txt", f"{HOME}/empty")
    assert not world.exists("~/notes.txt") and world.exists("~/empty/notes.txt")
    world.remove(f"{HOME}/copy")
    assert not world.exists("~/copy/c.txt")
    assert world.children(f"{HOME}/docs") == [f"{HOME}/docs/old", f"{HOME}/docs/c.txt"]


def test_a_copy_of_a_world_is_its_own() -> None:
    world = lived_in()
    other = world.copy()
    other.remove(f"{HOME}/docs")
    other.assign("X", "6")
    assert world == lived_in() and other != world


def test_read_only_variables_stay() -> None:
    world = World(variables={"X": "1"}, readonly={"X"})
    world.assign("X", "2")
    world.forget("X")
    assert world.variables == {"X": "1"}


def test_unknown_commands_are_unknown_and_names_are_free() -> None:
    r = Random(5)
    assert not any(words.unknown_command(r) in RUNNABLE for _ in range(2_000))
    names = [words.variable_name(r) for _ in range(2_000)]
    assert all(name.isidentifier() and name not in TAKEN for name in names)
    assert len(set(names)) > 900
