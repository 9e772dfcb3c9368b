"""Echo, printf and quoting: what a shell does to words before a command sees them."""

from random import Random

from trainer.grammar import words
from trainer.grammar.rule import Draft, Family, family
from trainer.grammar.template import templated
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


_QUOTES_INSIDE = templated(
    r"""
    2 echo "<word>'s <word>"
    2 echo '<word> "<word>" <word>'
    2 echo "<word> \"<word>\" <word>"
    1 echo <word>\'s <word>
    1 echo "'<word>'"
    1 echo '"<word>"'
    1 echo \"<word>\"
    2 echo "it's <text>"
    1 echo it\'s <text>
    1 echo "<word> said \"<text>\""
    1 echo 'say "<text>"'
    1 echo "don't <text>"
    1 echo '<word>'\''s <word>'
    1 echo \'<word>\'
    1 echo '<word>'"'"'<word>'
    1 echo "<word> '<text>'"
    1 echo $'<word>\'s <word>'
    """
)

_ESCAPED = templated(
    r"""
    3 echo <word>\ <word>
    1 echo <word>\ \ <word>
    2 echo \$<name>
    2 echo "\$<name>"
    1 echo <word> \$<name>
    1 echo <word>\\<word>
    1 echo "<word>\\<word>"
    1 echo '<word>\<word>'
    1 echo \*
    1 echo <word> \* <word>
    1 echo \# <word>
    1 echo <word> \& <word>
    1 echo <word>\; <word>
    1 echo <word> \| <word>
    1 echo \(<word>\)
    1 echo <word> \> <word>
    3 echo '$<name>'
    1 echo '<text> $<name>'
    1 echo '$(<letters>)'
    1 echo "\$(<letters>)"
    1 echo \~
    1 echo '~'
    1 echo "~"
    1 echo <letters>\<letters>
    1 echo \<letters>
    1 echo '<word>: $<digit>'
    1 echo "<word> \$<digit>"
    1 echo '`<letters>`'
    1 echo '<word>!<word>'
    1 echo <word>\!
    1 echo "100% <word>"
    1 echo \\
    1 echo "\\"
    1 echo '\'
    """
)


def without_newline(r: Random, world: World) -> Draft:
    """``echo -n``, alone or followed by another."""
    text, draw = _piece(r), r.random()
    if draw < 0.55:
        return Draft(f"echo -n {text}")
    return Draft(f"echo -n {text}; echo {_piece(r)}" if draw < 0.75 else f"echo -n {text} {words.word(r)}")


def interpreted(r: Random, world: World) -> Draft:
    r"""``echo -e`` (or not) with ``\n``, ``\t`` and friends."""
    sign = r.choice((r"\n", r"\n", r"\n", r"\t", r"\t", r"\\", r"\n\n", r" \n", r"\n\t"))
    quote = r.choice("\"\"''")
    body = sign.join(words.words(r, 2, 4, 30))
    if r.random() < 0.12:
        body = r.choice((r"\t", r"\n")) + body
    if r.random() < 0.08:
        body += r.choice((r"\n", r"\c"))
    flag = r.choice((*["-e "] * 6, "-ne ", "-en ", "-E ", "", ""))
    return Draft(f"echo {flag}{quote}{body}{quote}")


_PRINTF = templated(
    r"""
    5 printf '%s\n' <piece>
    4 printf "%s\n" <piece>
    5 printf '%s\n' <word> <word>
    3 printf '%s\n' <word> <word> <word>
    2 printf '%s ' <word> <word>
    3 printf '%s %s\n' <word> <word>
    2 printf "%s %s\n" <piece> <piece>
    2 printf '%s: %s\n' <word> <piece>
    1 printf '%s-%s\n' <word> <word>
    1 printf '%s=%s\n' <word> <word>
    1 printf '%s=%s\n' <word> <word> <word> <word>
    1 printf '[%s]\n' <piece> <word>
    1 printf '<letters> %s\n' <word>
    1 printf "<letters> %s <letters>\n" <word>
    1 printf '%10s|\n' <word>
    1 printf '%-8s|\n' <word>
    1 printf '%5s\n' <letters>
    1 printf '%s\t%s\n' <word> <word>
    1 printf -- '- %s\n' <word> <word>
    1 printf '* %s\n' <word> <word>
    1 printf '%.3s\n' <word>
    2 printf '%d\n' <number>
    1 printf '%03d\n' <number>
    1 printf '%5d|\n' <number>
    1 printf '%x\n' <number>
    1 printf '%d %d\n' <number> <number>
    1 printf '%02d:%02d\n' <number> <number>
    1 printf '%d%%\n' <number>
    1 printf '%+d\n' <number>
    3 printf '<letters>\n'
    2 printf "<letters> <letters>\n"
    3 printf '<letters>\n<letters>\n'
    1 printf '<letters>\t<letters>\n'
    1 printf '<letters>\n<letters>\n<letters>\n'
    2 printf <letters>
    1 printf "<letters> <letters>"
    1 printf '\n'
    """,
    piece=lambda r, world: _piece(r),
)


