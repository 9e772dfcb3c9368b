"""Variables read back: alone, together, among words, measured, cut, compared."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft
from trainer.grammar.template import known_variable, templated
from trainer.grammar.vocabulary import TAKEN
from trainer.grammar.world import World


def _unset(r: Random, world: World) -> str | None:
    """A name that was never set, was unset, or is spelt in the other case."""
    known = known_variable(r, world)
    name = words.variable_name(r)
    if world.forgotten and r.random() < 0.8:
        name = r.choice(world.forgotten)
    elif known and r.random() < 0.35:
        name = known.swapcase()
    return None if name in world.variables or name in TAKEN else name


alone = templated(
    """
    12 echo $<var>
    5 echo "$<var>"
    3 echo ${<var>}
    2 echo "${<var>}"
    2 echo '$<var>'
    1 printf '%s\\n' "$<var>"
    1 printf '%s\\n' $<var>
    """
)
"""One variable and nothing else."""

several = templated(
    """
    6 echo $<var> $<var>
    4 echo "$<var> $<var>"
    2 echo $<var>$<var>
    1 echo "$<var>$<var>"
    2 echo "$<var> <letters> $<var>"
    1 echo $<var> <letters> $<var>
    1 echo "$<var> <letters> $<var> <letters>"
    1 echo "<letters> $<var> <letters> $<var>"
    1 echo $<var>-$<var>
    1 echo $<var>/$<var>
    1 echo "$<var>: $<var>"
    1 echo $<var>.$<var>
    1 echo ${<var>}_${<var>}
    1 echo ${<var>}${<var>}
    1 echo "$<var>, $<var>"
    1 echo $<var>,$<var>
    1 echo $<var> '$<var>'
    1 echo "$<var:1> $<var:1>"
    1 echo $<var:1>$<var:1>
    2 echo $<var> $<var> $<var>
    1 echo "$<var> $<var> $<var>"
    1 echo $<var>-$<var>-$<var>
    1 echo $<var>; echo $<var>
    """
)
"""Two or three variables, apart or joined."""

among_words = templated(
    r"""
    4 echo <letters> $<var>
    2 echo $<var> <letters>
    4 echo "<letters> $<var>"
    2 echo "<letters> $<var> <word>"
    2 echo "$<var> <letters>"
    2 echo <letters> $<var> <word>
    4 echo ${<var>}<letters>
    3 echo <letters>$<var>
    2 echo "<letters>: $<var>"
    1 echo "<letters>=$<var>"
    1 echo <letters>=$<var>
    2 echo "${<var>}<letters>"
    1 echo "<letters>${<var>}<word>"
    1 echo ${<var>}_<letters>
    1 echo $<var>.<letters>
    1 echo $<var>/<letters>
    1 echo <letters>/$<var>
    1 echo <letters>-$<var>
    1 echo "[$<var>]"
    1 echo "<$<var>>"
    1 echo "<var:1> is $<var:1>"
    1 echo "<var:1>=$<var:1>"
    1 echo <var:1> = $<var:1>
    2 echo '<letters> $<var>'
    1 echo $<var><letters>
    1 echo $<var>_<letters>
    1 echo <letters> '$<var>'
    1 echo <letters> "$<var>"
    2 echo "<letters>, $<var>!"
    2 echo "Hello, $<var>!"
    1 echo Hello $<var>
    1 echo '<letters>' $<var>
    1 echo <letters> \$<var>
    1 echo "\$<var:1> is $<var:1>"
    1 echo "<text> $<var> <text>"
    1 echo "'$<var>'"
    1 echo \"$<var>\"
    """
)
"""A variable among or against words."""

unset = templated(
    """
    4 echo $<unset>
    2 echo "$<unset>"
    1 echo <letters> $<unset>
    1 echo "[$<unset>]"
    1 echo ${<unset>:-<letters>}
    1 echo ${#<unset>}
    1 echo $<unset> <letters>
    1 echo $<unset>$<var>
    1 [ -z "$<unset>" ] && echo <letters>
    1 printenv <unset>
    1 echo "<letters>${<unset>}<letters>"
    """,
    unset=_unset,
)
"""A variable that has no value."""

measured = templated(
    """
    4 echo ${#<var>}
    3 echo ${<var>^^}
    2 echo ${<var>,,}
    1 echo ${<var>^}
    1 echo "${<var>^^}"
    1 echo ${<var>,}
    2 echo ${<var>:0:<small>}
    1 echo ${<var>:<small>}
    1 echo ${<var>: -<small>}
    1 echo ${<var>:<small>:<small>}
    2 echo ${<var>:-<letters>}
    1 echo ${<var>:+<letters>}
    1 echo "${<var>:0:1}"
    1 echo -n $<var> | wc -c
    1 echo $<var> | wc -w
    1 echo $<var> | rev
    1 echo $<var> | tr a-z A-Z
    """
)
"""Length, case, slices, defaults."""

exported = templated(
    """
    6 printenv <out>
    3 bash -c 'echo $<out>'
    1 bash -c 'echo "[$<out>]"'
    2 env | grep ^<out>=
    1 printenv <out>; echo $?
    1 declare -p <out>
    1 (echo $<out>)
    1 sh -c 'echo $<out>'
    1 python3 -c 'import os; print(os.environ["<out>"])'
    """,
    out=lambda r, world: (
        r.choice(sorted(world.exported)) if world.exported and r.random() < 0.85 else known_variable(r, world)
    ),
)
"""What child processes see."""


def replaced(r: Random, world: World) -> Draft | None:
    """Parts of a value replaced or stripped."""
    name = known_variable(r, world)
    if name is None or not world.variables[name]:
        return None
    value = world.variables[name]
    at = r.randrange(len(value))
    old, new = value[at : at + r.randint(1, 2)], words.letters(r)[: r.randint(1, 4)]
    head, tail = value[: r.randint(1, 2)], value[-r.randint(1, 2) :]
    if not (old + head + tail).isalnum():
        return None
    cut = r.choice(
        (
            f"/{old}/{new}",
            f"/{old}/{new}",
            f"//{old}/{new}",
            f"/{old}",
            f"//{old}",
            f"%{tail}",
            f"#{head}",
            "%.*",
            "##*.",
            "#* ",
        )
    )
    return Draft(f"echo ${{{name}{cut}}}")


_COMPARE_FORMS = (
    '[ "${0}" = "{1}" ] && echo yes || echo no',
    '[ "${0}" = "{1}" ] && echo {2}',
    '[ "${0}" = "{1}" ]; echo $?',
    '[[ ${0} == "{1}" ]] && echo yes || echo no',
    '[ "${0}" != "{1}" ] && echo {2}',
    '[ -z "${0}" ] && echo empty || echo set',
    '[ -n "${0}" ] && echo {2}',
    'test "${0}" = "{1}" && echo same',
)


def compared(r: Random, world: World) -> Draft | None:
    """Tests of a value."""
    name = known_variable(r, world)
    if name is None or '"' in world.variables[name] or "$" in world.variables[name]:
        return None
    guess = world.variables[name] if r.random() < 0.5 else words.letters(r)
    return Draft(r.choice(_COMPARE_FORMS).format(name, guess, words.letters(r)))
