"""Variables: set, joined, exported, protected, forgotten; `recall` reads them back."""

from random import Random

from trainer.grammar import recall, words
from trainer.grammar.rule import Draft, Family, family, joined
from trainer.grammar.template import known_variable
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
    used = [name for name in world.variables if name not in world.readonly]
    if used and r.random() < 0.15:
        return r.choice(used)
    while (name := words.variable_name(r)) in world.readonly:
        pass
    return name


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


def copied(r: Random, world: World) -> Draft | None:
    """A variable made of others."""
    source, other = known_variable(r, world), known_variable(r, world)
    if source is None or other is None:
        return None
    name, word = _fresh(r, world), words.letters(r)
    one, two = world.variables[source], world.variables[other]
    typed, value = r.choice(
        (
            (f"${source}", one),
            (f"${source}", one),
            (f'"${source}"', one),
            (f'"${source} {word}"', f"{one} {word}"),
            (f'"{word} ${source}"', f"{word} {one}"),
            (f"${source}${other}", one + two),
            (f'"${source} ${other}"', f"{one} {two}"),
            (f"{word}${source}", word + one),
            (f"${{{source}}}{word}", one + word),
            (f"'${source}'", f"${source}"),
            (f"${source}-${other}", f"{one}-{two}"),
            (f"${{{source}^^}}", one.upper()),
            (f"${{#{source}}}", str(len(one))),
            (f"$(echo ${source})", one),
        )
    )
    return None if len(value) > 40 else Draft(f"{name}={typed}", effect=lambda to: to.assign(name, value))


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
    command, value = r.choice(
        (("whoami", "user"), ("pwd", world.cwd), ("hostname", "neuralsh"), ("date +%Y", "2024"))
        + ((f"echo {word}", word), (f"echo {word} | tr a-z A-Z", word.upper())) * 2
    )
    return Draft(f"{name}=$({command})", effect=lambda to: to.assign(name, value))


def export(r: Random, world: World) -> Draft:
    """``export``, of a new variable or an old one."""
    known = known_variable(r, world)
    if known is not None and r.random() < 0.4:
        return Draft(f"export {known}", effect=lambda to: to.exported.add(known))
    name, (typed, kept) = _fresh(r, world), _value(r)

    def effect(to: World) -> None:
        to.assign(name, kept)
        to.exported.add(name)

    return Draft(f"export {name}={typed}", effect=effect)


def forget(r: Random, world: World) -> Draft | None:
    """``unset``, alone or shown at once."""
    name = known_variable(r, world)
    if name is None or name in world.readonly or r.random() < 0.1:
        name, (typed, _) = _fresh(r, world), _value(r)
        return Draft(f'{name}={typed}; unset {name}; echo "[${name}]"', effect=lambda to: to.forget(name))
    tail = r.choice((*[""] * 6, f"; echo ${name}", f'; echo "[${name}]"'))
    return Draft(f"unset {name}{tail}", effect=lambda to: to.forget(name))


def protect(r: Random, world: World) -> Draft:
    """``readonly``, and what happens when one is assigned all the same."""
    if world.readonly and r.random() < 0.8:
        name = r.choice(sorted(world.readonly))
        return Draft(f"{name}={words.word(r)}" if r.random() < 0.8 else f"unset {name}")
    name, (typed, kept) = _fresh(r, world), _value(r)

    def effect(to: World) -> None:
        to.assign(name, kept)
        to.readonly.add(name)

    return Draft(f"readonly {name}={typed}", effect=effect)


def given(r: Random, world: World) -> Draft:
    """Values that come by other ways: ``read``, an array, one command's own environment."""
    name, items = _fresh(r, world), words.words(r, 2, 4, 24)
    draw = r.random()
    if draw < 0.4:
        return Draft(f"read {name} <<< {items[0]}", effect=lambda to: to.assign(name, items[0]))
    if draw < 0.7:
        form = r.choice(
            (f"${{{name}[{r.randrange(len(items))}]}}", f"${{{name}[@]}}", f"${{#{name}[@]}}", f"${{{name}[-1]}}")
        )
        return Draft(f"{name}=({' '.join(items)}); echo {form}", effect=lambda to: to.forget(name))
    return Draft(f"{name}={items[0]} bash -c 'echo ${name}'")


_WRITES: Family = family("variables", ((8, assign), (2, copied), (1, export), (1, extended)))
_READS: Family = family(
    "variables", ((5, recall.alone), (2, recall.several), (3, recall.among_words), (1, recall.measured))
)

FAMILY = family(
    "variables",
    (
        (34, assign),
        (3, assign_two),
        (30, recall.alone),
        (17, recall.several),
        (22, recall.among_words),
        (5, recall.unset),
        (10, recall.measured),
        (4, recall.replaced),
        (9, copied),
        (4, extended),
        (4, from_command),
        (6, export),
        (5, recall.exported),
        (6, forget),
        (4, recall.compared),
        (1.5, protect),
        (3, given),
        (7, joined(_WRITES, _READS, ("; ", "; ", " && ", ";"))),
    ),
)