def braces(r: Random, world: World) -> Draft:
    """Brace expansion: lists, ranges, products, or none where quoted."""
    before = r.choice(("", "", "", words.letters(r), words.known(r) + r.choice("-_./")))
    after = r.choice(("", "", "", words.letters(r), ".txt", ".md", f".{words.invented(r, 2, 3)}"))
    draw = r.random()
    if draw < 0.08:
        return Draft(f"echo {{{','.join(r.sample('abcxyz', 2))}}}{{{','.join(r.sample('123456789', 2))}}}")
    if draw < 0.5:
        inside = ",".join(words.word(r).replace(",", "") for _ in range(r.randint(2, 4)))
    elif draw < 0.85:
        low = r.randint(0, 12)
        high = max(0, low + r.randint(-6, 8))
        inside = f"{low:02}..{high:02}" if r.random() < 0.1 else f"{low}..{high}"
        if r.random() < 0.1:
            inside += f"..{r.randint(2, 4)}"
    else:
        inside = "..".join(r.sample("abcdefgh", 2))
    if len(before + after) > 8 and draw >= 0.5:
        after = ""
    quote = '"' if r.random() < 0.05 else ""
    return Draft(f"echo {quote}{before}{{{inside}}}{after}{quote}")


_REST = templated(
    r"""
    3 echo
    1 echo ''
    1 echo ""
    1 echo -n
    2 echo hello world
    2 echo "hello world"
    1 echo 'hello world'
    1 echo "Hello, World!"
    1 echo Hello, world
    3 echo <text> # <word>
    1 echo "<text> # <word>"
    1 echo '<text> # <word>'
    1 echo <word>#<word>
    1 echo <text> #<word>
    3 echo <text> | cat
    1 cat <<< <word>
    1 cat <<< '<text>'
    1 cat <<< "<text>"
    2 echo <text> > /dev/null
    1 echo <text> >/dev/null; echo <word>
    1 echo -- <text>
    1 echo $(echo <text>)
    1 echo "$(echo <text>)"
    1 echo `echo <text>`
    1 echo <word> | tee /dev/null
    1 echo '<text>' >&2
    1 echo <text> 2>/dev/null
    1 echo $'<word>\n<word>'
    1 echo $'<word>\t<word>'
    2 echo <word> "" <word>
    1 echo '' <text>
    1 echo "  <text>  "
    1 echo '  <text>'
    1 /bin/echo <text>
    1 { echo <text>; }
    1 (echo <text>)
    1 (echo <word>; echo <word>)
    2 echo <word>, <word>!
    1 echo -x <word>
    1 echo --help <word>
    1 echo - <word>
    1 echo <word> -n
    1 echo *
    1 echo "*"
    1 echo '*'
    1 echo *.<invented>
    1 echo <invented>*
    1 echo "<invented>*"
    1 echo ?
    """
)

_SIMPLE: Family = family("echo", ((5, plain), (3, one_word), (3, quoted), (1, without_newline)))


def twice(r: Random, world: World) -> Draft | None:
    """Two echoes on one line."""
    first, second = (_SIMPLE.pick(r)(r, world) for _ in range(2))
    if first is None or second is None or "!" in first.text or len(first.text + second.text) > 52:
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
        (7, _QUOTES_INSIDE),
        (9, _ESCAPED),
        (6, without_newline),
        (9, interpreted),
        (12, _PRINTF),
        (8, braces),
        (14, _REST),
        (5, twice),
    ),
)
