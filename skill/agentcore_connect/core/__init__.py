"""The base of every other package: errors and exit codes, file names from outside, JSON types, HTTP."""
