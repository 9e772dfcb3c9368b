"""A little of later worlds: loops, branches, functions, aliases, one-line Python."""

from random import Random

from trainer.grammar import words
from trainer.grammar.arithmetic import addends, difference
from trainer.grammar.reserved import RUNNABLE
from trainer.grammar.rule import Draft, family
from trainer.grammar.template import templated
from trainer.grammar.world import World

_LOOPS = templated(
    """
    4 for <i:1> in <items>; do echo $<i:1>; done
    1 for <i:1> in <items>; do echo <letters> $<i:1>; done
    1 for <i:1> in <items>; do echo "$<i:1> <letters>"; done
    1 for <i:1> in <items>; do echo -n "$<i:1> "; done; echo
    1 for <i:1> in <items>; do echo <letters>; done
    1 for <i:1> in 1 2 3; do echo $((<i:1>*<digit>)); done
    1 for ((<i:1>=0; <i:1><<digit>; <i:1>++)); do echo $<i:1>; done
    1 <i:1>=<small>; while [ $<i:1> -lt 6 ]; do echo $<i:1>; ((<i:1>++)); done
    1 <i:1>=<small>; while ((<i:1> > 0)); do echo $<i:1>; ((<i:1>--)); done
    1 for <i:1> in *; do echo $<i:1>; done
    """,
    i=lambda r, world: r.choice("ijkxnwf"),
    items=lambda r, world: r.choice(
        (
            " ".join(words.words(r, 2, 4, 16)),
            " ".join(words.letters(r) for _ in range(3)),
            f"{{{r.randint(1, 4)}..{r.randint(2, 6)}}}",
            f"$(seq {r.randint(2, 4)})",
            "1 2 3",
        )
    ),
)

_BRANCHES = templated(
    """
    2 if <test>; then echo <letters>; else echo <letters>; fi
    1 if <test>; then echo <letters>; fi
    1 <test> && echo <letters> || echo <letters>
    1 case <letters> in <letters>) echo <letters>;; *) echo <letters>;; esac
    1 case <letters:1> in <letters:1>) echo <letters>;; *) echo <letters>;; esac
    """,
    test=lambda r, world: r.choice(
        (
            f"[ {r.randint(0, 30)} -{r.choice(('gt', 'lt', 'eq', 'ge', 'ne'))} {r.randint(0, 30)} ]",
            f"(({r.randint(0, 30)} > {r.randint(0, 30)}))",
            f"[ {words.letters(r)} = {words.letters(r)} ]",
            r.choice(("true", "false")),
        )
    ),
)

_PYTHON = templated(
    """
    2 python3 -c "print(<a>+<number>)"
    1 python3 -c "print(<difference>)"
    1 python3 -c "print('<letters>')"
    1 python3 -c "print('<letters>'.upper())"
    1 python3 -c "print(len('<letters>'))"
    1 python3 -c "print('<letters>'[::-1])"
    1 python3 -c "print('<letters>' * <small>)"
    1 python3 -c "print(sorted([<number>, <number>, <number>]))"
    1 python3 -c "print(list(range(<digit>)))"
    1 python3 -c "for i in range(<small>): print(i)"
    """,
    a=lambda r, world: str(addends(r)[0]),
    difference=lambda r, world: "-".join(str(one) for one in difference(r)),
)


def define(r: Random, world: World) -> Draft | None:
    """A function or an alias that prints."""
    name, word = words.invented(r, 3, 7), words.letters(r)
    if name in RUNNABLE:
        return None
    if r.random() < 0.3:
        return Draft(f"alias {name}='echo {word}'", effect=lambda to: to.functions.append(name))
    body = r.choice(
        (
            f"echo {word}",
            f"echo {word} $1",
            f"echo {word} $1",
            "echo $1 $1",
            f"echo $2 {word} $1",
            "echo $(($1+$2))",
            f'echo "{word}: $@"',
            "echo $#",
        )
    )
    return Draft(f"{name}() {{ {body}; }}", effect=lambda to: to.functions.append(name))


def call(r: Random, world: World) -> Draft | None:
    """A function or an alias defined before."""
    if not world.functions:
        return None
    name = r.choice(world.functions)
    if r.random() < 0.15:
        return Draft(name)
    values = [str(r.randint(1, 40)) for _ in range(2)] if r.random() < 0.2 else words.words(r, 1, 2, 20)
    return Draft(" ".join((name, *values)))


FAMILY = family("control", ((5, _LOOPS), (3, _BRANCHES), (3, define), (8, call), (2, _PYTHON)))
