"""Traces in, weights out: recorder, script grammar, cast reader, emulator, targets, training, evaluation."""
