"""A little of later worlds: loops, branches, functions, aliases, one-line Python."""

from random import Random

from trainer.grammar import words
from trainer.grammar.arithmetic import addends, difference
from trainer.grammar.rule import Draft, family
from trainer.grammar.world import World


def loop(r: Random, world: World) -> Draft:
    """``for`` over words, numbers and ranges."""
    name, items = r.choice("ijkxnwf"), words.words(r, 2, 4, 16)
    low = r.randint(1, 5)
    source = r.choice(
        (
            " ".join(items),
            " ".join(items),
            f"{{{low}..{low + r.randint(1, 4)}}}",
            f"$(seq {r.randint(2, 4)})",
            "1 2 3",
            " ".join(r.sample("abcdefg", 3)),
        )
    )
    body = r.choice((f"echo ${name}", f"echo ${name}", f"echo ${name}", f"echo {words.letters(r)} ${name}", f"echo -n ${name}", f'echo "${name} {words.letters(r)}"', f"echo {words.letters(r)}"))  # fmt: skip
    return Draft(f"for {name} in {source}; do {body}; done")


def count_loop(r: Random, world: World) -> Draft:
    """``for ((...))`` and ``while``."""
    name, low, high = r.choice("ijkn"), r.randint(0, 4), r.randint(5, 8)
    form = r.choice(("for (({0}={1}; {0}<{2}; {0}++)); do echo ${0}; done", "{0}={1}; while [ ${0} -lt {2} ]; do echo ${0}; (({0}++)); done", "{0}={2}; while (({0} > {1})); do echo ${0}; (({0}--)); done"))  # fmt: skip # noqa: E501
    return Draft(form.format(name, low, high))


def branch(r: Random, world: World) -> Draft:
    """``if`` and ``case`` on one line."""
    a, b = r.randint(0, 30), r.randint(0, 30)
    one, two, three = words.letters(r), words.letters(r), words.letters(r)
    test = r.choice(
        (
            f"[ {a} -gt {b} ]",
            f"[ {a} -lt {b} ]",
            f"[ {a} -eq {r.choice((a, b))} ]",
            f"[ {one} = {r.choice((one, two))} ]",
            "true",
            "false",
            f"(({a} > {b}))",
        )
    )
    if r.random() < 0.2:
        return Draft(f"case {one} in {r.choice((one, two))}) echo {two};; *) echo {three};; esac")
    tail = f"; else echo {three}" if r.random() < 0.5 else ""
    return Draft(f"if {test}; then echo {two}{tail}; fi")


def define(r: Random, world: World) -> Draft:
    """A function or an alias that prints."""
    name, word = words.invented(r, 3, 7), words.letters(r)
    if r.random() < 0.3:
        text = f"alias {name}='echo {word}'"
    else:
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
        text = f"{name}() {{ {body}; }}"
    return Draft(text, effect=lambda to: to.functions.append(name))


def call(r: Random, world: World) -> Draft | None:
    """A function or an alias defined before."""
    if not world.functions:
        return None
    name = r.choice(world.functions)
    values = [str(r.randint(1, 40)) for _ in range(2)] if r.random() < 0.2 else words.words(r, 1, 2, 20)
    return Draft(" ".join([name, *values]) if r.random() < 0.85 else name)


def python(r: Random, world: World) -> Draft:
    """One line of Python."""
    a, b = addends(r)
    c, d = difference(r)
    word = words.letters(r)
    form = r.choice(("print({a}+{b})", "print({c}-{d})", "print('{w}')", "print('{w}'.upper())", "print(len('{w}'))", "print('{w}'[::-1])", "print({a}*2)", "print(sorted([{a},{b},{c}]))", "print('{w}' * 2)", "print(list(range({e})))"))  # fmt: skip # noqa: E501
    return Draft(f'python3 -c "{form.format(a=a, b=b, c=c, d=d, w=word, e=r.randint(1, 6))}"')


FAMILY = family("control", ((4, loop), (1, count_loop), (3, branch), (3, define), (8, call), (2, python)))
