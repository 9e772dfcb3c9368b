"""Routines in the hands of a person: taught, looked at, taken back."""
