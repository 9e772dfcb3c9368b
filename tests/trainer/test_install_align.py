"""What demonstrations have in common, and other examples made from it."""

from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.evaluate.routines import FOLLOWERS, KINDS, SHOWN, cases, following
from trainer.install.align import align
from trainer.install.example import Example
from trainer.install.teach import TeachError, prepare
from trainer.install.variants import variants

WORDS = st.lists(st.text(ascii_lowercase, min_size=2, max_size=9), min_size=3, max_size=6, unique=True)


def shown(*pairs: tuple[str, str]) -> list[Example]:
    return [Example(command, tuple(printed.split("\n"))) for command, printed in pairs]


@pytest.mark.parametrize(
    ("pairs", "described", "asked", "printed"),
    [
        (
            [("greet bob", "hello bob!"), ("greet anna", "hello anna!")],
            "greet <1> -> hello <1>!",
            ("zoe",),
            "hello zoe!",
        ),
        ([("shout ab", "AB"), ("shout cd", "CD")], "shout <1> -> <upper(1)>", ("xy",), "XY"),
        ([("inc 5", "12"), ("inc 30", "37"), ("inc 9", "16")], "inc <1> -> <1+7>", ("10",), "17"),
        ([("add 3 4", "7"), ("add 10 5", "15")], "add <1> <2> -> <1+2>", ("2", "2"), "4"),
        ([("swap a b", "b a"), ("swap c dd", "dd c")], "swap <1> <2> -> <2> <1>", ("x", "y"), "y x"),
        ([("see is-1", "[1]"), ("see is-27", "[27]")], "see is-<1> -> [<1>]", ("3",), "[3]"),
        (
            [("two ab", "ab\nAB 2"), ("two cde", "cde\nCDE 3")],
            "two <1> -> <1> / <upper(1)> <length(1)>",
            ("q",),
            "q\nQ 1",
        ),
        ([("pad a", "a   |"), ("pad bcd", "bcd |")], "pad <1> -> <1 in 4 columns>|", ("xy",), "xy  |"),
        ([("hello", "there")], "hello -> there", (), "there"),
        ([("gap a", "a\n\nb"), ("gap cd", "cd\n\nb")], "gap <1> -> <1> /  / b", ("x",), "x\n\nb"),
    ],
)
def test_a_template_explains_its_demonstrations_and_answers_others(
    pairs: list[tuple[str, str]], described: str, asked: tuple[str, ...], printed: str
) -> None:
    template = align(shown(*pairs))
    assert template is not None and template.describe() == described
    example = template.example(asked)
    assert example is not None and "\n".join(example.output) == printed


def after(*sessions: tuple[tuple[str, str], ...]) -> list[Example]:
    return [Example(one.command, one.output, tuple(before)) for *before, one in (shown(*turns) for turns in sessions)]


@pytest.mark.parametrize(
    ("sessions", "described"),
    [
        (
            [(("greet bob", "hello bob"), ("again", "bob!")), (("greet anna", "hello anna"), ("again", "anna!"))],
            "greet <1> -> hello <1>; again -> <1>!",
        ),
        (
            [(("cat f", "ab"), ("up", "AB")), (("cat f", "cd"), ("up", "CD"))],
            "cat f -> <1>; up -> <upper(1)>",
        ),
        (
            [(("put ab", "ok"), ("get ab 3", "ab 3")), (("put cd", "ok"), ("get cd 5", "cd 5"))],
            "put <1> -> ok; get <1> <2> -> <1> <2>",
        ),
    ],
)
def test_what_stands_before_is_aligned_too(sessions: list[tuple[tuple[str, str], ...]], described: str) -> None:
    examples = after(*sessions)
    template = align(examples)
    assert template is not None and template.describe() == described
    assert [template.example(values) for values in template.values] == examples
    made = variants(template, 10, seed=1, without=frozenset(one.question for one in examples))
    assert len({one.question for one in made}) == 10 and not {one.question for one in made} & {*examples}


@given(WORDS, st.text(ascii_lowercase + " :/-", max_size=8), st.text(ascii_lowercase + " :/-", max_size=8))
def test_every_demonstration_follows_its_own_template(words: list[str], before: str, after: str) -> None:
    examples = shown(*((f"say {word}", f"{before}{word}{after}") for word in words))
    template = align(examples)
    assert template is not None
    assert [template.example(values) for values in template.values] == examples


def test_what_no_function_explains_is_known_by_heart() -> None:
    template = align(shown(("capital france", "Paris"), ("capital italy", "Rome")))
    assert template is not None
    assert template.example(("france",)) == Example("capital france", ("Paris",))
    assert template.example(("spain",)) is None
    assert variants(template, 5, seed=0) == []


def test_what_has_nothing_in_common_has_no_template() -> None:
    assert align(shown(("a b", "x"), ("a", "y"))) is None
    assert align(shown(("a b", "x"), ("a c", "x\ny"))) is None


def test_variants_are_new_and_of_the_kind_that_was_shown() -> None:
    examples = shown(("inc 15", "16"), ("inc 30", "31"), ("inc 99", "100"))
    template = align(examples)
    assert template is not None
    made = variants(template, 40, seed=3)
    assert len({one.command for one in made}) == 40 and made == variants(template, 40, seed=3)
    for one in made:
        number = one.command.removeprefix("inc ")
        assert len(number) == 2 and one.output == (str(int(number) + 1),)


def test_a_lesson_keeps_unseen_examples_from_practice() -> None:
    lesson = prepare("greet", shown(("greet bob", "hi bob"), ("greet anna", "hi anna")))
    practised = {one.command for one in lesson.practice}
    assert lesson.shown == lesson.practice[:2]
    assert lesson.unseen and not practised & {one.command for one in lesson.unseen}


def test_demonstrations_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(TeachError, match="'go x' print different lines"):
        prepare("go", shown(("go x", "1"), ("go x", "2")))
    with pytest.raises(TeachError, match="no demonstration"):
        prepare("go", [])


def test_the_routines_of_evaluation_are_ten_kinds_of_six_and_ask_for_what_is_not_shown() -> None:
    everything = cases()
    assert len(KINDS) == 10 and len(everything) == 60 and len({case.name for case in everything}) == 60
    for case in everything:
        commands = {one.command for one in case.shown}
        assert len(commands) == SHOWN
        assert (case.kind == "lookups") != commands.isdisjoint(one.command for one in case.unseen)
        template = align(case.shown)
        assert template is not None
        for one in case.unseen:
            assert template.example(tuple(one.command.split(" ")[1:])) == one


def test_those_that_follow_are_made_of_what_stands_before() -> None:
    everything = following(unseen=3)
    assert [case.name for case in everything] == list(FOLLOWERS)
    names = {case.name for case in cases(unseen=0)}
    for case in everything:
        assert case.first in names and align(case.shown) is not None
        assert len({one.question for one in (*case.shown, *case.unseen)}) == SHOWN + 3
        assert all(one.before[0].command.startswith(f"{case.first} ") for one in case.shown)
