"""Finds the resources of a message, and its refused action, in a project and a written plan."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from agentcore_connect.core.record import NamedTuple
from agentcore_connect.diagnose.aws import role_of
from agentcore_connect.diagnose.facts import Around
from agentcore_connect.knowledge.resources import Entry
from agentcore_connect.project.model import Credential, Deployed, Gateway, Project, Runtime, Target

_NAME = re.compile(r"[A-Za-z0-9][\w-]{0,99}", re.ASCII)
_PROVIDER = re.compile(r":token-vault/[\w.-]+/(oauth2|apikey)credentialprovider/([\w.-]+)")
#: A credential by its name, with what says that it is one.
_CREDENTIAL = re.compile(
    r"(?:credential(?: ?provider)?(?: name| named)?|credentialName|provider_name|resourceCredentialProviderName)"
    r"[\"']?(?:[:=]\s?|\s)[\"'`]([A-Za-z0-9][\w-]{1,99})[\"'`]",
    re.ASCII,
)
_KIND = {"oauth2": "oauth", "apikey": "api-key"}
#: What the operations that fetch a credential's value take.
_FETCHES = {"GetResourceOauth2Token": "oauth", "GetResourceApiKey": "api-key"}
_SHOWN = {"oauth": "OAuth", "api-key": "an API key"}
#: Words beside a name that say what it is; a name alone counts only when it is none of the language's words.
_BESIDE = {
    "gateway": r"gateways?",
    "target": r"(?:gateway[ -])?targets?|connection",
    "credential": r"credentials?(?: ?providers?)?",
    "runtime": r"(?:agent )?runtimes?|agent",
}
#: What gives the role the plan's statements.
_ATTACHED = {
    "cli": "Deploy the project, and attach it yourself where the role still lacks it.",
    "template": "Deploying the template attaches it.",
    "program": "Run configure.py up: it gives the role what the plan says.",
}
#: Reasons of a refusal that no Allow statement settles.
_ELSEWHERE = frozenset({"explicit-deny", "boundary", "service-control-policy", "session-policy", "resource-policy"})


class Rights(NamedTuple):
    """The statements of a written plan for the gateway's role, their place, and the file that applies them."""

    statements: Sequence[Entry]
    where: str
    granted_by: str | None


class Beside(NamedTuple):
    """A project or a written plan beside a message. ``declares``: credentials that the plan is going to declare."""

    project: Project | None = None
    rights: Rights | None = None
    declares: frozenset[str] = frozenset()

    @property
    def around(self) -> Around:
        """The facts that a message is read with: the project's roles, and the endpoints of its targets."""
        targets = [one for gateway in self.project.gateways for one in gateway.targets] if self.project else []
        ends = [re.escape(one.endpoint.rstrip("/")) for one in targets if one.endpoint]
        return Around(self.roles, {"target": rf"(?:{'|'.join(ends)})(?![\w-])"} if ends else {})

    @property
    def roles(self) -> Mapping[str, str]:
        """The names of the project's roles, each with the principal that it is; a role of both kinds is left out."""
        found: dict[str, set[str]] = {}
        for name, principal, _ in _roles(self.project):
            found.setdefault(name, set()).add(principal)
        return {name: next(iter(kinds)) for name, kinds in found.items() if len(kinds) == 1}

    def in_words(self, text: str, aws: Entry) -> list[str]:
        """Return the certain facts about a message. In: the text, the AWS error's parts."""
        said = _named(text, self.project) if self.project else []
        role = role_of(aws.get("caller", ""))
        said += [whose for name, _, whose in _roles(self.project) if name == role]
        said += _credentials(text, aws, self.project, self.declares) if self.project else []
        return said + (_granted(aws, self.rights) if self.rights else [])


class _Met(NamedTuple):
    """A thing of the project that a text may name: how surely (0 to 2), its name, and what is said of it."""

    sure: int
    name: str
    said: str


