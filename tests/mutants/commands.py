"""Wrong commands.sh, and wrong files that it is made of."""

from __future__ import annotations

import re

from tests.mutants.mutant import CLI, Edit, Mutant, after, append, drop, put, swap

_FILE = "commands.sh"
_SECRET = "AGENTCORE_CREDENTIAL_SKY_CLIENT_SECRET"
_GATEWAY = "agentcore add gateway --name MyGateway"
_TARGET = "agentcore add gateway-target --gateway MyGateway --name Weather --type mcp-server"
_LAMBDA = "--type lambda-function-arn"
_DEPLOY = "step --aws deploy AWS_REGION=us-east-1 with_credentials agentcore deploy --yes\n"
_STEP = re.compile(r"^# .*\nstep .*\n", flags=re.M)


def _without_step(number: int) -> Edit:
    """A step is left out."""

    def edit(text: str) -> str:
        return text.replace(_STEP.findall(text)[number - 1], "")

    return edit


def _swapped_steps(first: int, second: int) -> Edit:
    """Two steps that follow each other are in the other order."""

    def edit(text: str) -> str:
        steps = _STEP.findall(text)
        one, other = steps[first - 1], steps[second - 1]
        assert one + other in text
        return text.replace(one + other, other + one)

    return edit


def _of(plan: str, wrong: str, edit: Edit, check: str, says: str, needs: str = "") -> Mutant:
    return Mutant("commands", plan, _FILE, wrong, edit, check, says, needs)


# By its text: what the CLI's contract knows.
_BY_CONTRACT = [
    _of("lambda", "an option that does not exist", after(_GATEWAY, " --enable-semantic-search"), "cli-contract", "--enable-semantic-search"),
    _of("lambda", "an option of the API instead of the CLI's", swap("--authorizer-type AWS_IAM", "--authorizer-configuration AWS_IAM"), "cli-contract", "--authorizer-configuration"),
    _of("lambda", "an option that does not exist, of a command that needs AWS", swap("agentcore deploy --yes\n", "agentcore deploy --yes --quiet\n"), "cli-contract", "--quiet"),
    _of("lambda", "a misspelt command", swap("agentcore add gateway --name", "agentcore add gatway --name"), "cli-contract", "gatway"),
    _of("lambda", "a value outside the choices", swap("--authorizer-type AWS_IAM", "--authorizer-type IAM"), "cli-contract", "IAM"),
    _of("oauth", "a target type in the API's spelling", swap("--type mcp-server", "--type mcpServer"), "cli-contract", "mcpServer"),
    _of("oauth", "an auth that the target type forbids", swap("--outbound-auth oauth", "--outbound-auth api-key"), "cli-contract", "API_KEY"),
    _of("lambda", "a sign-in on a Lambda target", after(_LAMBDA, " --outbound-auth oauth --credential-name Sky"), "cli-contract", "not applicable"),
    _of("openapi", "no sign-in where the target needs one", drop(" --outbound-auth api-key --credential-name PricesCredential"), "cli-contract", "outbound"),
    _of("oauth", "a value that the CLI takes for none", swap("--outbound-auth oauth", "--outbound-auth oath"), "cli-contract", "oath"),
    _of("oauth", "an option that the CLI takes and drops", swap("--outbound-auth oauth", "--oauth-scopes read --outbound-auth oauth"), "cli-contract", "accepted and ignored"),
    _of("lambda", "a required option is missing", drop(" --lambda-arn arn:aws:lambda:us-east-1:123456789012:function:orders"), "cli-contract", "--lambda-arn"),
    _of("lambda", "quotes that do not end", swap(_GATEWAY, "agentcore add gateway --name 'MyGateway"), "cli-contract", "no command line that can be read"),
]  # fmt: skip

