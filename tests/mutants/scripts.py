"""Wrong boto3 scripts, and wrong handlers of Lambda functions."""

from __future__ import annotations

from tests.mutants.mutant import Edit, Mutant, after, drop, swap

_TARGET = '"targetConfiguration": {"mcp": {"mcpServer": {"endpoint": "https://mcp.example.com/mcp"}}},'
_MADE = '        say(f"Making the OAuth credential provider {PROVIDER}.")\n'


def _of(wrong: str, edit: Edit, check: str, says: str, plan: str = "consent") -> Mutant:
    name = {"consent": "configure_notes.py", "key": "configure_prices.py"}[plan]
    return Mutant("configure", plan, name, wrong, edit, check, says)


_CONFIGURE = [
    _of("a body with two union members", swap(_TARGET, _TARGET.replace('{"mcpServer"', '{"lambda": {}, "mcpServer"')), "request-model", "lambda"),
    _of("two kinds of target in one body", swap(_TARGET, _TARGET.replace("}}},", '}}, "http": {}},')), "request-model", "http"),
    _of("a required member is missing", drop('        "clientToken": target_client_token,\n'), "requests-as-planned", "clientToken"),
    _of("a member that the model requires is missing", drop('        "gatewayIdentifier": gateway_id,\n'), "request-model", "gatewayIdentifier"),
    _of("a member that does not exist", swap('"scopes": ["read"],', '"scopes": ["read"], "audience": "x",'), "request-model", "audience"),
    _of("a member in the CLI's spelling", swap('"grantType":', '"grant_type":'), "request-model", "grant_type"),
    _of("a value outside the enum", swap('"AUTHORIZATION_CODE"', '"authorization_code"'), "request-model", "authorization_code"),
    _of("another grant than planned", swap('"AUTHORIZATION_CODE"', '"CLIENT_CREDENTIALS"'), "requests-as-planned", "grantType"),
    _of("an auth that the target forbids", swap('"credentialProviderType": "OAUTH"', '"credentialProviderType": "GATEWAY_IAM_ROLE"'), "requests-as-planned", "credentialProviderType"),
    _of("a credential beside its kind", swap('"credentialProviderType": "API_KEY"', '"credentialProviderType": "APIKEY"'), "request-model", "APIKEY", "key"),
    _of("a text where a list is expected", swap('"scopes": ["read"]', '"scopes": "read"'), "request-model", "scopes"),
    _of("http:// for the endpoint", swap("https://mcp.example.com/mcp", "http://mcp.example.com/mcp"), "requests-as-planned", "endpoint"),
    _of("another location of the key", swap('"credentialLocation": "HEADER"', '"credentialLocation": "BODY"'), "request-model", "BODY", "key"),
    _of("an operation that does not exist", swap('"operation": "update_workload_identity"', '"operation": "put_workload_identity"'), "request-model", "no operation"),
    _of("another operation", swap("control.create_oauth2_credential_provider(", "control.create_api_key_credential_provider("), "requests-sent", "create_api_key_credential_provider"),
    _of("a request is dropped", drop("            control.create_oauth2_credential_provider(**body)\n"), "python-compile", "no Python"),
    _of("a request is announced and not sent", swap("            control.create_oauth2_credential_provider(**body)\n", "            pass\n"), "requests-sent", "sent: none"),
    _of("a request is sent and not announced", swap('"operation": "update_workload_identity",', '"operation": "update_workload_identity_",'), "requests-as-planned", "update_workload_identity_"),
    _of("a body is changed on its way", swap("create_oauth2_credential_provider(**body)", 'create_oauth2_credential_provider(**{**body, "name": "Other"})'), "requests-sent", "name"),
    _of("what stands at AWS is forgotten", drop("            *return_urls_so_far,\n"), "requests-as-planned", "allowedResourceOauth2ReturnUrls"),
    _of("a secret is printed", after(_MADE, '        print(body["oauth2ProviderConfigInput"])\n'), "secrets-stay-secret", "is shown"),
    _of("a secret is said", after(_MADE, '        sys.stderr.write(str(body))\n'), "secrets-stay-secret", "standard error"),
    _of("a secret is written to a file", after(_MADE, '        open("provider.json", "w").write(json.dumps(body))\n'), "secrets-stay-secret", "provider.json"),
    _of("a secret stands in its text", swap('"clientSecret": client_secret', '"clientSecret": "Zk3vT9qLx7Rb2mN8wYc5HdPf"'), "no-secret-inside", "written out"),
    _of("no Python", drop("def reasons(answer"), "python-compile", "no Python"),
    _of("the compiler warns", swap("if wanted is None:", 'if wanted is "":'), "python-compile", "the compiler warns"),
    _of("an import that is gone", swap("import argparse\n", "import argparse\nimport imp\n"), "python-import", "imp"),
    _of("a name that does not exist", swap('RUN = uuid.uuid4()', "RUN = uuid.uuid9()"), "python-import", "uuid9"),
    _of("the gateway's role may do everything", swap('"Action": ["bedrock-agentcore:GetResourceOauth2Token"]', '"Action": ["bedrock-agentcore:*"]'), "facts-as-planned", "ROLE_POLICY"),
    _of("the gateway's role may read every secret", swap("secret:bedrock-agentcore-identity!default/oauth2/NotesCredential-*", "secret:*"), "facts-as-planned", "ROLE_POLICY"),
    _of("another gateway", swap('GATEWAY = "AgentProject-MyGateway"', 'GATEWAY = "MyGateway"'), "facts-as-planned", "GATEWAY"),
    _of("it ends well although it failed", swap('        "gatewayIdentifier": gateway_id,\n', '        "gatewayIdentifier": gateway_id + "x",\n'), "requests-sent", "gatewayIdentifier"),
]  # fmt: skip


