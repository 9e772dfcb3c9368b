"""The record of installed routines: each update is an entry, chained by hash, that can be taken back."""
