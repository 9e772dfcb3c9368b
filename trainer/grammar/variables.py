"""Variables: set, read back near and far, joined, measured, exported, forgotten."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, Family, family, joined
from trainer.grammar.world import World


def _value(r: Random) -> tuple[str, str]:
    """A value as typed and as kept."""
    draw = r.random()
    if draw < 0.5:
        text = words.word(r)
        quote = r.choice(("", "", "", "", '"', "'"))
    elif draw < 0.65:
        text, quote = words.number(r), ""
    elif draw < 0.9:
        text = " ".join(words.words(r, 2, 4, 26))
        quote = r.choice('""\'')
    elif draw < 0.95:
        text, quote = words.file_name(r), ""
    elif draw < 0.98:
        text, quote = f"/{words.letters(r)}/{words.letters(r)}", ""
    else:
        text, quote = "", r.choice(('"', ""))
    return f"{quote}{text}{quote}", text


def _fresh(r: Random, world: World) -> str:
    """A name that may be assigned; sometimes one that is in use."""
    free = [name for name in world.variables if name not in world.readonly]
    if free and r.random() < 0.15:
        return r.choice(free)
    while (name := words.variable_name(r)) in world.readonly:
        pass
    return name


def _known(r: Random, world: World) -> str | None:
    """A name that was set earlier in the session, at any distance."""
    return r.choice(list(world.variables)) if world.variables else None


def assign(r: Random, world: World) -> Draft:
    """``X=word``."""
    name, (typed, kept) = _fresh(r, world), _value(r)
    return Draft(f"{name}={typed}", effect=lambda to: to.assign(name, kept))


def assign_two(r: Random, world: World) -> Draft | None:
    """``A=1 B=2`` or with a semicolon."""
    (one, (typed_one, kept_one)), (two, (typed_two, kept_two)) = ((_fresh(r, world), _value(r)) for _ in range(2))
    if one == two or len(typed_one) + len(typed_two) > 36:
        return None

    def both(to: World) -> None:
        to.assign(one, kept_one)
        to.assign(two, kept_two)

    return Draft(f"{one}={typed_one}{r.choice((' ', '; '))}{two}={typed_two}", effect=both)


def read(r: Random, world: World) -> Draft | None:
    """One variable, alone."""
    name = _known(r, world)
    if name is None:
        return None
    form = r.choice(("echo ${0}", "echo ${0}", "echo ${0}", "echo ${0}", 'echo "${0}"', 'echo "${0}"', "echo ${{{0}}}", 'echo "${{{0}}}"', "echo '${0}'", "printf '%s\\n' \"${0}\"", "printf '%s\\n' ${0}"))  # fmt: skip # noqa: E501
    return Draft(form.format(name))


def read_two(r: Random, world: World) -> Draft | None:
    """Several variables on one line, apart or joined."""
    if len(world.variables) < 2:
        return None
    names = list(world.variables)
    one, two = r.sample(names, 2) if r.random() < 0.9 else (r.choice(names),) * 2
    form = r.choice(("echo ${0} ${1}", "echo ${0} ${1}", "echo ${0} ${1}", 'echo "${0} ${1}"', 'echo "${0} ${1}"', "echo ${0}${1}", 'echo "${0}${1}"',
                     'echo "${0} {2} ${1}"', "echo ${0} {2} ${1}", "echo ${0}-${1}", "echo ${0}/${1}", 'echo "${0}: ${1}"', "echo ${0}.${1}",
                     "echo ${{{0}}}_${{{1}}}", "echo ${{{0}}}${{{1}}}", 'echo "${0}, ${1}"', "echo ${1} ${0}", "echo ${0} '${1}'", "echo ${0},${1}"))  # fmt: skip # noqa: E501
    return Draft(form.format(one, two, words.letters(r)))


def read_three(r: Random, world: World) -> Draft | None:
    """Three variables on one line."""
    if len(world.variables) < 3:
        return None
    names = r.sample(list(world.variables), 3)
    return Draft(
        r.choice(("echo ${} ${} ${}", 'echo "${} ${} ${}"', "echo ${}${}${}", "echo ${}-${}-${}")).format(*names)
    )


def read_among_words(r: Random, world: World) -> Draft | None:
    """A variable among or against words."""
    name = _known(r, world)
    if name is None:
        return None
    word, other = words.letters(r), words.word(r)
    form = r.choice(("echo {1} ${0}", "echo {1} ${0}", "echo ${0} {1}", 'echo "{1} ${0}"', 'echo "{1} ${0}"', 'echo "{1} ${0} {2}"', 'echo "${0} {1}"', "echo {1} ${0} {2}",
                     "echo ${{{0}}}{1}", "echo ${{{0}}}{1}", "echo {1}${0}", "echo {1}${0}", 'echo "{1}: ${0}"', 'echo "{1}=${0}"', "echo {1}=${0}", 'echo "${{{0}}}{1}"',
                     'echo "{1}${{{0}}}{2}"', "echo ${{{0}}}_{1}", "echo ${0}.{1}", "echo ${0}/{1}", "echo {1}/${0}", "echo {1}-${0}", 'echo "[${0}]"', 'echo "<${0}>"', 'echo "({0}) ${0}"',
                     "echo '{1} ${0}'", "echo ${0}{1}", "echo ${0}_{1}", 'echo "{0} is ${0}"', "echo {0} = ${0}", "echo {1} '${0}'", "echo {1} \"${0}\"", "echo \"{1}, ${0}!\"", "echo '{1}' ${0}",
                     "echo {1} \\${0}", 'echo "\\${0} is ${0}"'))  # fmt: skip
    return Draft(form.format(name, word, other))


def unknown(r: Random, world: World) -> Draft | None:
    """A variable that was never set, was unset, or is spelt in the other case."""
    known = _known(r, world)
    name = words.variable_name(r)
    if world.forgotten and r.random() < 0.8:
        name = r.choice(world.forgotten)
    elif known and r.random() < 0.35:
        name = known.swapcase()
    if name in world.variables or name in words.TAKEN:
        return None
    form = r.choice(("echo ${0}", "echo ${0}", 'echo "${0}"', "echo {1} ${0}", 'echo "[${0}]"', "echo ${{{0}:-{1}}}", "echo ${{#{0}}}", "echo ${0} {1}", '[ -z "${0}" ] && echo {1}'))  # fmt: skip # noqa: E501
    return Draft(form.format(name, words.letters(r)))


def measure(r: Random, world: World) -> Draft | None:
    """Length, case, slices, defaults."""
    name = _known(r, world)
    if name is None:
        return None
    word = words.letters(r)
    form = r.choice(("${{#{0}}}", "${{#{0}}}", "${{#{0}}}", "${{{0}^^}}", "${{{0}^^}}", "${{{0},,}}", "${{{0}^}}", "${{{0}:0:{2}}}", "${{{0}:{2}}}", "${{{0}: -{2}}}", "${{{0}:{2}:{3}}}",
                     "${{{0}:-{1}}}", "${{{0}:+{1}}}", "${{{0},}}"))  # fmt: skip
    quote = '"' if r.random() < 0.15 else ""
    return Draft(f"echo {quote}{form.format(name, word, r.randint(1, 4), r.randint(1, 4))}{quote}")


def replace(r: Random, world: World) -> Draft | None:
    """Parts of a value replaced or stripped."""
    name = _known(r, world)
    if name is None or not world.variables[name]:
        return None
    value = world.variables[name]
    at = r.randrange(len(value))
    old, new = value[at : at + r.randint(1, 2)], words.letters(r)[: r.randint(1, 4)]
    if not old.isalnum():
        return None
    form = r.choice(("${{{0}/{1}/{2}}}", "${{{0}/{1}/{2}}}", "${{{0}//{1}/{2}}}", "${{{0}/{1}}}", "${{{0}//{1}}}", "${{{0}%{3}}}", "${{{0}#{4}}}", "${{{0}%.*}}", "${{{0}##*.}}", "${{{0}%% *}}", "${{{0}#* }}"))  # fmt: skip # noqa: E501
    tail, head = value[-r.randint(1, 2) :], value[: r.randint(1, 2)]
    if not (tail.isalnum() and head.isalnum()):
        return None
    return Draft(f"echo {form.format(name, old, new, tail, head)}")


def copied(r: Random, world: World) -> Draft | None:
    """A variable made of others."""
    source = _known(r, world)
    if source is None:
        return None
    name, other, word = _fresh(r, world), _known(r, world) or source, words.letters(r)
    typed, kept = r.choice(
        (
            (f"${source}", "{0}"), (f"${source}", "{0}"), (f'"${source}"', "{0}"), (f'"${source} {word}"', "{0} {2}"), (f'"{word} ${source}"', "{2} {0}"),
            (f"${source}${other}", "{0}{1}"), (f'"${source} ${other}"', "{0} {1}"), (f"{word}${source}", "{2}{0}"), (f"${{{source}}}{word}", "{0}{2}"),
            (f"'${source}'", f"${source}"), (f"${source}-${other}", "{0}-{1}"), (f"${{{source}^^}}", "{0}"), (f"$(echo ${source})", "{0}"),
        )
    )  # fmt: skip # noqa: RUF100
    value = kept.replace("{0}", world.variables[source]).replace("{1}", world.variables[other]).replace("{2}", word)
    if len(value) > 40:
        return None
    return Draft(f"{name}={typed}", effect=lambda to: to.assign(name, value))


def extended(r: Random, world: World) -> Draft | None:
    """``X+=more`` or ``X=$X...``."""
    names = [name for name, value in world.variables.items() if name not in world.readonly and len(value) < 24]
    if not names:
        return None
    name, word = r.choice(names), words.word(r)
    old = world.variables[name]
    text, value = r.choice(
        (
            (f"{name}+={word}", old + word),
            (f'{name}+=" {word}"', f"{old} {word}"),
            (f'{name}="${name} {word}"', f"{old} {word}"),
            (f"{name}=${{{name}}}{word}", old + word),
            (f"{name}={word}${name}", word + old),
        )
    )
    return Draft(text, effect=lambda to: to.assign(name, value))


def from_command(r: Random, world: World) -> Draft:
    """A variable that keeps what a command prints."""
    name, word = _fresh(r, world), words.word(r)
    command, value = r.choice((("whoami", "user"), ("pwd", world.cwd), ("hostname", "neuralsh"), (f"echo {word}", word), (f"echo {word}", word), ("date +%Y", "2024"), ("basename $PWD", "user"), (f"printf {word.replace('%', '')}", word)))  # fmt: skip # noqa: E501
    return Draft(f"{name}=$({command})", effect=lambda to: to.assign(name, value))


def export(r: Random, world: World) -> Draft | None:
    """``export``, of a new variable or an old one."""
    known = _known(r, world)
    if known is not None and r.random() < 0.4:
        return Draft(f"export {known}", effect=lambda to: to.exported.add(known))
    name, (typed, kept) = _fresh(r, world), _value(r)

    def effect(to: World) -> None:
        to.assign(name, kept)
        to.exported.add(name)

    return Draft(f"export {name}={typed}", effect=effect)


def exported(r: Random, world: World) -> Draft | None:
    """What child processes see."""
    name = r.choice(sorted(world.exported)) if world.exported and r.random() < 0.75 else _known(r, world)
    if name is None:
        return None
    form = r.choice(("printenv {0}", "printenv {0}", "printenv {0}", "bash -c 'echo ${0}'", "env | grep ^{0}=", "printenv {0}; echo $?", "declare -p {0}", "bash -c 'echo [${0}]'", "(echo ${0})"))  # fmt: skip # noqa: E501
    return Draft(form.format(name))


def forget(r: Random, world: World) -> Draft | None:
    """``unset``."""
    name = _known(r, world)
    if name is None:
        return None
    return Draft(f"unset {name}" + (f"; echo ${name}" if r.random() < 0.15 else ""), effect=lambda to: to.forget(name))


def forgotten(r: Random, world: World) -> Draft | None:
    """Set, forgotten, read on one line."""
    name, (typed, _) = _fresh(r, world), _value(r)
    return Draft(f'{name}={typed}; unset {name}; echo "[${name}]"', effect=lambda to: to.forget(name))


def compare(r: Random, world: World) -> Draft | None:
    """Tests of a value."""
    name = _known(r, world)
    if name is None:
        return None
    value = world.variables[name]
    if '"' in value or "$" in value:
        return None
    guess = value if r.random() < 0.5 else words.letters(r)
    form = r.choice(('[ "${0}" = "{1}" ] && echo yes || echo no', '[ "${0}" = "{1}" ] && echo {2}', '[ "${0}" = "{1}" ]; echo $?', '[[ ${0} == "{1}" ]] && echo yes || echo no',
                     '[ "${0}" != "{1}" ] && echo {2}', '[ -z "${0}" ] && echo empty || echo set', '[ -n "${0}" ] && echo {2}', 'test "${0}" = "{1}" && echo same'))  # fmt: skip # noqa: E501
    return Draft(form.format(name, guess, words.letters(r)))


def protect(r: Random, world: World) -> Draft:
    """``readonly``."""
    name, (typed, kept) = _fresh(r, world), _value(r)

    def effect(to: World) -> None:
        to.assign(name, kept)
        to.readonly.add(name)

    return Draft(f"readonly {name}={typed}", effect=effect)


def break_protection(r: Random, world: World) -> Draft | None:
    """An assignment to a read-only variable."""
    if not world.readonly:
        return None
    name = r.choice(sorted(world.readonly))
    return Draft(f"{name}={words.word(r)}" if r.random() < 0.8 else f"unset {name}")


def array(r: Random, world: World) -> Draft:
    """An array made and read on one line."""
    name, items = _fresh(r, world), words.words(r, 2, 4, 24)
    at = r.randrange(len(items))
    form = r.choice(("${{{0}[{1}]}}", "${{{0}[@]}}", "${{#{0}[@]}}", "${{{0}[-1]}}", "${0}"))
    return Draft(f"{name}=({' '.join(items)}); echo {form.format(name, at)}", effect=lambda to: to.forget(name))


def given(r: Random, world: World) -> Draft:
    """``read`` from a here-string, and a variable for one command only."""
    name, word = _fresh(r, world), words.word(r)
    if r.random() < 0.6:
        return Draft(f"read {name} <<< {word}", effect=lambda to: to.assign(name, word))
    return Draft(f"{name}={word} bash -c 'echo ${name}'")


_WRITES: Family = family("variables", ((8, assign), (2, copied), (1, export), (1, extended)))
_READS: Family = family("variables", ((5, read), (2, read_two), (3, read_among_words), (1, measure)))

FAMILY = family(
    "variables",
    (
        (34, assign),
        (3, assign_two),
        (30, read),
        (14, read_two),
        (5, read_three),
        (22, read_among_words),
        (5, unknown),
        (10, measure),
        (4, replace),
        (9, copied),
        (4, extended),
        (4, from_command),
        (6, export),
        (5, exported),
        (5, forget),
        (1, forgotten),
        (4, compare),
        (0.7, protect),
        (3, break_protection),
        (1.5, array),
        (1.5, given),
        (7, joined(_WRITES, _READS, ("; ", "; ", " && ", ";"))),
    ),
)
