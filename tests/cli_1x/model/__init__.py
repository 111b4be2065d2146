"""A model of the commands of AgentCore CLI 1.x: words and a project in, the next project or the refusal out.

It is written from what the CLI's source says each command does, not from our plans; `READ` names file and commit of each.
Refusals are in our words. Their exit code is 1 (src/errors/errors.tsx at aeba2db1); a later commit lists 2 for usage
errors (src/errors/exitCode.ts at 3321707c) without saying which, so nothing here hangs on it.
"""
