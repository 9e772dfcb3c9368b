"""Commands that fail, and what the shell says about it: messages, exit status, ``&&`` and ``||``."""

from posixpath import dirname
from random import Random

from trainer.grammar import words
from trainer.grammar.places import any_file, any_folder
from trainer.grammar.reserved import RUNNABLE
from trainer.grammar.rule import Draft, fails, family, fixed
from trainer.grammar.world import HOME, World


def _unknown(r: Random) -> str:
    while (name := words.unknown_command(r)) in RUNNABLE or not name[0].isalpha():
        pass
    return name


def _missing(r: Random, world: World) -> str:
    """A name of nothing that is there, sometimes inside a folder that is."""
    while True:
        name = words.file_name(r) if r.random() < 0.6 else words.folder_name(r)
        draw = r.random()
        if draw < 0.08:
            name = f"{words.folder_name(r)}/{name}"
        elif draw < 0.12 and (folder := any_folder(r, world)):
            name = f"{world.spell(r, folder)}/{name}"
        elif draw < 0.14:
            name = f"/{name}"
        if not world.exists(name) and not world.exists(dirname(name) or "?"):
            return name


def unknown_command(r: Random, world: World) -> Draft:
    """A word that is no command, bare or with arguments."""
    name = _unknown(r)
    draw = r.random()
    if draw < 0.6:
        tail = ""
    elif draw < 0.82:
        tail = " " + " ".join(words.words(r, 1, 2, 18))
    elif draw < 0.9:
        tail = r.choice((" -l", " --help", " --version", " -a", " -x", " install", " run"))
    else:
        tail = " " + words.file_name(r)
    return Draft(name + tail, effect=fails)


def unknown_path(r: Random, world: World) -> Draft:
    """A program asked for by a path where nothing is, or that may not run."""
    file = any_file(r, world)
    if file and dirname(file) == world.cwd and r.random() < 0.3:
        return Draft(f"./{world.spell(r, file).removeprefix('./')}", effect=fails)
    return Draft(
        f"{r.choice(('./', './', '/bin/', '/usr/bin/', '../'))}{_unknown(r)}{r.choice(('', '', '.sh', '.py'))}",
        effect=fails,
    )


def missing_file(r: Random, world: World) -> Draft:
    """Reading, listing, entering or removing what is not there."""
    name = _missing(r, world)
    command = r.choice(("cat", "cat", "cat", "cat", "ls", "ls", "ls", "cd", "cd", "cd", "rm", "rm", "rmdir", "head", "tail", "wc -l", "wc", "sort", "less", "cat -n", "ls -l", "ls -a", "rm -r",
                        "touch -c", "stat", "head -n 1", "python3", "bash", "source", ".", "tac", "rev", "du", "chmod +x", "readlink -e", "uniq", "cut -c1", "md5sum", "nl"))  # fmt: skip # noqa: E501
    if command == "less":
        command = "cat"
    return Draft(f"{command} {name}", effect=fails)


def missing_source(r: Random, world: World) -> Draft:
    """Copying or moving what is not there."""
    name, target = _missing(r, world), words.file_name(r)
    if (folder := any_folder(r, world)) and r.random() < 0.3:
        target = world.spell(r, folder)
    return Draft(f"{r.choice(('cp', 'cp', 'mv', 'mv', 'cp -r'))} {name} {target}", effect=fails)


def missing_among(r: Random, world: World) -> Draft | None:
    """A file that is there together with one that is not."""
    path = any_file(r, world)
    if path is None:
        return None
    names = [world.spell(r, path), _missing(r, world)]
    r.shuffle(names)
    return Draft(f"{r.choice(('cat', 'cat', 'ls', 'wc -l'))} {' '.join(names)}", effect=fails)


def missing_pattern(r: Random, world: World) -> Draft:
    """``grep`` in a file that is not there, or without a match."""
    path = any_file(r, world)
    if path and r.random() < 0.6:
        return Draft(
            f"grep {words.invented(r, 4, 8)} {world.spell(r, path)}{r.choice(('', '; echo $?', ' || echo none'))}",
            effect=fails,
        )
    return Draft(f"grep {words.letters(r)} {_missing(r, world)}", effect=fails)


def missing_folder(r: Random, world: World) -> Draft:
    """Making or writing something in a folder that is not there."""
    folder, file = _missing(r, world), words.file_name(r)
    form = r.choice(
        ("touch {0}/{1}", "echo {2} > {0}/{1}", "mkdir {0}/{3}", "cd {0}/{3}", "ls {0}/{1}", "cat {0}/{1}", "cd ../{0}")
    )
    return Draft(form.format(folder, file, words.letters(r), words.folder_name(r)), effect=fails)


