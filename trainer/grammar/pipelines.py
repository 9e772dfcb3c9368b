"""A little of later worlds: filters in a row."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, family
from trainer.grammar.world import World


def lines_through(r: Random, world: World) -> Draft:
    """A few lines through ``sort``, ``uniq``, ``head`` and their like."""
    found = [word.replace("%", "").replace("\\", "") or "x" for word in words.words(r, 2, 4, 20)]
    if r.random() < 0.3:
        found.append(r.choice(found))
    if r.random() < 0.25:
        found = [str(r.randint(0, 30)) for _ in range(r.randint(2, 5))]
    together = "\\n".join(found)
    source = f"printf '{together}\\n'" if r.random() < 0.6 else f"printf '%s\\n' {' '.join(found)}"
    tail = r.choice(("sort", "sort", "sort -r", "sort -n", "sort | uniq", "sort -u", "uniq", "head -n 1", "tail -n 1", "wc -l", "tac", "sort | head -n 1", f"grep {r.choice(found)}", "cat -n", "rev", "paste -sd,"))  # fmt: skip # noqa: E501
    return Draft(f"{source} | {tail}")


def words_through(r: Random, world: World) -> Draft:
    """A phrase through ``tr``, ``rev``, ``wc``, ``cut``, ``sed``."""
    found = words.words(r, 1, 3, 22)
    text, letter, other = " ".join(found), r.choice("abcdeilnorst"), r.choice("xyzAEIOU-_")
    tail = r.choice(("tr a-z A-Z", "tr a-z A-Z", "tr 'a-z' 'A-Z'", "tr A-Z a-z", f"tr {letter} {other}", f"tr -d {letter}", "rev", "rev", "wc -w", "wc -c", "wc -m", "cut -d' ' -f1", "cut -d ' ' -f 2", "cut -c1-3",
                     f"sed 's/{letter}/{other}/'", f"sed 's/{letter}/{other}/g'", "tr ' ' '\\n'", "tr ' ' '_'", "grep " + letter, "cat", "head -c 3; echo", "fold -w 4", "tr -s ' '", "xargs -n 1", "awk '{print $1}'", "awk '{print $2}'"))  # fmt: skip # noqa: E501
    quote = r.choice(("", "", '"', "'"))
    return Draft(f"echo {quote}{text}{quote} | {tail}")


def counting(r: Random, world: World) -> Draft:
    """``seq`` alone and through filters."""
    low, count = r.randint(0, 20), r.randint(1, 6)
    head = r.choice((f"seq {count}", f"seq {count}", f"seq {low} {low + count}", f"seq {low} {r.randint(2, 5)} {low + 2 * count}", f"seq -s, {count}", f"seq {count} -1 1", f"seq -w {low} {low + count}", f"seq -s ' ' {low} {low + count}"))  # fmt: skip # noqa: E501
    tail = r.choice(
        (
            "",
            "",
            "",
            " | tail -n 1",
            " | head -n 2",
            " | wc -l",
            " | sort -rn",
            " | tr '\\n' ' '; echo",
            " | paste -sd+",
            " | tac",
            " | rev",
            " | sort -r",
        )
    )
    return Draft(head + tail)


FAMILY = family("pipelines", ((3, lines_through), (4, words_through), (2, counting)))
