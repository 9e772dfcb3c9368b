"""Echo, printf and quoting: what a shell does to words before a command sees them."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, Family, family, fixed
from trainer.grammar.world import World


def plain(r: Random, world: World) -> Draft:
    """``echo`` and words."""
    return Draft(f"echo {words.phrase(r)}")


def one_word(r: Random, world: World) -> Draft:
    """``echo`` and one word."""
    return Draft(f"echo {words.word(r)}")


def collapsed(r: Random, world: World) -> Draft:
    """Runs of spaces between unquoted words."""
    return Draft(f"echo {(' ' * r.randint(2, 5)).join(words.words(r, 2, 4))}")


def quoted(r: Random, world: World) -> Draft:
    """One quoted text."""
    quote = r.choice('""\'')
    text = words.quoted_text(r) if r.random() < 0.5 else words.phrase(r)
    return Draft(f"echo {quote}{text}{quote}")


def _piece(r: Random) -> str:
    """A word or short text in some or no quotes."""
    quote = r.choice(("", "'", '"'))
    text = words.word(r) if not quote or r.random() < 0.6 else " ".join(words.words(r, 2, 3, 18))
    return f"{quote}{text}{quote}"


def mixed(r: Random, world: World) -> Draft:
    """Words in different quotes, apart or touching."""
    sign = r.choice((" ", " ", " ", "", "  "))
    return Draft(f"echo {sign.join(_piece(r) for _ in range(r.randint(2, 3)))}")


def quotes_inside(r: Random, world: World) -> Draft:
    """One kind of quote shown by means of the other, or by a backslash."""
    one, two, three = words.word(r), words.word(r), words.word(r)
    form = r.choice(
        (
            "echo \"{0}'s {1}\"", "echo '{0} \"{1}\" {2}'", 'echo "{0} \\"{1}\\" {2}"', "echo {0}\\'s {1}", "echo \"'{0}'\"",
            "echo '\"{0}\"'", 'echo \\"{0}\\"', "echo \"it's {0}\"", "echo it\\'s {0} {1}", 'echo "{0} said \\"{1}\\""',
            "echo 'say \"{0}\"'", "echo \"don't {0}\"", "echo '{0}'\\''s {1}'", "echo \\'{0}\\'", "echo '{0}'\"'\"'{1}'",
            "echo \"{0} '{1}'\"", "echo $'{0}\\'s {1}'",
        )
    )  # fmt: skip
    return Draft(form.format(one, two, three))


def escaped(r: Random, world: World) -> Draft:
    """Backslashes before signs, spaces, dollars and letters."""
    one, two = words.word(r), words.word(r)
    name = words.variable_name(r)
    form = r.choice(
        (
            "echo {0}\\ {1}", "echo {0}\\ \\ {1}", "echo \\${2}", 'echo "\\${2}"', "echo {0} \\${2}", "echo {0}\\\\{1}", 'echo "{0}\\\\{1}"',
            "echo '{0}\\{1}'", "echo \\*", "echo {0} \\* {1}", "echo \\# {0}", "echo {0} \\& {1}", "echo {0}\\; {1}", "echo {0} \\| {1}",
            "echo \\({0}\\)", "echo {0} \\> {1}", "echo '${2}'", "echo '$({0})'", "echo \"\\$({0})\"", "echo \\~", "echo '~'", 'echo "~"',
            "echo {0}\\{1}", "echo \\{0}", "echo 'price: $5 {0}'", 'echo "cost \\$9 {0}"', "echo '`{0}`'", "echo '{0}!{1}'", "echo {0}\\!",
        )
    )  # fmt: skip
    return Draft(form.format(one, two, name))


def without_newline(r: Random, world: World) -> Draft:
    """``echo -n``, alone or followed by another."""
    text = _piece(r)
    draw = r.random()
    if draw < 0.55:
        return Draft(f"echo -n {text}")
    if draw < 0.75:
        return Draft(f"echo -n {text}; echo {_piece(r)}")
    return Draft(f"echo -n {text} {words.word(r)}")


def interpreted(r: Random, world: World) -> Draft:
    """``echo -e`` (or not) with ``\\n``, ``\\t`` and friends."""
    sign = r.choice(("\\n", "\\n", "\\n", "\\t", "\\t", "\\\\", "\\n\\n", " \\n", "\\n\\t"))
    quote = r.choice("\"\"''")
    body = sign.join(words.words(r, 2, 4, 30))
    if r.random() < 0.12:
        body = r.choice(("\\t", "\\n")) + body
    if r.random() < 0.08:
        body += r.choice(("\\n", "\\c"))
    return Draft(
        f"echo {r.choice(('-e', '-e', '-e', '-e', '-e', '-ne', '-en', '-E', ''))} {quote}{body}{quote}".replace(
            "  ", " "
        )
    )


def printf_words(r: Random, world: World) -> Draft:
    """``printf`` with a format of words."""
    form = r.choice(("%s\\n", "%s\\n", "%s\\n", "%s ", "%s %s\\n", "%s: %s\\n", "%s-%s\\n", "[%s]\\n", "<%s>\\n", "%s=%s\\n", "%s,%s\\n",
                     "%10s|\\n", "%-8s|\\n", "%5s\\n", "%s\\t%s\\n", "* %s\\n", "- %s\\n", "%.3s\\n"))  # fmt: skip
    holes = form.count("s")
    arguments = [_piece(r) if r.random() < 0.3 else words.word(r) for _ in range(max(holes, r.choice((1, 1, 2, 3))))]
    quote = r.choice("''\"")
    return Draft(f"printf {quote}{form}{quote} {' '.join(arguments)}")


def printf_numbers(r: Random, world: World) -> Draft:
    """``printf`` with a format of numbers."""
    form = r.choice(
        (
            "%d\\n",
            "%d\\n",
            "%03d\\n",
            "%5d|\\n",
            "%x\\n",
            "%d %d\\n",
            "%d-%d\\n",
            "%02d:%02d\\n",
            "%d%%\\n",
            "%+d\\n",
            "%o\\n",
        )
    )
    quote = r.choice("''\"")
    numbers = " ".join(str(r.randrange(10 ** r.randint(1, 3))) for _ in range(max(1, form.count("d"))))
    return Draft(f"printf {quote}{form}{quote} {numbers}")


def printf_text(r: Random, world: World) -> Draft:
    """``printf`` and a text without holes."""
    text = r.choice(("\\n", " ", " ", "\\t")).join(word.replace("%", "-") for word in words.words(r, 1, 4, 30))
    quote = r.choice("''\"")
    end = "" if r.random() < 0.12 else "\\n"
    return Draft(f"printf {quote}{text}{end}{quote}")


def braces(r: Random, world: World) -> Draft:
    """Brace expansion: lists, ranges, products."""
    before = r.choice(("", "", words.letters(r), words.known(r) + r.choice("-_./")))
    after = r.choice(("", "", "", words.letters(r), ".txt", ".md", f".{words.invented(r, 2, 3)}"))
    draw = r.random()
    if draw < 0.45:
        inside = ",".join(words.word(r).replace(",", "") for _ in range(r.randint(2, 4)))
    elif draw < 0.8:
        low = r.randint(0, 12)
        high = max(0, low + r.randint(-6, 8))
        inside = f"{low:02}..{high:02}" if r.random() < 0.1 else f"{low}..{high}"
        if r.random() < 0.1:
            inside += f"..{r.randint(2, 4)}"
    else:
        inside = "..".join(r.sample("abcdefgh", 2))
    if r.random() < 0.08:
        return Draft(f"echo {{{','.join(r.sample('abcxyz', 2))}}}{{{','.join(r.sample('123456789', 2))}}}")
    quote = '"' if r.random() < 0.05 else ""
    return Draft(f"echo {quote}{before}{{{inside}}}{after}{quote}")


def with_comment(r: Random, world: World) -> Draft:
    """A ``#`` that starts a comment, or does not."""
    text, note = " ".join(words.words(r, 1, 3, 20)), " ".join(words.words(r, 1, 2, 16))
    form = r.choice(
        ("echo {0} # {1}", "echo {0} # {1}", 'echo "{0} # {1}"', "echo '{0} # {1}'", "echo {0}#{1}", "echo {0} #{1}")
    )
    return Draft(form.format(text, note))