def wrong_kind(r: Random, world: World) -> Draft | None:
    """A file used as a folder or a folder as a file."""
    file, folder = any_file(r, world), any_folder(r, world)
    if file and (folder is None or r.random() < 0.45):
        name = world.spell(r, file)
        form = r.choice(("cd {0}", "cd {0}", "cd {0}", "mkdir {0}", "mkdir {0}", "rmdir {0}", "ls {0}/", "cat {0}/{1}"))
        return Draft(form.format(name, words.letters(r)), effect=fails)
    if folder is None or folder == HOME or (world.cwd + "/").startswith(folder + "/"):
        return None
    name = world.spell(r, folder)
    forms = [
        "cat {0}",
        "cat {0}",
        "mkdir {0}",
        "mkdir {0}",
        "mkdir {0}",
        "rm {0}",
        "rm {0}",
        "echo {1} > {0}",
        "./{0}",
        "cp {0} {1}",
        "head {0}",
        "wc -l {0}",
        "grep {1} {0}",
    ]
    if world.children(folder):
        forms += ["rmdir {0}"] * 4
    return Draft(r.choice(forms).format(name, words.letters(r)), effect=fails)


def same_file(r: Random, world: World) -> Draft | None:
    """A file copied or moved onto itself."""
    path = any_file(r, world)
    if path is None:
        return None
    name = world.spell(r, path)
    return Draft(f"{r.choice(('cp', 'mv'))} {name} {name}", effect=fails)


def operands(r: Random, world: World) -> Draft:
    """Too few or too many operands, options that do not exist."""
    word, option, name = words.word(r), r.choice("XYZjkyJKEMOWjy"), words.file_name(r)
    draw = r.random()
    if draw < 0.3:
        return Draft(
            r.choice(
                ("mkdir", "touch", "rm", "cp", "mv", "rmdir", "basename", "dirname", "mkdir -p", "rm -r", "cp -r", "ln")
            ),
            free=False,
            effect=fails,
        )
    form = r.choice(("cp {2}", "mv {2}", "cd {0} {2}", "mkdir -{1} {0}", "rm -{1} {2}", "cat -{1}", "pwd -{1}", "cd -{1}", "ls --{3}", "mkdir --{3}", "cat --{3}", "rm --{3} {2}",
                     "whoami {0}", "date {0}", "uname {0}", "touch --{3} {2}", "export {4}{3}={0}", "unset {4}{3}", "{4}{3}={0}", "{3} = {0}", "type {3}", "date -d {0}", "test {0} {2} {3}",
                     "[ {0} -eq 1 ]", "[ {3} -gt {4} ]", "[ {3}", "head -n {3} {2}", "cut {2}", "sleep {3}", "seq {3}", "alias {3}", "help {3}", "exec {3}x", "fg", "shift {3}", "local {3}={0}"))  # fmt: skip # noqa: E501
    if form.startswith("exec"):
        form = "hash {3}x"
    return Draft(form.format(word, option, name, _unknown(r), r.randint(1, 9)), effect=fails)


def status(r: Random, world: World) -> Draft:
    """What ``$?`` is after commands that work and commands that do not."""
    name, code = _missing(r, world), r.choice((0, 1, 2, 3, 7, 42, r.randint(0, 255), r.randint(0, 255)))
    word, other = words.letters(r), words.letters(r)
    form = r.choice(("ls {0}; echo $?", "cat {0}; echo $?", "cd {0}; echo $?", "{1}; echo $?", "(exit {2}); echo $?", "(exit {2}); echo $?", "bash -c 'exit {2}'; echo $?", "(exit {2})", "rm {0}; echo $?",
                     "cat {0} 2>/dev/null; echo $?", "ls {0} 2> /dev/null; echo $?", "cat {0} 2>/dev/null", "ls {0} 2>/dev/null", "ls {0} 2>&1", "{1} 2>/dev/null; echo $?", "rm -f {0}; echo $?", "rm -f {0}",
                     "echo {3}; echo $?", "echo {3} > /dev/null; echo $?", "mkdir -p .; echo $?", "echo status: $?", 'echo "{3} $?"', "echo $? $?", "sh -c 'exit {2}'; echo $?", "python3 -c 'exit({2})'; echo $?", "echo {3} $?"))  # fmt: skip # noqa: E501
    return Draft(form.format(name, _unknown(r), code, word, other), effect=fails)


def either(r: Random, world: World) -> Draft:
    """``&&`` and ``||`` after failure and success."""
    name, word, other = _missing(r, world), words.word(r), words.word(r)
    form = r.choice(("ls {0} || echo {1}", "cat {0} || echo {1}", "cd {0} || echo {1}", "cat {0} && echo {1}", "ls {0} && echo {1}", "cat {0} 2>/dev/null || echo {1}", "ls {0} 2>/dev/null || echo {1}",
                     "{3} || echo {1}", "{3} && echo {1}", "true && echo {1}", "false && echo {1}", "true || echo {1}", "false || echo {1}", "true && echo {1} || echo {2}", "false && echo {1} || echo {2}",
                     "false || echo {1} && echo {2}", "! true || echo {1}", "! false && echo {1}", "echo {1} && false || echo {2}", "{3} 2>/dev/null || echo {1}", "rm {0} || echo {1}", "echo {1} || echo {2}",
                     "mkdir . || echo {1}", "false; echo {1}", "false && echo {1}; echo {2}", "cd {0} && pwd", "cd {0} 2>/dev/null || echo {1}"))  # fmt: skip # noqa: E501
    return Draft(form.format(name, word, other, _unknown(r)), effect=fails)