# By its text: what is no shell, or not what the plan says.
_BY_TEXT = [
    _of("lambda", "no shell any more", swap("\nfinish\n", "\nfinish\n}\n"), "bash-syntax", "syntax error"),
    _of("lambda", "an if that does not end", swap('begin "$@"', 'if begin "$@"; then'), "bash-syntax", "syntax error"),
    _of("lambda", "a whole disk is removed where a variable is empty", after('begin "$@"\n', 'rm -rf "$FROM/"*\n'), "shellcheck", "SC2115"),
    _of("lambda", "a step is left out", _without_step(5), "commands-as-planned", "deploy runs something else"),
    _of("lambda", "steps in the wrong order", _swapped_steps(2, 3), "commands-as-planned", "line"),
    _of("oauth", "an http:// endpoint", swap("--endpoint https://", "--endpoint http://"), "commands-as-planned", "add-target-Weather runs something else"),
    _of("oauth", "a target's name with an underscore", swap("--name Weather ", "--name My_Weather "), "commands-as-planned", "add-target-Weather runs something else"),
    _of("oauth", "another gateway", swap("--gateway MyGateway", "--gateway OtherGateway"), "commands-as-planned", "add-target-Weather runs something else"),
    _of("lambda", "errors do not stop it", drop("set -euo pipefail\n"), "commands-as-planned", "is missing here"),
    _of("lambda", "a command that nobody planned", append("agentcore remove gateway --name MyGateway --yes\n"), "commands-as-planned", "was added"),
    _of("oauth", "what runs it is another file", swap("/runtime.sh\"", "/../runtime.sh\""), "commands-as-planned", "was changed"),
    _of("oauth", "a secret is given to a step that does not need it", swap("'Client secret of Sky' deploy", "'Client secret of Sky' deploy status"), "commands-as-planned", "was changed"),
    _of("oauth", "an edit of another file", swap("step scopes-Weather edit agentcore/agentcore.json", "step scopes-Weather edit package.json"), "commands-as-planned", "was changed"),
]  # fmt: skip

# Run with marked secrets and stand-ins for every program.
_BY_SECRETS = [
    _of("oauth", "a secret is echoed", swap(_DEPLOY, f'echo "using ${_SECRET}"\n{_DEPLOY}'), "secrets-stay-secret", "standard output"),
    _of("oauth", "a secret is said on standard error", swap(_DEPLOY, f'say "using ${_SECRET}"\n{_DEPLOY}'), "secrets-stay-secret", "standard error"),
    _of("oauth", "a secret is put on a command line", swap(_DEPLOY, f'{_DEPLOY}agentcore add credential --name Sky --api-key "${_SECRET}"\n'), "secrets-stay-secret", "the command line of agentcore"),
    _of("oauth", "a secret is put on another program's command line", swap(_DEPLOY, f'curl --header "x: ${_SECRET}" https://example.com || true\n{_DEPLOY}'), "secrets-stay-secret", "the command line of curl"),
    _of("oauth", "a secret is written to a file", swap(_DEPLOY, f'printf "%s" "${_SECRET}" >"$HERE/notes.txt"\n{_DEPLOY}'), "secrets-stay-secret", "is written to the file"),
    _of("oauth", "a secret is put into the project", swap(_DEPLOY, f'echo "KEY=${_SECRET}" >>agentcore/.env.local\n{_DEPLOY}'), "secrets-stay-secret", ".env.local"),
    _of("oauth", "a function that is not there", swap("with_credentials agentcore", "with_the_credentials agentcore"), "commands-as-planned", "deploy runs something else"),
    _of("oauth", "it never gets to its end", swap(_DEPLOY, f"{_DEPLOY}exit 3\n"), "secrets-stay-secret", "does not get to its end"),
    _of("oauth", "a secret stands in its text", swap(_DEPLOY, f"export {_SECRET}=sk-live-4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c\n{_DEPLOY}"), "no-secret-inside", "looks like"),
]  # fmt: skip

