"""Exit status: ``$?``, ``&&`` and ``||``."""

from random import Random

from trainer.grammar.rule import Draft, fails
from trainer.grammar.template import templated
from trainer.grammar.world import World

shown = templated(
    """
    3 ls <missing>; echo $?
    3 cat <missing>; echo $?
    2 cd <missing>; echo $?
    1 rm <missing>; echo $?
    2 <unknown>; echo $?
    2 (exit <code>); echo $?
    1 (exit <code>)
    2 bash -c 'exit <code>'; echo $?
    1 sh -c 'exit <code>'; echo $?
    1 python3 -c 'exit(<code>)'; echo $?
    1 cat <missing> 2>/dev/null; echo $?
    1 ls <missing> 2> /dev/null; echo $?
    1 cat <missing> 2>/dev/null
    1 ls <missing> 2>&1
    1 <unknown> 2>/dev/null
    1 <unknown> 2>/dev/null; echo $?
    1 rm -f <missing>; echo $?
    1 rm -f <missing>
    2 echo <word>; echo $?
    1 echo <word> > /dev/null; echo $?
    1 echo "<letters>: $?"
    1 echo <letters> $?
    1 false; echo <letters> $?
    1 true; echo <letters> $?
    1 ls <file>; echo $?
    1 cat <file>; echo $?
    1 cat <file> > /dev/null; echo $?
    1 test -f <file>; echo $?
    1 [ <number> -eq <number> ]; echo $?
    1 [ <letters:1> = <letters:1> ]; echo $?
    1 [ <letters> = <letters> ]; echo $?
    1 grep <letters> <file> > /dev/null; echo $?
    """,
    fails,
    code=lambda r, world: str(r.choice((0, 1, 2, 3, 7, 42, r.randint(0, 255), r.randint(0, 255)))),
)
"""``$?`` after commands that work and commands that do not."""

either = templated(
    """
    3 ls <missing> || echo <word>
    3 cat <missing> || echo <word>
    2 cd <missing> || echo <word>
    2 cat <missing> && echo <word>
    2 ls <missing> && echo <word>
    2 cat <missing> 2>/dev/null || echo <word>
    1 ls <missing> 2>/dev/null || echo "<text>"
    2 <unknown> || echo <word>
    1 <unknown> && echo <word>
    1 <unknown> 2>/dev/null || echo <word>
    3 true && echo <word>
    3 false && echo <word>
    2 true || echo <word>
    3 false || echo <word>
    1 true && echo <word> || echo <word>
    1 false && echo <word> || echo <word>
    1 false || echo <word> && echo <word>
    1 ! true || echo <word>
    1 ! false && echo <word>
    1 echo <word> && false || echo <word>
    1 rm <missing> || echo <word>
    1 echo <word> || echo <word>
    1 mkdir <folder> || echo <word>
    1 false; echo <word>
    1 false && echo <word>; echo <word>
    1 cd <missing> && pwd
    1 ls <file> && echo <word>
    1 cat <file> || echo <word>
    1 [ -f <missing> ] || echo <word>
    1 true && true && echo <word>
    1 true && false || echo <word>
    1 echo "<text>" && echo '<text>'
    """,
    fails,
)
"""``&&`` and ``||`` after failure and success."""

_CLOSED = templated(
    """
    12 echo $?
    4 false; echo $?
    3 true; echo $?
    3 false
    2 true
    1 ! true; echo $?
    1 ! false; echo $?
    1 false || true; echo $?
    1 true && false; echo $?
    1 echo $?; echo $?
    1 false; true; echo $?
    1 true; false; echo $?
    1 false; pwd
    1 echo $? | cat
    1 false | true; echo $?
    1 true | false; echo $?
    1 echo status: $?
    1 echo "exit code: $?"
    1 echo $? $?
    1 rmdir .
    1 rm .
    1 mkdir .
    1 mkdir ..
    1 cat .
    1 cd ''
    1 ls ''
    1 cat ''
    """
)


def last(r: Random, world: World) -> Draft | None:
    """``echo $?``, mostly after a failure, and closed lines about success."""
    return Draft("echo $?", free=False) if world.failed and r.random() < 0.7 else _CLOSED(r, world)
