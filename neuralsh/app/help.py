"""The help: what the keys do."""

HELP = """\
What you type is sent to the machine on Enter. The machine is a
neural network: it draws the answer; nothing is executed.

Enter            send the line
Left Right Home End  Ctrl-A Ctrl-E  Alt-B Alt-F    move
Ctrl-K Ctrl-U Ctrl-W Alt-D cut     Ctrl-Y put back     Ctrl-_ undo
Up Down          lines typed before     Ctrl-R  search them
Right End        take the line that is suggested
Ctrl-C           stop the drawing, or clear the line
Page Up          go back through what was drawn; there: / searches,
                 v marks lines, y copies them, Esc comes back
Ctrl-L           ask the machine for a clear screen
Ctrl-D           quit, on an empty line
:undo            the state and the screen before the last line
:save FILE       keep the machine's state      :load FILE  go on from it
:fork NAME       keep it in memory             :switch NAME  go on from it
:compare NAME    what tells the state from that one
:install NAME    teach it a routine            :revert ID  take it back
:log             what was installed            :show ID   :diff ID ID
:enable ID   :disable ID   :verify   :export ID FILE   :import FILE
F2  :pixels      show as text, Kitty pixels, Sixel pixels
F3  :inside      look inside: latents, doubts, scratch sheet, writes,
                 what it recalls
Shift-arrows     with F3: what a cell was drawn from
F4  :keys        keys go one by one to a full-screen program that the
                 machine draws, or to the line again (mostly it is seen)
F1  :help        this help          :quit   quit

Any other line is typed as it is, also one that starts with a colon.
"""


def plain_help() -> list[str]:
    """The help without a screen: what of it there is where lines are read whole."""
    *told, last = HELP.splitlines()
    keys = [line.removeprefix("F1  ") for line in told if line.startswith(("Ctrl-C", "Ctrl-D", ":", "F1"))]
    return [*told[:3], *keys, "", last]