def _named(text: str, project: Project) -> list[str]:
    """A sentence for each thing of the project that a text names: by its name, id, ARN or URL.

    A name that several things have is taken for the one with the word for its kind beside it.
    """
    found = [one for one in _things(text, project) if one.sure]
    best = {one.name: max(other.sure for other in found if other.name == one.name) for one in found}
    kept = [one for one in found if one.sure == best[one.name]]
    return [one.said for one in kept if sum(other.name == one.name for other in kept) == 1]


def _things(text: str, project: Project) -> Iterator[_Met]:
    for gateway in project.gateways:
        names = (gateway.name, f"{project.name}-{gateway.name}")
        sure = _is_named(text, "gateway", names, _addresses(gateway.deployed))
        yield _Met(sure, gateway.name, _of_gateway(project, gateway))
        for target in gateway.targets:
            sure = _is_named(text, "target", (target.name,), (target.endpoint, target.lambda_arn))
            yield _Met(sure, target.name, _of_target(project, gateway, target))
    providers = _providers(text)
    for credential in project.credentials:
        sure = 2 if credential.name in providers else _is_named(text, "credential", (credential.name,), ())
        yield _Met(sure, credential.name, _of_credential(project, credential))
    for runtime in project.runtimes:
        sure = _is_named(text, "runtime", (runtime.name,), _addresses(runtime.deployed))
        yield _Met(sure, runtime.name, _of_runtime(project, runtime))


def _roles(project: Project | None) -> Iterator[tuple[str, str, str]]:
    """Each role that the project's files name: its name, the principal it is, and what it is there."""
    kinds = (("gateway", project.gateways), ("runtime", project.runtimes)) if project else ()
    for kind, several in kinds:
        for one in several:
            told = dict.fromkeys(filter(None, (one.role, one.deployed.role if one.deployed else None)))
            for name in filter(None, map(role_of, told)):
                at = project.where(*one.at) if project else ""
                yield name, f"{kind}-role", f"`{name}` is the role of the {kind} `{one.name}`, {at}."


def _addresses(deployed: Deployed | None) -> tuple[str | None, ...]:
    return (deployed.id, deployed.arn, deployed.url) if deployed else ()


def _is_named(text: str, kind: str, names: Sequence[str], known: Sequence[str | None]) -> int:
    """2 where a text gives an address, or a name with what kind of thing it is; 1 for a name that is no other word."""
    if any(len(one) > 7 and re.search(rf"{re.escape(one)}(?![\w-])", text) for one in known if one):
        return 2
    for name in filter(None, names):
        word = re.escape(name)
        forms = [rf"(?i:\b(?:{_BESIDE[kind]}))(?: named| name)?[\"'`:=# ]{{1,3}}{word}(?![\w-])"]
        forms += [rf"(?<![\w-]){word}[\"'`]? (?i:{_BESIDE[kind]})\b"]
        forms += [rf"(?<![\w-]){word}___\w"] if kind == "target" else []
        if any(re.search(form, text) for form in forms):
            return 2
    own = (re.escape(name) for name in names if _is_own_word(name))
    return int(any(re.search(rf"(?<![\w/.-]){word}(?![\w/-])", text) for word in own))


def _is_own_word(name: str) -> bool:
    """Return whether a name is no word of the language: it has several parts, or digits."""
    return len(name) > 5 and re.search(r"[a-z][A-Z]|[A-Za-z][-_]|\d", name) is not None


def _of_gateway(project: Project, gateway: Gateway) -> str:
    targets = ", ".join(one.name for one in gateway.targets) or "none"
    auth = gateway.inbound_auth or gateway.authorizer_type
    return f"`{gateway.name}` is a gateway, {project.where(*gateway.at)}: inbound auth {auth}; targets: {targets}."


