"""A little of later worlds: filters in a row."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, family
from trainer.grammar.template import templated
from trainer.grammar.world import World

_LINE_FILTERS = (
    "sort",
    "sort",
    "sort -r",
    "sort -n",
    "sort | uniq",
    "sort -u",
    "uniq",
    "head -n 1",
    "tail -n 1",
    "wc -l",
)
_MORE_FILTERS = (
    "tac",
    "sort | head -n 1",
    "cat -n",
    "rev",
    "paste -sd,",
    "uniq -c",
    "sort | uniq -c",
    "tr a-z A-Z",
    "nl",
)


def lines_through(r: Random, world: World) -> Draft:
    """A few lines through ``sort``, ``uniq``, ``head`` and their like."""
    found = [word.replace("%", "") or "x" for word in words.words(r, 2, 4, 20)]
    if r.random() < 0.3:
        found.append(r.choice(found))
    if r.random() < 0.25:
        found = [str(r.randint(0, 30)) for _ in range(r.randint(2, 5))]
    together = r"\n".join(found)
    source = r.choice(
        (
            rf"printf '{together}\n'",
            rf"printf '{together}\n'",
            rf"printf '%s\n' {' '.join(found)}",
            f"echo -e '{together}'",
        )
    )
    return Draft(f"{source} | {r.choice((*_LINE_FILTERS, *_MORE_FILTERS, f'grep {r.choice(found)}'))}")


_WORDS_THROUGH = templated(
    r"""
    4 echo <text> | tr a-z A-Z
    1 echo "<text>" | tr 'a-z' 'A-Z'
    1 echo <text> | tr A-Z a-z
    2 echo <text> | tr <letter> <sign>
    1 echo <text> | tr -d <letter>
    4 echo <text> | rev
    3 echo <text> | wc -w
    2 echo <text> | wc -c
    1 echo -n <text> | wc -c
    2 echo <text> | cut -d' ' -f1
    1 echo <text> | cut -d ' ' -f 2
    1 echo <text> | cut -c1-<small>
    1 echo <letters>,<letters> | cut -d, -f2
    1 echo <letters>:<letters>:<letters> | cut -d: -f<small>
    2 echo <text> | sed 's/<letter>/<sign>/'
    1 echo <text> | sed 's/<letter>/<sign>/g'
    1 echo <text> | sed 's/^/<letters> /'
    1 echo <text> | tr ' ' '\n'
    1 echo <text> | tr ' ' '_'
    1 echo <text> | grep <letter>
    1 echo <text> | grep -o <letter> | wc -l
    1 echo <text> | fold -w 4
    1 echo "<letters>   <letters>" | tr -s ' '
    1 echo <text> | xargs -n 1
    1 echo <text> | tee /dev/null | rev
    1 rev <<< <word>
    1 tr a-z A-Z <<< "<text>"
    """,
    sign=lambda r, world: r.choice("xyzAEIOU-_"),
)


def counting(r: Random, world: World) -> Draft:
    """``seq`` alone and through filters; now and then long enough to scroll."""
    low, count = (r.randint(0, 20), r.randint(1, 6) if r.random() < 0.9 else r.randint(7, 30))
    ways = (
        f"{count}",
        f"{count}",
        f"{low} {low + count}",
        f"{low} 2 {low + 2 * count}",
        f"-s, {count}",
        f"{count} -1 1",
        f"-s ' ' {low} {low + count}",
    )
    filters = ("tail -n 1", "head -n 2", "wc -l", "sort -rn", "paste -sd+", "tac", "sort -r", "tr '\\n' ' '; echo")
    tail = f" | {r.choice(filters)}" if r.random() < 0.6 else ""
    return Draft(f"seq {r.choice(ways)}{tail}")


FAMILY = family("pipelines", ((3, lines_through), (4, _WORDS_THROUGH), (2, counting)))
