"""Suite `world`: what the suite `clean` measures, on the rest of the world that a shell opens.

Filters in a row, loops, branches, functions and aliases, one-line Python; programs that are typed to or driven by keys:
Python and bc at their own prompts, here-documents, less, vi, what Ctrl-C and Ctrl-D end, lines drawn in place; and work
on projects: git, make, programs that are compiled, logs, packages, what was typed before, colours.
"""

from trainer.evaluate.clean import drawn_again
from trainer.evaluate.held_out import WORLD
from trainer.evaluate.suite import Job, Outcome


def run(job: Job) -> Outcome:
    """Evaluates the machine of a job; raises as the suite `clean` does."""
    return drawn_again(job, "world", WORLD)
