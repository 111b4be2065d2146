"""Wrong boto3 scripts, and wrong handlers of Lambda functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.mutants.mutant import Edit, Mutant, after, data, drop, swap

_DATA = "configure.json"
_STEPS = "configure_steps.py"
_AWS = "configure_aws.py"
_RECORD = "configure_record.py"
_ROLE = "configure_role.py"
_VALUES = "configure_values.py"
_CONSENT = "configure_consent.py"


def _of(wrong: str, edit: Edit, check: str, says: str, plan: str = "consent") -> Mutant:
    """A fault in the requests of a plan."""
    return Mutant("configure-json", plan, _DATA, wrong, edit, check, says)


def _step(kind: str, *path: Any) -> Edit:
    """Put the last of these at the place of the first step of a kind that the others name."""

    def change(document: Any) -> None:
        step = next(one for one in document["steps"] if one["kind"] == kind)
        for name in path[:-2]:
            step = step[name]
        step[path[-2]] = path[-1]

    return data(change)


def _steps(change: Callable[[list[Any]], list[Any]]) -> Edit:
    """Other steps than those of the plan."""
    return data(lambda document: {**document, "steps": change(document["steps"])})


def _without_kind(kind: str) -> Edit:
    return _steps(lambda steps: [one for one in steps if one["kind"] != kind])


def _less(kind: str, *path: str) -> Edit:
    """Take a place of the first step of a kind out."""

    def change(document: Any) -> None:
        step = next(one for one in document["steps"] if one["kind"] == kind)
        for name in path[:-1]:
            step = step[name]
        del step[path[-1]]

    return data(change)


_ENDPOINT = {"endpoint": "https://mcp.example.com/mcp"}
_CREDENTIAL = ("body", "credentialProviderConfigurations", 0)
_OAUTH = (*_CREDENTIAL, "credentialProvider", "oauthCredentialProvider")
_KEY = (*_CREDENTIAL, "credentialProvider", "apiKeyCredentialProvider")
_WHICH = ("body", "targetConfiguration")

_CONFIGURE = [
    _of("a body with two union members", _step("target", *_WHICH, "mcp", {"lambda": {}, "mcpServer": _ENDPOINT}), "request-model", "lambda"),
    _of("two kinds of target in one body", _step("target", *_WHICH, {"mcp": {"mcpServer": _ENDPOINT}, "http": {}}), "request-model", "http"),
    _of("a planned member is missing", _less("target", "body", "clientToken"), "requests-as-planned", "clientToken"),
    _of("a member that the model requires is missing", _less("target", "body", "gatewayIdentifier"), "request-model", "gatewayIdentifier"),
    _of("a member that does not exist", _step("target", *_OAUTH, "audience", "x"), "request-model", "audience"),
    _of("a member in the CLI's spelling", swap('"grantType":', '"grant_type":'), "request-model", "grant_type"),
    _of("a value outside the enum", swap('"AUTHORIZATION_CODE"', '"authorization_code"'), "request-model", "authorization_code"),
    _of("another grant than planned", swap('"AUTHORIZATION_CODE"', '"CLIENT_CREDENTIALS"'), "requests-as-planned", "grantType"),
    _of("an auth that the target forbids", swap('"credentialProviderType": "OAUTH"', '"credentialProviderType": "GATEWAY_IAM_ROLE"'), "requests-as-planned", "credentialProviderType"),
    _of("a credential beside its kind", swap('"credentialProviderType": "API_KEY"', '"credentialProviderType": "APIKEY"'), "request-model", "APIKEY", "key"),
    _of("a text where a list is expected", _step("target", *_OAUTH, "scopes", "read"), "request-model", "scopes"),
    _of("http:// for the endpoint", swap("https://mcp.example.com/mcp", "http://mcp.example.com/mcp"), "requests-as-planned", "endpoint"),
    _of("another location of the key", _step("target", *_KEY, "credentialLocation", "BODY"), "request-model", "BODY", "key"),
    _of("an operation that does not exist", swap('"operation": "update_workload_identity"', '"operation": "put_workload_identity"'), "request-model", "no operation"),
    _of("another operation", swap('"create_oauth2_credential_provider"', '"create_api_key_credential_provider"'), "requests-sent", "create_api_key_credential_provider"),
    _of("a request is left out", _without_kind("oauth-provider"), "requests-as-planned", "the plan has"),
    _of("what stands at AWS is forgotten", _step("return-url", "body", "allowedResourceOauth2ReturnUrls", ["https://app.example.com/back"]), "requests-as-planned", "allowedResourceOauth2ReturnUrls"),
    _of("a secret is asked for in the open", _step("oauth-provider", "inputs", "client_secret", "secret", False), "facts-as-planned", "secret"),
    _of("a secret stands in its text", _step("oauth-provider", "body", "oauth2ProviderConfigInput", "customOauth2ProviderConfig", "clientSecret", "Zk3vT9qLx7Rb2mN8wYc5HdPf"), "no-secret-inside", "written out"),
    _of("no JSON", swap('"steps": [', '"steps": ['[:-1]), "json", ""),
    _of("the gateway's role may do everything", swap('"bedrock-agentcore:GetResourceOauth2Token"', '"bedrock-agentcore:*"'), "facts-as-planned", "role.policy"),
    _of("the gateway's role may read every secret", swap("secret:bedrock-agentcore-identity!default/oauth2/NotesCredential-*", "secret:*"), "facts-as-planned", "role.policy"),
    _of("another gateway", swap('"name": "AgentProject-MyGateway"', '"name": "MyGateway"'), "facts-as-planned", "name"),
    _of("a need of the gateway is forgotten", _step("target", "needs", []), "facts-as-planned", "needs"),
    _of("a provider is taken from elsewhere", _step("oauth-provider", "body", None), "requests-as-planned", "the plan has"),
]  # fmt: skip


def _code(file: str, wrong: str, edit: Edit, check: str, says: str, plan: str = "consent") -> Mutant:
    """A fault in the program that is the same for every plan."""
    kind = file.removesuffix(".py").replace("_", "-")
    by_run = check in ("requests-as-planned", "requests-sent", "secrets-stay-secret", "request-model")
    return Mutant(kind, plan, file, wrong, edit, check, says, artifact=_DATA if by_run else "")


_CREATE = "        say(f\"Creating the {kind.noun} {step['name']}.\")\n"
_SENT = '        answer: Body = getattr(self.client(step["service"]), step["operation"])(**body)\n'

_PROGRAM = [
    _code("configure.py", "steps are left out", swap("for step in world.steps:", "for step in world.steps[:-1]:"), "requests-sent", "create_gateway_target"),
    _code("configure.py", "what is planned is not printed", swap("planned(data), indent=2", "planned(data)[1:], indent=2"), "requests-as-planned", "the plan has"),
    _code("configure.py", "it ends badly although AWS accepted everything", swap("    result = world.report()\n", "    result = world.report() or 1\n"), "requests-sent", "exit status 1"),
    _code("configure.py", "an option that nobody planned", after('    parser = argparse', "  # mine"), "as-planned", "was changed"),
    _code("configure.py", "an import that is gone", swap("import argparse\n", "import argparse\nimport imp\n"), "python-import", "imp"),
    _code("configure.py", "no Python", swap("def main(argv", "def main argv"), "python-compile", "not Python"),
    _code(_STEPS, "a target is announced and not sent", swap("target, is_new = world.create(step, wanted)", "target, is_new = {'targetId': 'x', 'status': 'READY'}, True"), "requests-sent", "the plan has"),
    _code(_STEPS, "the return URL is not allowed", drop("        world.send(step, body)\n"), "requests-sent", "the plan has"),
    _code(_STEPS, "what stands at AWS is forgotten", swap("[*before, *added]", "[*added]"), "requests-sent", "allowedResourceOauth2ReturnUrls"),
    _code(_STEPS, "the engine is never attached", swap("        world.update_gateway(wanted, hint", "        str((wanted, step.get"), "python-compile", "not Python", "policy-elsewhere"),
    _code(_STEPS, "a setting is written away", swap("wanted = {name: body[name] for name in step[\"sets\"]}", "wanted = {name: body[name] for name in step[\"sets\"][1:]}"), "requests-sent", "the plan has", "policy-elsewhere"),
    _code(_STEPS, "it is changed", after("# What cannot be changed", " (but see below)"), "as-planned", "was changed"),
    _code(_AWS, "a body is changed on its way", swap("(**body)\n        return answer", "(**{**body, \"description\": \"Other\"})\n        return answer"), "requests-sent", "description"),
    _code(_AWS, "a secret is printed", after(_CREATE, "        print(body)\n"), "secrets-stay-secret", "is shown"),
    _code(_AWS, "a secret is said", after(_CREATE, "        sys.stderr.write(str(body))\n"), "secrets-stay-secret", "standard error"),
    _code(_AWS, "a secret is written to a file", after(_CREATE, '        open(configure_values.FOLDER / "sent.json", "a").write(str(body))\n'), "secrets-stay-secret", "sent.json"),
    _code(_AWS, "a request is not sent", swap(_SENT, "        answer: Body = dict(body)\n"), "requests-sent", "none"),
    _code(_AWS, "the policy keeps the variable", swap('.replace("${GATEWAY_ARN}", self.gateway["gatewayArn"])', ""), "requests-sent", "statement", "policy-elsewhere"),
    _code(_AWS, "the gateway's own members are forgotten", swap("body = {**body, **wanted} if replace else merged(body, wanted, alternatives=False)", "body = wanted"), "requests-sent", "the plan says", "settings"),
    _code(_VALUES, "the compiler warns", swap("if wanted is None:", 'if wanted is "":'), "python-compile", "the compiler warns"),
    _code(_RECORD, "it stands in the way", after("        self._tokens: dict[str, str] = {}\n", "        raise ValueError(path)\n"), "requests-sent", "the plan has"),
    _code(_RECORD, "a token of another form", swap("return str(before", "return 'x' + str(before"), "requests-sent", "clientToken"),
    _code(_RECORD, "secrets are written down", after("        self._own[key] = {", "**os.environ, "), "secrets-stay-secret", "configure.state.json"),
    _code(_RECORD, "no Python", swap("def forget(self", "def forget self"), "python-compile", "not Python"),
    _code(_RECORD, "it is changed", after("import uuid\n", "# mine\n"), "as-planned", "was"),
    _code(_AWS, "it is changed", swap("BUSY = {", "BUSY = {\"WAITING\", "), "as-planned", "was changed"),
]  # fmt: skip


_OWN_ROLE = [
    _of("anyone's gateway may assume the role", swap('"aws:SourceAccount": "${ACCOUNT}"', '"aws:SourceAccount": "*"'), "facts-as-planned", "role.trust", "boto3"),
    _of("the role may do everything", swap('"lambda:InvokeFunction"', '"lambda:*"'), "facts-as-planned", "role.policy", "boto3"),
    _of("rights are left out", _step("rights", "statements", []), "facts-as-planned", "statements", "boto3"),
    _of("the role is never created", _without_kind("role"), "requests-as-planned", "the plan has", "boto3"),
    _code(_ROLE, "the trust policy names no account", swap('"ACCOUNT": world.args.account or world.own_account()', '"ACCOUNT": "*"'), "requests-sent", "AssumeRolePolicyDocument", "boto3"),
    _code(_ROLE, "rights are given for every resource", swap('        one["Resource"] = [', '        one["Resource"] = ["*"] or ['), "requests-sent", "PolicyDocument", "boto3"),
    _code(_ROLE, "all rights are given at once", swap(' if one["Sid"] in step["statements"]', ""), "requests-sent", "PolicyDocument", "boto3"),
    _code(_ROLE, "the rights are announced and not given", drop("        world.send(step, body)\n"), "requests-sent", "the plan has", "boto3"),
    _code(_ROLE, "no Python", swap("def settle(world", "def settle world"), "python-compile", "not Python", "boto3"),
    _code(_CONSENT, "it listens at every address", swap('HTTPServer(("127.0.0.1"', 'HTTPServer(("0.0.0.0"'), "as-planned", "was changed"),
    _code(_CONSENT, "any text is taken for a session", swap("re.fullmatch(SESSION, session)", "session"), "as-planned", "was changed"),
    _code(_CONSENT, "an import that is gone", swap("import time\n", "import time\nimport imp\n"), "python-import", "imp"),
    _code(_CONSENT, "no Python", swap("def complete(world", "def complete world"), "python-compile", "not Python"),
    _code(_VALUES, "a value is left out of its request", swap("part is not None}", "part is not None and name != 'clientToken'}"), "requests-sent", "clientToken"),
    _code(_VALUES, "secrets are not masked", drop("        SECRETS.add(text)\n"), "as-planned", "missing"),
    _code(_VALUES, "a secret is shown", swap("        SECRETS.add(text)\n", "        print(text)\n"), "secrets-stay-secret", "is shown"),
    _code(_VALUES, "no Python", swap("def covers(actual", "def covers actual"), "python-compile", "not Python"),
]  # fmt: skip


def _policies(wrong: str, edit: Edit, check: str, says: str) -> Mutant:
    return _of(wrong, edit, check, says, "policy-elsewhere")


def _forbids(step: Any) -> bool:
    return step["kind"] == "policy" and "forbid" in step["name"]


_POLICIES = [
    _policies("a policy is left out", _steps(lambda steps: [one for one in steps if not _forbids(one)]), "requests-sent", "create_policy"),
    _policies("policies are not validated", swap('"FAIL_ON_ANY_FINDINGS"', '"IGNORE_ALL_FINDINGS"'), "requests-as-planned", "validationMode"),
    _policies("the engine is never attached", _without_kind("gateway-settings"), "requests-sent", "update_gateway"),
    _policies("another mode", swap('"mode": "LOG_ONLY"', '"mode": "ENFORCE"'), "requests-sent", "mode"),
    _policies("a policy that only logs", swap('"enforcementMode": "ACTIVE"', '"enforcementMode": "LOG_ONLY"'), "requests-as-planned", "enforcementMode"),
    _policies("a policy from another file", _step("policy", "file", "MyGateway_forbid_cancel_order.cedar"), "requests-as-planned", "statement"),
]  # fmt: skip


def _settings(wrong: str, edit: Edit, check: str, says: str) -> Mutant:
    return _of(wrong, edit, check, says, "settings")


_SETTINGS = [
    _settings("a setting is left out", _less("gateway-settings", "body", "description"), "requests-as-planned", "description"),
    _settings("a setting is not sent", _step("gateway-settings", "sets", ["description"]), "requests-sent", "protocolConfiguration"),
    _settings("streaming stays off", swap('"enableResponseStreaming": true', '"enableResponseStreaming": false'), "requests-as-planned", "enableResponseStreaming"),
    _settings("a session beyond the limit", swap("3600", "360000"), "request-model", "sessionTimeoutInSeconds"),
    _settings("a member that does not exist", swap('"streamingConfiguration"', '"streaming"'), "request-model", "streaming"),
]  # fmt: skip


def _handler(wrong: str, edit: Edit, check: str, says: str) -> Mutant:
    return Mutant("lambda-handler", "lambda", "lambda_handler.py", wrong, edit, check, says)


_HANDLER = [
    _handler("it does not strip the target's name", swap('name.split("___", 1)[-1]', "name"), "handler-run", "does not reach its function"),
    _handler("it strips at one underscore", swap('name.split("___", 1)[-1]', 'name.rsplit("_", 1)[-1]'), "handler-run", "does not reach its function"),
    _handler("it reads the tool's name from the event", swap('custom.get("bedrockAgentCoreToolName", "")', 'custom.get("toolName", "")'), "handler-run", "no tool is named"),
    _handler("a tool is missing where calls are handed out", drop('    "cancel_order": CancelOrderInput,\n'), "handler-run", "Orders___cancel_order"),
    _handler("every tool runs the same function", swap('wanted = re.sub(r"\\W", "_", name)', 'wanted = "get_order"'), "handler-run", "run the same function"),
    _handler("the whole context is handed on as arguments", swap("_function(name)(event)", '_function(name)({"arguments": event})'), "handler-run", "with its arguments"),
    _handler("arguments are not looked at", swap('if faults := list(_faults(event, TOOLS[name], "")):', "if faults := []:"), "handler-run", "without its arguments"),
    _handler("tools that are not there are answered", swap("if name not in TOOLS:", 'if name not in TOOLS and name != "no-such-tool":'), "handler-run", "no-such-tool"),
    _handler("a type that is not the schema's", swap("    total: NotRequired[float]", "    total: NotRequired[str]"), "handler-run", "total"),
    _handler("no Python", swap("def handler(event: Any, context: Any)", "def handler(event: Any, context: Any"), "python-compile", "not Python"),
    _handler("an import that is gone", swap("import keyword\n", "import keyword\nimport distutils.util_gone\n"), "python-import", "importing it fails"),
    _handler("a key stands in its text", swap('YOURS = "orders_tools"', 'YOURS = "orders_tools"\nAPI_KEY = "Zk3vT9qLx7Rb2mN8wYc5HdPf"'), "no-secret-inside", "a secret written out"),
    _handler("another module than the plan's", swap('YOURS = "orders_tools"', 'YOURS = "tools"'), "facts-as-planned", "YOURS"),
]  # fmt: skip


def _interceptor(wrong: str, edit: Edit, check: str, says: str) -> Mutant:
    return Mutant("interceptor-handler", "interceptors", "interceptor_handler.py", wrong, edit, check, says)


_INTERCEPTOR = [
    _interceptor("the version is the input's", swap('"interceptorOutputVersion"', '"interceptorInputVersion"'), "interceptor-run", "interceptorOutputVersion"),
    _interceptor("a request is answered under the name it came by", swap('"transformedGatewayRequest"', '"gatewayRequest"'), "interceptor-run", "a request that a rule changed"),
    _interceptor("a refused call goes on", swap("changes = _response(200, _error(message, str(error)))", "changes = _request(message)"), "interceptor-run", "a request that a rule refused"),
    _interceptor("a refusal is without the message's id", swap('message.get("id") if isinstance(message, dict) else None', "None"), "interceptor-run", "refused"),
    _interceptor("a rule that fails lets calls through", swap("except Refused as error:", "except Exception as error:"), "interceptor-run", "a rule that fails"),
    _interceptor("the answer's status is lost", swap("_response(status, _kept", "_response(200, _kept"), "interceptor-run", "a response that a rule changed"),
    _interceptor("headers are left out", swap('**({"headers": headers} if headers else {})', ""), "interceptor-run", "a request that a rule changed"),
    _interceptor("the caller's token is logged", after("message, headers = request[\"body\"], request.get(\"headers\") or {}\n", "    print(headers)\n"), "interceptor-run", "the caller's token"),
    _interceptor("no Python", swap("def handler(event: Any, context: Any)", "def handler(event: Any, context: Any"), "python-compile", "not Python"),
    _interceptor("another module than the plan's", swap('YOURS = "interceptor_rules"', 'YOURS = "rules"'), "facts-as-planned", "YOURS"),
]  # fmt: skip

MUTANTS = [*_CONFIGURE, *_PROGRAM, *_OWN_ROLE, *_POLICIES, *_SETTINGS, *_HANDLER, *_INTERCEPTOR]
