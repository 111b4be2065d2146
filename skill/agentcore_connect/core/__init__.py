"""The base of every other package: records, errors and exit codes, file names from outside, JSON types, HTTP."""
