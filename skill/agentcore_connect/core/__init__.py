"""What everything stands on: errors and exit codes, names from outside, environment variables, HTTP; no knowledge."""
