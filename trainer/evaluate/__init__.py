"""Evaluation: suites of the paper's protocols and of what the paper left open. `SUITES` names them."""

from trainer.evaluate.suites import SUITES, UnknownSuiteError, find_suites, run_suites

__all__ = ["SUITES", "UnknownSuiteError", "find_suites", "run_suites"]