def _of_target(project: Project, gateway: Gateway, target: Target) -> str:
    auth = f"outbound auth {target.outbound_auth}" if target.outbound_auth else "its outbound auth is not known"
    place, kind = project.where(*target.at), target.type or target.raw_type
    said = f"`{target.name}` is a target of `{gateway.name}`, {place}: {kind}, {auth}"
    if not target.credential:
        return f"{said}."
    lacks = "" if project.credential(target.credential) else ", which the project does not declare"
    return f"{said}, credential `{target.credential}`{lacks}."


def _of_credential(project: Project, credential: Credential) -> str:
    users = [one.name for gateway in project.gateways for one in gateway.targets if one.credential == credential.name]
    kind = f" of kind {credential.kind}" if credential.kind else ""
    used = f"used by {', '.join(users)}" if users else "no target uses it"
    return f"`{credential.name}` is a credential{kind}, {project.where(*credential.at)}: {used}."


def _of_runtime(project: Project, runtime: Runtime) -> str:
    auth = f", authorizer {runtime.authorizer_type}" if runtime.authorizer_type else ""
    return f"`{runtime.name}` is a runtime, {project.where(*runtime.at)}: protocol {runtime.protocol}{auth}."


def _providers(text: str) -> dict[str, str]:
    """The credential providers that a text names, each with its kind, empty where that is not told."""
    found = dict.fromkeys(_CREDENTIAL.findall(text), "")
    return found | {name: _KIND[kind] for kind, name in _PROVIDER.findall(text)}


def _credentials(text: str, aws: Entry, project: Project, declares: frozenset[str]) -> list[str]:
    """Credentials of the message that the project lacks, or has of another kind."""
    said = []
    fetched = _FETCHES.get(aws.get("operation", "") or aws.get("action_name", ""), "")
    providers = _providers(text)
    for name, told in providers.items():
        if not _NAME.fullmatch(name):
            continue
        credential = project.credential(name)
        kind = told or (fetched if len(providers) == 1 else "")
        if credential is None:
            said.append(_lacks(name, project, declares))
        elif kind and credential.kind and credential.kind != kind:
            said.append(
                f"The message is about {_SHOWN[kind]}, and the project declares `{name}` as "
                f"{_SHOWN.get(credential.kind, credential.kind)} ({project.where(*credential.at)})."
            )
    return said


def _lacks(name: str, project: Project, declares: frozenset[str]) -> str:
    if name in declares:
        return (
            f"{project.config_name} declares no credential `{name}` yet; the plan does: its steps were not carried out."
        )
    near = difflib.get_close_matches(name, [one.name for one in project.credentials], n=1, cutoff=0.7)
    listed = ", ".join(f"`{one.name}`" for one in project.credentials) or "none"
    nearest = f" Nearest: `{near[0]}`." if near else ""
    return f"{project.config_name} declares no credential `{name}`. It declares: {listed}.{nearest}"


def _granted(aws: Entry, rights: Rights) -> list[str]:
    """Tell whether the plan grants a refused action to the gateway's role. Other callers' rights are not known."""
    action, resource = aws.get("action", ""), aws.get("resource", "")
    if not action or aws.get("principal") != "gateway-role":
        return []
    grants = [one for one in rights.statements if any(fnmatchcase(action.lower(), a.lower()) for a in one["Action"])]
    if not grants:
        return [f"No statement of the plan ({rights.where}) grants {action} to the gateway's role."]
    covers = [one for one in grants if not resource or any(fnmatchcase(resource, wide) for wide in one["Resource"])]
    if not covers:
        listed = ", ".join(dict.fromkeys(str(wide) for one in grants for wide in one["Resource"]))
        return [f"The plan ({rights.where}) grants {action} on other resources only: {listed}."]
    named = f"The plan's statement `{covers[0].get('Sid', '')}` ({rights.where}) grants {action}"
    if aws.get("reason") in _ELSEWHERE:
        return [f"{named} already."]
    by = _ATTACHED.get(rights.granted_by or "", "Attach it to the role.")
    return [f"{named}: the role does not have it yet. {by}"]