# Run by the real CLI.
_BY_CLI = [
    _of("oauth", "the credential is never added", _without_step(1), "cli-run", 'Credential \"Sky\" not found', CLI),
    _of("oauth", "the gateway is never added", _without_step(2), "cli-run", "No gateways found", CLI),
    _of("oauth", "the target comes before its gateway", _swapped_steps(2, 3), "cli-run", "No gateways found", CLI),
    _of("oauth", "an endpoint that is none", swap("--endpoint https://", "--endpoint ftp://"), "cli-run", "Endpoint must use", CLI),
    _of("oauth", "the scopes are never written", _without_step(4), "project-state", "scopes", CLI),
    _of("oauth", "a sign-in that the CLI takes for none", swap("--outbound-auth oauth --credential-name Sky", "--outbound-auth NONE"), "project-state", "outboundAuth", CLI),
    _of("lambda", "the tools are never put where the project keeps them", _without_step(1), "cli-run", "Tool schema file not found", CLI),
    _of("lambda", "an option that the installed CLI does not list", swap("agentcore status --type gateway", "agentcore status --kind gateway"), "aws-command-options", "--kind", CLI),
]  # fmt: skip


def _runtime(wrong: str, edit: Edit, check: str, says: str, artifact: str = "") -> Mutant:
    return Mutant("runtime-shell", "oauth", "runtime.sh", wrong, edit, check, says, artifact=artifact)


# runtime.sh: by its text, and by what commands.sh does with it.
_SHELL = [
    _runtime("the shell traces what it does", swap("  { set +x; } 2>/dev/null\n", "  set -x\n"), "as-planned", "was changed"),
    _runtime("a case that does not end", drop("  case $status in\n"), "bash-syntax", "syntax error"),
    _runtime("a variable in an unsafe command", swap("trap ended EXIT\n", 'trap ended EXIT\nrm -rf "$ROOT/"*\n'), "shellcheck", "SC2115"),
    _runtime("a secret is said when it is asked for", swap('  printf -v "$name" \'%s\' "$value"\n  if', '  say "$value"\n  printf -v "$name" \'%s\' "$value"\n  if'), "as-planned", "was added"),
    _runtime("every step's secrets are said", after('        if is_set "${NAMES[index]}"; then\n', '          say "${!NAMES[index]}"\n'), "as-planned", "was added"),
    _runtime("a step's secrets are printed", after('  give "$1"\n', "  export -p\n"), "secrets-stay-secret", "standard output", "commands.sh"),
    _runtime("a step that fails goes unnoticed", swap('  carry_out "$id" "$@"\n', '  carry_out "$id" "$@" || true\n'), "as-planned", "was changed"),
    _runtime("no step is carried out", drop('  carry_out "$id" "$@"\n'), "as-planned", "is missing here"),
]  # fmt: skip


def _json(wrong: str, edit: Edit, says: str = "was changed") -> Mutant:
    return Mutant("runtime-json", "oauth", "runtime.mjs", wrong, edit, "as-planned", says)


_JSON = [
    _json("what differs from the plan is taken for done", swap("if (found.length === 0) return process.exit(10);", "return process.exit(10);")),
    _json("a taken name is overwritten", swap("if (found.length > 0) return stop(", "if (found.length < 0) return stop(")),
    _json("the file is written in place", swap("    fs.renameSync(temporary, target);\n", "    fs.writeFileSync(target, text);\n")),
    _json("every value is printed", swap("verbs[verb](...rest);\n", "console.log(process.env);\nverbs[verb](...rest);\n"), "was added"),
    _json("it is no program", drop("const verbs = {\n"), "is missing here"),
]  # fmt: skip

_DATA = [
    Mutant("plan", "openapi", "plan.json", "the sign-in changed in what is edited", put("steps", 1, "edit", "changes", 0, "value", "authorizerType", "OAuthCredentialProvider"), "follows-from-answers", "steps[1].edit"),
    Mutant("plan", "oauth", "plan.json", "a step counts as done when it is not", put("script", "probes", "add-gateway", [[{"file": "agentcore/agentcore.json", "at": ["name"], "value": {}}]]), "follows-from-answers", "script.probes.add-gateway"),
]  # fmt: skip

MUTANTS = [*_BY_CONTRACT, *_BY_TEXT, *_BY_SECRETS, *_BY_CLI, *_SHELL, *_JSON, *_DATA]