def _policies(wrong: str, edit: Edit, check: str, says: str) -> Mutant:
    return Mutant("configure-policies", "policy-elsewhere", "configure_policies.py", wrong, edit, check, says)


_POLICIES = [
    _policies("a policy is left out", drop("""    (
        "MyGateway_forbid_cancel_order",
        "MyGateway_forbid_cancel_order.cedar",
        "FAIL_ON_ANY_FINDINGS",
    ),
"""), "requests-sent", "create_policy"),
    _policies("policies are not validated", swap('"FAIL_ON_ANY_FINDINGS"', '"IGNORE_ALL_FINDINGS"'), "requests-as-planned", "validationMode"),
    _policies("the engine is never attached", swap("        control.update_gateway(**gateway_body(gateway, engine[\"policyEngineArn\"]))\n", ""), "requests-sent", "update_gateway"),
    _policies("another mode", swap('MODE = "LOG_ONLY"', 'MODE = "ENFORCE"'), "requests-sent", "mode"),
    _policies("a policy that only logs", swap('"enforcementMode": "ACTIVE"', '"enforcementMode": "LOG_ONLY"'), "requests-as-planned", "enforcementMode"),
    _policies("a member that does not exist", swap('"validationMode": mode', '"validation": mode'), "request-model", "validation"),
    _policies("the gateway's own members are forgotten", drop("        **body,\n"), "request-model", "roleArn"),
    _policies("the policy keeps the variable", swap('text.replace("${GATEWAY_ARN}", gateway_arn)', "text"), "requests-sent", "statement"),
]  # fmt: skip


def _settings(wrong: str, edit: Edit, check: str, says: str) -> Mutant:
    return Mutant("configure-gateway", "settings", "configure_gateway.py", wrong, edit, check, says)


_SETTINGS = [
    _settings("a setting is left out", drop('    "description": "Tools",\n'), "requests-as-planned", "description"),
    _settings("streaming stays off", swap('"enableResponseStreaming": True', '"enableResponseStreaming": False'), "requests-as-planned", "enableResponseStreaming"),
    _settings("a session beyond the limit", swap("3600", "360000"), "request-model", "sessionTimeoutInSeconds"),
    _settings("the gateway's own members are forgotten", swap("merged(body, SETTINGS)", "SETTINGS"), "request-model", "roleArn"),
    _settings("it is never sent", drop("        control.update_gateway(**gateway_body(gateway))\n"), "requests-sent", "update_gateway"),
    _settings("a member that does not exist", swap('"streamingConfiguration"', '"streaming"'), "request-model", "streaming"),
    _settings("another gateway", swap('GATEWAY = "', 'GATEWAY = "Other'), "facts-as-planned", "GATEWAY"),
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
    _handler("no Python", swap("def handler(event: Any, context: Any)", "def handler(event: Any, context: Any"), "python-compile", "no Python"),
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
    _interceptor("no Python", swap("def handler(event: Any, context: Any)", "def handler(event: Any, context: Any"), "python-compile", "no Python"),
    _interceptor("another module than the plan's", swap('YOURS = "interceptor_rules"', 'YOURS = "rules"'), "facts-as-planned", "YOURS"),
]  # fmt: skip

MUTANTS = [*_CONFIGURE, *_POLICIES, *_SETTINGS, *_HANDLER, *_INTERCEPTOR]
