"""How configure.py brings each kind of thing to what the plan says.

The same file for every plan.
"""

from __future__ import annotations

import json
from typing import Any

from configure_aws import KINDS, World, kind_of, need_reason, or_none, reasons
from configure_consent import asked_for
from configure_role import the_rights, the_role
from configure_values import Body, at, covers, merged, say, stop

# What cannot be changed once a gateway exists.
FIXED = (("authorizerType",), ("protocolType",), ("protocolConfiguration", "mcp", "searchType"))


def look(world: World) -> None:
    """Stop where the gateway cannot be used, and ask for what is needed, before anything changes."""
    step = world.gateway_step
    gateway = world.find(step)
    if gateway is None and (world.args.gateway_id or not step["body"]):
        stop(
            f"There is no gateway {world.args.gateway_id or step['name']} in {world.region}. "
            f"{step['missing']} --region or --gateway-id."
        )
    if gateway is not None and gateway["status"] not in ("READY", "UPDATE_UNSUCCESSFUL"):
        stop(f"The gateway {gateway['gatewayId']} is {gateway['status']}: {reasons(gateway)}.")
    check_gateway(world, gateway or world.known(step))
    world.gateway = gateway or {}
    world.ask_first()


def the_gateway(world: World, step: Body) -> None:
    """The gateway: found, or created where the plan has it; brought to what the plan says."""
    gateway, is_new = world.find(step), False
    if gateway is None:
        gateway, is_new = world.create(step, world.filled(step))
        check_gateway(world, gateway)
    world.gateway = gateway
    if gateway["status"] not in ("READY", "UPDATE_UNSUCCESSFUL"):
        stop(f"The gateway {gateway['gatewayId']} is {gateway['status']}: {reasons(gateway)}.")
    if step["body"] and not is_new:
        gateway_as_planned(world, step)
    world.row("gateway", id=gateway["gatewayId"], url=gateway.get("gatewayUrl", ""))


def check_gateway(world: World, gateway: Body) -> None:
    """Stop where a gateway like this cannot serve a target, or cannot take the settings."""
    mcp = (gateway.get("protocolConfiguration") or {}).get("mcp") or {}
    versions = mcp.get("supportedVersions") or []
    for step in world.steps:
        for need in step.get("needs", []):
            if gateway.get(need["member"]) not in need["one_of"]:
                stop(need_reason(gateway, step["name"], need))
        attached = gateway.get("policyEngineConfiguration") or {}
        mode = attached.get("mode")
        if step["kind"] == "policy-engine" and mode and mode != step["mode"] and not world.args.set_mode:
            stop(
                f"The policy engine of {gateway['name']} is in {mode} mode, the plan says {step['mode']}. "
                "The mode counts for every policy of the engine: add --set-mode to change it. Nothing was done."
            )
        least = step.get("consent_version")
        if least and versions and max(versions) < least["least"]:
            stop(f"The gateway {gateway['name']} speaks MCP {', '.join(versions)} only. {least['text']}")
        wanted = at(step["body"], ("protocolConfiguration", "mcp")) if step["kind"] == "gateway-settings" else None
        if wanted and gateway.get("protocolType", "MCP") != "MCP":
            stop(f"The gateway {gateway['name']} has protocol {gateway['protocolType']}; its settings need MCP.")
        added = [one for one in (wanted or {}).get("supportedVersions", []) if versions and one not in versions]
        if added:
            stop(
                f"The gateway {gateway['name']} does not speak MCP {', '.join(added)}, and a version cannot be added: "
                f"it has {', '.join(versions)}. Correct gateway.protocol_versions, or create a new gateway."
            )