def elsewhere(r: Random, world: World) -> Draft:
    """Words that reach the screen by other ways, or do not."""
    text, other = " ".join(words.words(r, 1, 3, 20)), words.word(r)
    form = r.choice(
        ("echo {0} | cat", "cat <<< {1}", "cat <<< '{0}'", 'cat <<< "{0}"', "echo {0} > /dev/null", "echo -- {0}", "echo $(echo {0})",
         'echo "$(echo {0})"', "echo `echo {0}`", "echo {1} | tee /dev/null", "echo '{0}' >&2", "echo {0} 2>/dev/null", "echo $'{0}\\n{1}'",
         "echo $'{1}\\t{0}'", "echo -E '{0}\\n{1}'", "echo {0} \"\" {1}", "echo '' {0}", "echo \"  {0}  \"", "echo '  {0}'", "builtin echo {0}",
         "/bin/echo {0}", "command echo {0}", "{{ echo {0}; }}", "(echo {0})", "echo {0} &&  echo {1}")
    )  # fmt: skip
    return Draft(form.format(text, other))


def star(r: Random, world: World) -> Draft:
    """Globs, matched by what the session made or by nothing."""
    pattern = r.choice(
        (
            "*",
            "*",
            "*.txt",
            "*.md",
            f"*.{words.invented(r, 2, 4)}",
            f"{words.invented(r, 1, 3)}*",
            "?",
            "*.py",
            "*/",
            "?.*",
        )
    )
    quote = r.choice(("", "", "", '"', "'"))
    return Draft(f"echo {quote}{pattern}{quote}", free=len(pattern) > 5 or pattern[0] not in "*?")


_SIMPLE: Family = family("echo", ((5, plain), (3, one_word), (3, quoted), (1, without_newline)))


def twice(r: Random, world: World) -> Draft | None:
    """Two echoes on one line."""
    first, second = (_SIMPLE.pick(r)(r, world) for _ in range(2))
    if first is None or second is None or len(first.text) + len(second.text) > 52:
        return None
    return Draft(f"{first.text}{r.choice(('; ', '; ', ' && ', ';'))}{second.text}")


FAMILY = family(
    "echo",
    (
        (22, plain),
        (9, one_word),
        (6, collapsed),
        (18, quoted),
        (9, mixed),
        (8, quotes_inside),
        (8, escaped),
        (6, without_newline),
        (9, interpreted),
        (7, printf_words),
        (3, printf_numbers),
        (3, printf_text),
        (8, braces),
        (4, with_comment),
        (6, elsewhere),
        (3, star),
        (5, twice),
        (3, fixed("echo", "echo", "echo ''", 'echo ""', "echo -n", "printf '\\n'", "echo \\\\", 'echo "\\\\"', "echo '\\'", "echo hello world", 'echo "hello world"', "echo 'hello world'", 'echo "Hello, World!"')),  # noqa: E501
    ),
)  # fmt: skip
