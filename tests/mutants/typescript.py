"""Wrong gateway clients in TypeScript: each is run by Node.js, unless its text alone gives it away."""

from __future__ import annotations

from agentcore_connect.knowledge.resources import manifests
from tests.mutants.mutant import NODE, Edit, Mutant, drop, swap

_FILE = "gateway_client.ts"
_LISTED, _NO_ENTRY, _NO_START = "3 pages", "does not get in", "until then the agent has to start"
_SIGNED, _NO_TOKEN = "is not signed (SigV4)", "no bearer token"
_SENDS = '    headers.set("Authorization", `Bearer ${token}`);\n'
_ONE_PAGE = {
    "mcp": swap("    if (!cursor) break;", "    break;"),
    "strands": swap("await gateway?.listTools()", "(await gateway?.listTools())?.slice(0, 2)"),
    "vercel-ai": swap("await gateway?.tools()", "gateway?.toolsFromDefinitions(await gateway.listTools())"),
}
_IMPORTS = {
    "mcp": swap('import { Client } from "@mod', 'import { Client, Gone } from "@mod'),
    "strands": swap("import { McpClient }", "import { McpClient, Gone }"),
    "vercel-ai": swap("import { createMCPClient, type MCPClient }", "import { createMCPClient, Gone, type MCPClient }"),
}


def _of(plan: str, wrong: str, edit: Edit, check: str, says: str, *, run: bool = True) -> Mutant:
    return Mutant(plan.split()[0], plan, _FILE, wrong, edit, check, says, NODE if run else "")


def _in_common(framework: str) -> list[Mutant]:
    """What can be wrong in the client of any framework."""
    none, iam, jwt = (f"typescript-{framework} {inbound}" for inbound in ("none", "aws-iam", "custom-jwt"))
    return [
        _of(none, "it reads one page", _ONE_PAGE[framework], "gateway-run", _LISTED),
        _of(none, "it cannot start before the first deploy", swap("process.env[URL_VARIABLE]?.trim()", "process.env[URL_VARIABLE]!.trim()"), "gateway-run", _NO_START),
        _of(none, "no TypeScript", swap("export class GatewayError extends Error {", "export class GatewayError extends Error"), "gateway-run", _NO_START),
        _of(none, "it prints more than names", swap("console.log(name)", 'console.log("tool:", name)'), "gateway-run", "0 of the 5"),
        _of(none, "an import that is gone, and used", lambda text: _IMPORTS[framework](text).replace("const url = gatewayUrl();", "const url = gatewayUrl() ?? Gone.url;"), "gateway-run", _NO_START),
        _of(none, "another gateway's variable", swap("AGENTCORE_GATEWAY_MYGATEWAY_URL", "AGENTCORE_GATEWAY_URL"), "facts-as-planned", "URL_VARIABLE", run=False),
        _of(iam, "nothing is signed", swap("signing(defaultProvider());", "fetch;"), "gateway-run", _SIGNED),
        _of(iam, "signed for another service", swap('service: "bedrock-agentcore"', 'service: "execute-api"'), "gateway-run", _SIGNED),
        _of(iam, "signed for another Region", swap("const region = signingRegion(url.hostname);", 'const region = "eu-west-1";'), "gateway-run", _SIGNED),
        _of(iam, "the host is left out of the signature", swap(", host: url.host }", " }"), "gateway-run", _SIGNED),
        _of(jwt, "no token is sent", drop(_SENDS), "gateway-run", _NO_TOKEN),
        _of(jwt, "the token without its scheme", swap("`Bearer ${token}`", "token"), "gateway-run", _NO_TOKEN),
        _of(jwt, "a hard-coded token", swap("token = await source();", 'token = "Zk3vT9qLx7Rb2mN8wYc5HdPfGs4JaE6uVq1XtM0o";'), "no-secret-inside", "looks like a secret", run=False),
        _of(jwt, "the token is shown", swap("    end = endOf(token);", "    end = endOf(token);\n    console.error(`with ${token}`);"), "secrets-stay-secret", "standard error"),
        _of(jwt, "another variable for the token", swap("AGENTCORE_GATEWAY_MYGATEWAY_TOKEN", "AGENTCORE_TOKEN"), "facts-as-planned", "TOKEN_VARIABLE", run=False),
    ]  # fmt: skip


FRAMEWORKS = [kind.removeprefix("typescript-") for kind in manifests() if kind.startswith("typescript-")]
MUTANTS = [mutant for framework in FRAMEWORKS for mutant in _in_common(framework)]