def gateway_as_planned(world: World, step: Body) -> None:
    """Bring a gateway that existed to what the plan says; stop where it differs in what cannot be changed."""
    gateway = world.gateway
    wanted = world.filled(step, gateway_role_arn=gateway.get("roleArn", ""))
    for path in FIXED:
        have, want = at(gateway, path), at(wanted, path)
        if have != want and (want or path[-1] != "searchType"):
            stop(
                f"The gateway {gateway['name']} has {'.'.join(path)} {have or 'none'}, the plan says {want or 'none'}. "
                "That is decided when a gateway is created and cannot be changed: nothing was done. "
                "Give the plan's gateway another name, or delete the one that exists."
            )
    if not covers(gateway.get("authorizerConfiguration"), wanted.get("authorizerConfiguration")):
        say(f"The authorizer of {gateway['name']} differs from the plan: updating it.")
        world.update_gateway({"authorizerConfiguration": wanted["authorizerConfiguration"]}, replace=True)


def the_provider(world: World, step: Body) -> None:
    """A credential provider: created or updated, or found where someone else looks after it."""
    noun, name = KINDS[step["kind"]].noun, step["name"]
    provider = world.find(step)
    if provider is None and step["body"]:
        provider, _ = world.create(step, world.filled(step))
    elif provider is not None and step["body"]:
        has_secret = any(one["secret"] for one in step["inputs"].values())
        if (world.args.renew_secret and has_secret) or provider_differs(world, step, provider):
            provider = world.update(step, provider, world.filled(step))
    if provider is None:
        stop(
            f"There is no {noun} {name} in {world.region}; it has to be in the gateway's account and Region. "
            f"To see those that exist: aws bedrock-agentcore-control {step['list']}"
        )
    if provider.get("status", "READY") != "READY":
        stop(f"The {noun} {name} is {provider['status']}: {reasons(provider)}.")
    for need in step["needs_of_provider"]:
        config = (provider.get("oauth2ProviderConfigOutput") or {}).get(need["config"])
        if config is not None and need["member"] not in config:
            stop(f"The {noun} {name} {need['text']}.")
    world.providers[name] = provider
    world.row("provider", arn=provider["credentialProviderArn"])
    secret = provider.get("clientSecretArn") or provider.get("apiKeySecretArn") or {}
    if secret.get("secretArn"):
        world.row("secret", arn=secret["secretArn"])
    if step["asks_users"] and provider.get("callbackUrl"):
        world.row("callback", url=provider["callbackUrl"])


def provider_differs(world: World, step: Body, provider: Body) -> bool:
    """Whether what AWS shows of the provider, which is never its secret, is not what the plan would create."""
    if not step["shows"]:
        return False
    wanted = world.known(step)
    vendor = wanted["credentialProviderVendor"]
    if provider.get("credentialProviderVendor", vendor) != vendor:
        stop(
            f"The provider {step['name']} exists for {provider['credentialProviderVendor']}, not {vendor}. "
            "Delete it, or choose another name."
        )
    config: Body = next(iter(wanted["oauth2ProviderConfigInput"].values()))
    shown: Body = next(iter(provider.get("oauth2ProviderConfigOutput", {}).values()), {})
    compared = {name: config[name] for name in step["shows"] if name in config}
    if shown.get("oauthDiscovery", {}).keys() != compared.get("oauthDiscovery", {}).keys():
        compared.pop("oauthDiscovery", None)  # shown in another form: nothing to compare
    return not covers(shown, compared)


def the_return_urls(world: World, step: Body) -> None:
    """Let users come back to the application after their consent."""
    arn = at(world.gateway, ("workloadIdentityDetails", "workloadIdentityArn")) or world.gateway["gatewayId"]
    name = str(arn).rpartition("/")[2]
    identity = or_none(world.control.get_workload_identity, name=name)
    if identity is None:
        say(f"The gateway has no workload identity {name}, so its return URLs are not restricted.")
        return
    before = identity.get("allowedResourceOauth2ReturnUrls", [])
    body = world.filled(step, workload_identity=name, return_urls_so_far=[])
    urls = body["allowedResourceOauth2ReturnUrls"]
    if not set(urls) <= set(before):
        added = [one for one in urls if one not in before]
        say(f"Allowing the return URL {', '.join(added)}.")
        body["allowedResourceOauth2ReturnUrls"] = [*before, *added]
        world.record.begin(step, added=[*(world.record.of(step) or {}).get("added", []), *added])
        world.send(step, body)