def syntax(r: Random, world: World) -> Draft:
    """Lines that bash cannot read, none of which it would ask to go on with."""
    word, other = words.letters(r), words.letters(r)
    draw = r.random()
    if draw < 0.45:
        return Draft(r.choice((")", "echo )", "fi", "done", "then", "else", "do", "esac", ";", ";;", "&&", "|", "||", "&", "}", "elif", "echo (", "( )", "()", "echo ;;", "; ls", "| ls", "&& ls", "if; then", "for", "while do", "ls &&& pwd", "ls ||| pwd", "echo >", "ls >", "cat <", "< >", "!!x")[:-1]), free=False, effect=fails)  # fmt: skip # noqa: E501
    form = r.choice(("echo {0} )", "echo ({0})", "echo {0} ( {1}", "{0}(", "{0} ({1})", "echo {0} | | cat", "echo {0};; echo {1}", "| {0}", "&& echo {0}", "; echo {0}", "echo {0} >", "cat <", "for {0}", "echo {0} && && echo {1}",
                     "if {0}; fi", "then echo {0}", "done {0}", "echo {0} & & echo {1}", "echo {0} > > {1}", "fi {0}", "do echo {0}", "else {0}", "{0} )", "({0}))", "echo $({0}) )"))  # fmt: skip # noqa: E501
    return Draft(form.format(word, other), effect=fails)


def numbers(r: Random, world: World) -> Draft:
    """Arithmetic that cannot be done."""
    a, b = r.randint(0, 99), r.randint(1, 9)
    form = r.choice(("echo $(({0}/0))", "echo $(({0} / 0))", "echo $(({0}%0))", "echo $(({0}+))", "echo $((*{1}))", "let x={0}/0", "expr {0} / 0", "echo $(({0} {1}))", "(({0}/0))", "expr {0} +", "expr {2} + {1}", "echo $((09))",
                     "echo $((1.{1}))", "echo $(({0}.{1}+1))", "((0)); echo $?", "(({0})); echo $?", "echo ${{{2}", "let", "expr", "echo ${{{2} {1}}}"))  # fmt: skip # noqa: E501
    if form == "echo ${{{2}":
        form = "echo ${{}}"
    return Draft(form.format(a, b, words.letters(r)), free="{" in form.replace("{{}}", ""), effect=fails)


def forbidden(r: Random, world: World) -> Draft:
    """What only the superuser may do."""
    name = words.file_name(r)
    form = r.choice(
        (
            "touch /etc/{0}",
            "mkdir /usr/{1}",
            "echo {1} > /etc/{0}",
            "touch /usr/{0}",
            "mkdir /etc/{1}",
            "cat /etc/shadow",
            "rm /etc/passwd",
            "rm /etc/hostname",
            "touch /usr/bin/{1}",
            "rm /bin/ls",
            "rmdir /usr",
        )
    )
    return Draft(form.format(name, words.letters(r)), free="{" in form, effect=fails)


_STATUS_ALONE = fixed(*["echo $?"] * 6, "false; echo $?", "true; echo $?", "false", "false", "true", "! true; echo $?", "! false; echo $?", "false || true; echo $?", "true && false; echo $?", "echo $?; echo $?", "false; true; echo $?", "true; false; echo $?", "false; pwd", "cd -", "cd ''", "ls ''", "cat ''", "echo $? | cat", "false | true; echo $?", "true | false; echo $?", "rmdir .", "rm .", "rm ..", "mkdir .", "mkdir ..", "cat .", "cd nowhere")  # fmt: skip # noqa: E501


def last_status(r: Random, world: World) -> Draft:
    """``echo $?`` and closed lines about success."""
    return (
        Draft("echo $?", free=False)
        if world.failed and r.random() < 0.7
        else _STATUS_ALONE(r, world) or Draft("echo $?", free=False)
    )


FAMILY = family(
    "errors",
    (
        (24, unknown_command),
        (3, unknown_path),
        (26, missing_file),
        (6, missing_source),
        (3, missing_among),
        (2.5, missing_pattern),
        (4, missing_folder),
        (12, wrong_kind),
        (1, same_file),
        (9, operands),
        (10, status),
        (11, either),
        (6, syntax),
        (3, numbers),
        (1.5, forbidden),
        (14, last_status),
    ),
)
