"""Sessions at other prompts: the same lines, the prompt on screen is the one drawn, the same again by seed."""

from itertools import islice

from trainer.grammar.plain import plain_sessions
from trainer.grammar.prompts import VARIABLE, prompted
from trainer.record import record
from trainer.screen import Screen, text_lines
from trainer.targets import apply, trace


def test_only_the_prompt_changes_and_the_seed_sets_it() -> None:
    scripts = list(islice(plain_sessions(1, split="train"), 200))
    once, again, other = (list(prompted(scripts, seed)) for seed in (1, 1, 2))
    assert once == again != other
    assert [script.lines for script in once] == [script.lines for script in scripts]
    assert len({dict(script.environment)[VARIABLE] for script in once}) > 150


def test_a_session_is_recorded_at_its_prompt_and_nothing_else_tells_of_it() -> None:
    (script,) = islice(plain_sessions(1, split="train", turns=(2, 3)), 1)
    prompt = r"[\[\e[1;34m\]ann@mill\[\e[0m\]:\W]❯ "
    lines = (*script.lines[:1], type(script.lines[0])(f"printenv {VARIABLE}; echo ${VARIABLE}."))
    item = trace(record(type(script)(lines, 3, environment=((VARIABLE, prompt),))))
    shown = [text_lines(Screen(cells)) for cells in apply(item)]
    assert shown[0][0].startswith("[ann@mill:~]❯")
    last = [line for line in shown[-1] if line]
    assert last[-2] == "." and last[-1].startswith("[ann@mill:~]❯")