def the_target(world: World, step: Body) -> None:
    """A target: created, or updated where it differs; what the plan does not speak of is kept."""
    name, wanted = step["name"], world.filled(step)
    target = world.find(step)
    if target is None:
        target, is_new = world.create(step, wanted)
        if is_new:
            return target_shown(world, step, target)
    if target["status"].endswith("_PENDING_AUTH"):
        return target_shown(world, step, target)  # can neither be updated nor deleted before the consent
    have, want = kind_of(target), kind_of(wanted)
    if have != want:
        stop(
            f"The gateway {world.gateway['name']} has a target {name} of the kind {have}, the plan says {want}. "
            "Nothing was changed. Give the plan's connection another name, or delete that target."
        )
    carried = KINDS["target"].carried
    changed = [one for one in carried if one in wanted and not covers(target.get(one), wanted[one])]
    credentials = target.get("credentialProviderConfigurations", [])
    drops = "credentialProviderConfigurations" not in step["body"]
    if drops and any("credentialProvider" in one for one in credentials):
        changed.append("credentialProviderConfigurations")
    if changed or target["status"] != "READY":
        say(f"Updating the target {name} ({', '.join(changed) or target['status']}).")
        body = {one: target[one] for one in carried if target.get(one)}
        body |= {one: merged(body.get(one), wanted[one]) for one in carried if one in wanted}
        if drops:
            body.pop("credentialProviderConfigurations", None)
        target = world.update(step, target, body)
    elif world.args.synchronize and step["synchronizes"]:
        say(f"Reading the tools of {name} again.")
        world.control.synchronize_gateway_targets(
            gatewayIdentifier=world.gateway["gatewayId"], targetIdList=[target["targetId"]]
        )
        target = world.find(step) or target
    else:
        say(f"The target {name} is as it should be.")
    target_shown(world, step, target)


def target_shown(world: World, step: Body, target: Body) -> None:
    """Show the state of a target, and what has to be done where it is not ready."""
    name, status = step["name"], target["status"]
    world.row("target", id=target["targetId"], status=status, name=name)
    if status == "READY":
        for note in step["notes"]["ready"]:
            say(note)
    elif status.endswith("_PENDING_AUTH"):
        after = asked_for(world, step, target)
        if after["status"] != status:
            return target_shown(world, step, after)
        world.unready[name] = 3
    else:
        world.unready[name] = 1
        say(f"The target {name} is {status}: {reasons(target)}.")
        for note in step["notes"]["failed"]:
            say(note)


def the_engine(world: World, step: Body) -> None:
    """The policy engine: the one that the gateway has, else the one of this name, else a new one."""
    attached = world.gateway.get("policyEngineConfiguration") or {}
    if attached:
        number = str(attached["arn"]).rsplit("/", 1)[-1]
        engine = world.read(step, {"policyEngineId": number})
    else:
        engine = world.find(step) or world.create(step, world.filled(step))[0]
    if engine is None:
        stop(f"The policy engine of {world.gateway['name']} does not exist any more. Run this again.")
    if engine["status"] not in ("ACTIVE", "UPDATE_FAILED"):
        stop(f"The policy engine {engine['name']} is {engine['status']}: {reasons(engine)}.")
    world.engine = engine
    world.row("engine", arn=engine["policyEngineArn"], mode=step["mode"])


def the_policy(world: World, step: Body) -> None:
    """A policy: created, or updated where its text differs; stop where AWS refuses it."""
    wanted = world.filled(step)
    policy = world.find(step)
    if policy is None:
        policy, _ = world.create(step, wanted)
    elif policy["status"] != "ACTIVE" or not is_same_policy(policy, wanted):
        say(f"Updating the policy {step['name']}.")
        body = {name: wanted[name] for name in ("definition", "validationMode", "enforcementMode")}
        policy = world.update(step, policy, body)
    if policy["status"] != "ACTIVE":
        stop(
            f"The policy {step['name']} is {policy['status']}: {reasons(policy)}. The gateway {world.gateway['name']} "
            "was not changed. Correct the answers, write the plan again and run this again."
        )
    world.row("policy", id=policy["policyId"], name=step["name"])


def is_same_policy(policy: Body, wanted: Body) -> bool:
    """Whether a policy says what is wanted and is enforced, whatever its white space."""
    definition = policy.get("definition") or {}
    stated = (definition.get("cedar") or definition.get("policy") or {}).get("statement", "")
    is_enforced = policy.get("enforcementMode", "ACTIVE") == wanted["enforcementMode"]
    return bool(is_enforced and stated.split() == wanted["definition"]["cedar"]["statement"].split())


def the_settings(world: World, step: Body) -> None:
    """What is set on the gateway once it exists: its own settings, its policy engine."""
    body = world.filled(step)
    wanted = {name: body[name] for name in step["sets"]}
    if covers(world.gateway, wanted):
        say(f"The gateway {world.gateway['name']} has {step['name']} already.")
    else:
        say(f"Setting {step['name']} on {world.gateway['name']}.")
        world.record.begin(step)
        world.update_gateway(wanted, hint=step.get("hint", ""))
    for name in wanted:
        world.row("set", name=name)


def the_callers(world: World, step: Body) -> None:
    """Who of other accounts may call the gateway: one statement of its resource policy; the others stay."""
    gateway = world.gateway
    body = world.filled(step)
    text = body["policy"].replace("${GATEWAY_ARN}", gateway["gatewayArn"])
    [wanted] = json.loads(text)["Statement"]
    found = or_none(world.control.get_resource_policy, resourceArn=body["resourceArn"]) or {}
    policy = json.loads(found.get("policy") or "{}")
    statements = as_list(policy.get("Statement"))
    others = [one for one in statements if one.get("Sid") != wanted["Sid"]]
    if any(is_same_statement(one, wanted) for one in statements):
        say(f"The gateway {gateway['name']} has {step['name']} already.")
    else:
        say(f"Setting {step['name']} on {gateway['name']}.")
        if policy:
            text = json.dumps({**policy, "Statement": [*others, wanted]})
        world.record.begin(step, sid=wanted["Sid"])
        world.send(step, {**body, "policy": text})
    world.row("set", name="resource policy")


def the_web_acl(world: World, step: Body) -> None:
    """The web ACL that AWS WAF applies to the gateway, which has one at most: another one is replaced."""
    gateway, body = world.gateway, world.filled(step)
    before = gateway.get("webAclArn")
    if before == body["WebACLArn"]:
        say(f"The gateway {gateway['name']} has {step['name']} already.")
    else:
        say(f"Setting {step['name']} on {gateway['name']}{f', in the place of {before}' if before else ''}.")
        world.record.begin(step, before=(world.record.of(step) or {}).get("before", before))
        world.send(step, body)
    world.row("set", name="web ACL")


def as_list(value: Any) -> list[Any]:
    """What a policy states, which may be one thing or a list of them."""
    return value if isinstance(value, list) else [] if value is None else [value]


def is_same_statement(have: Body, want: Body) -> bool:
    """Whether two statements say the same, however many things stand alone in them."""

    def parts(statement: Body) -> Body:
        principal = statement.get("Principal")
        named = as_list(principal.get("AWS")) if isinstance(principal, dict) else [principal]
        lists = {name: sorted(as_list(statement.get(name))) for name in ("Action", "Resource")}
        return {**statement, **lists, "Principal": sorted(map(str, named))}

    return parts(have) == parts(want)


MAKERS = {
    "role": the_role,
    "gateway": the_gateway,
    "api-key-provider": the_provider,
    "oauth-provider": the_provider,
    "return-url": the_return_urls,
    "rights": the_rights,
    "target": the_target,
    "policy-engine": the_engine,
    "engine-rights": the_rights,
    "policy": the_policy,
    "gateway-settings": the_settings,
    "callers": the_callers,
    "web-acl": the_web_acl,
}
