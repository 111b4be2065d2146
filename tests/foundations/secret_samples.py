"""Invented secrets of many vendors and harmless values, made anew from their forms with a seeded generator.

Only the forms stand here, never a value, so that no scanner takes this file for a leak. A form is text with
`{alphabet:length}` in it.
"""

from __future__ import annotations

import base64
import random
import re
import string
import uuid

_ALPHABETS = {
    "hex": "0123456789abcdef",
    "lower": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "letters": string.ascii_letters,
    "digits": string.digits,
    "alnum": string.ascii_letters + string.digits,
    "url": string.ascii_letters + string.digits + "-_",
    "base64": string.ascii_letters + string.digits + "+/",
    "azure": string.ascii_letters + string.digits + "~.-_",
}
_PIECE = re.compile(r"\{([a-z0-9]+)(?::([0-9]+))?\}")

# Vendor: the forms of its secrets. `bare` ones below have nothing of their own: a client id or a hash can look the same.
FORMS: dict[str, list[str]] = {
    "Airtable": ["pat{alnum:14}.{hex:64}", "key{alnum:14}"],
    "Algolia": ["{hex:32}"],
    "Anthropic": ["sk-ant-api03-{url:93}AA", "sk-ant-admin01-{url:93}AA"],
    "Asana": ["1/{digits:16}:{hex:32}", "2/{digits:16}/{digits:16}:{hex:32}"],
    "Atlassian": ["ATATT3{url:186}", "{lower:20}{hex:4}"],
    "Auth0": ["{url:64}"],
    "AWS": ["AKIA{upper:16}", "{base64:40}", "ABSK{base64:110}="],
    "Azure": ["{alnum:3}8Q~{azure:34}", "{base64:86}=="],
    "Bitbucket": ["ATBB{alnum:32}"],
    "CircleCI": ["CCIPAT_{alnum:22}_{hex:40}"],
    "Cloudflare": ["{url:40}", "cfut_{alnum:40}{hex:8}", "{hex:37}", "v1.0-{hex:24}-{hex:146}"],
    "Databricks": ["dapi{hex:32}", "dapi{hex:32}-2"],
    "Datadog": ["{hex:32}", "{hex:40}"],
    "DigitalOcean": ["dop_v1_{hex:64}", "doo_v1_{hex:64}", "dor_v1_{hex:64}"],
    "Discord": ["M{alnum:23}.{url:6}.{url:27}", "{url:32}"],
    "Doppler": ["dp.pt.{alnum:43}", "dp.st.prd.{alnum:43}"],
    "Dropbox": ["sl.{url:140}", "sl.u.{url:140}"],
    "Fastly": ["{url:32}"],
    "Figma": ["figd_{url:40}"],
    "GitHub": ["ghp_{alnum:36}", "gho_{alnum:36}", "ghs_{alnum:36}", "github_pat_{alnum:22}_{alnum:59}", "{hex:40}"],
    "GitLab": ["glpat-{url:20}", "glpat-{url:27}.01.{lower:9}", "gldt-{url:20}", "glrt-{url:20}", "gloas-{hex:64}"],
    "Google": ["AIza{url:35}", "GOCSPX-{url:28}", "ya29.{url:120}", "1//0{alnum:1}{url:70}"],
    "Grafana": ["glsa_{alnum:32}_{hex:8}", "glc_eyJ{alnum:90}", "eyJrIjoi{alnum:80}"],
    "Groq": ["gsk_{alnum:52}"],
    "Heroku": ["HRKU-AA{url:58}", "{uuid}"],
    "HubSpot": ["pat-na1-{uuid}"],
    "Hugging Face": ["hf_{letters:34}"],
    "Intercom": ["dG9rO{alnum:54}="],
    "JFrog": ["AKCp{alnum:69}", "cmVmdGtu{alnum:56}"],
    "JWT": ["{jwt}"],
    "LaunchDarkly": ["api-{uuid}", "sdk-{uuid}"],
    "Linear": ["lin_api_{alnum:40}", "lin_oauth_{hex:64}"],
    "Mailchimp": ["{hex:32}-us12"],
    "Mailgun": ["key-{hex:32}", "{hex:32}-{hex:8}-{hex:8}"],
    "Mapbox": ["sk.eyJ{alnum:80}.{url:22}"],
    "New Relic": ["NRAK-{upper:27}", "{hex:32}FFFFNRAL", "NRII-{url:32}"],
    "Notion": ["ntn_{digits:11}{alnum:35}", "secret_{alnum:43}"],
    "npm": ["npm_{alnum:36}"],
    "Okta": ["00{url:40}"],
    "OpenAI": ["sk-proj-{url:74}T3BlbkFJ{url:74}", "sk-{alnum:20}T3BlbkFJ{alnum:20}"],
    "PagerDuty": ["u+{alnum:18}", "{alnum:20}"],
    "PEM": ["-----BEGIN PRIVATE KEY-----{base64:64}-----END PRIVATE KEY-----"],
    "Plaid": ["access-production-{uuid}", "{hex:30}"],
    "PlanetScale": ["pscale_tkn_{url:43}", "pscale_pw_{url:43}"],
    "Postman": ["PMAK-{hex:24}-{hex:34}"],
    "Pulumi": ["pul-{hex:40}"],
    "PyPI": ["pypi-AgEIcHlwaS5vcmc{url:150}", "pypi-AgENdGVzdC5weXBpLm9yZw{url:150}"],
    "Segment": ["{url:43}.{url:43}", "sgp_{alnum:64}"],
    "SendGrid": ["SG.{url:22}.{url:43}"],
    "Sentry": ["sntryu_{hex:64}", "sntrys_eyJpYXQiO{alnum:120}_{base64:43}", "{hex:64}"],
    "Shopify": ["shpat_{hex:32}", "shpss_{hex:32}", "shpca_{hex:32}"],
    "Slack": [
        "xoxb-{digits:12}-{digits:13}-{alnum:24}",
        "xoxp-{digits:12}-{digits:12}-{digits:13}-{hex:32}",
        "xapp-1-A{upper:10}-{digits:13}-{hex:64}",
    ],
    "Snyk": ["{uuid}"],
    "Sonar": ["squ_{hex:40}", "sqp_{hex:40}", "sqco_{alnum:59}", "{hex:40}"],
    "Square": ["EAAA{url:60}", "sq0atp-{url:22}", "sq0csp-{url:43}"],
    "Stripe": ["sk_live_{alnum:24}", "rk_live_{alnum:24}", "sk_test_{alnum:99}", "whsec_{alnum:32}"],
    "Supabase": ["sbp_{hex:40}", "sb_secret_{url:31}", "{jwt}"],
    "Telegram": ["{digits:10}:AA{url:33}"],
    "Terraform Cloud": ["{alnum:14}.atlasv1.{alnum:67}"],
    "Twilio": ["SK{hex:32}", "{hex:32}"],
    "Vault": ["hvs.{url:95}", "hvb.{url:150}", "s.{alnum:24}"],
    "Zendesk": ["{alnum:40}"],
}
# In a client id these are what client ids are: nothing in the value tells them apart.
LIKE_A_CLIENT_ID = re.compile(r"\{(?:uuid|hex:[0-9]+|lower:20|alnum:20|url:32|url:64)\}(?:\{hex:4\})?\Z")

PROSE = [
    "The gateway cannot send it; the API key is {}",
    "We log in with the token {} until the vendor has OAuth.",
    "Only {} works as the key, and only from our network",
    "password: {} (ask Bob)",
    "Vendor refuses the gateway. Authorization: Bearer {}",
    "Needs the client secret {}, which the gateway can't rotate",
    "Ask ops; the credential in use today is {}",
    "Use {} to authenticate; our address is on their list",
    "curl -H 'X-Auth-Token: {}' works, the gateway does not",
]
DESCRIPTIONS = [
    "Looks up an order. Send the access token {} with each call.",
    "Returns the weather; uses API key {}.",
    "Calls the CRM, X-Api-Key: {}",
    "Creates a ticket (auth token: {})",
]
URLS = [
    "https://api.example.com/v1/mcp?api_key={}",
    "https://svc:{}@api.example.com/mcp",
    "https://mcp.example.com/mcp?tenant=acme&access_token={}&v=2",
]
HEADERS = ["Bearer {}", "Token {}", "{}", "X-Api-Key: {}"]


def make(form: str, source: random.Random) -> str:
    """A value of a form."""
    return _PIECE.sub(lambda piece: _piece(piece[1], int(piece[2] or 0), source), form)


def _piece(kind: str, length: int, source: random.Random) -> str:
    if kind == "uuid":
        return str(uuid.UUID(int=source.getrandbits(128), version=4))
    if kind == "jwt":
        parts = [b'{"alg":"HS256"}', f'{{"sub":"{source.getrandbits(40)}"}}'.encode(), source.randbytes(32)]
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return "".join(source.choices(_ALPHABETS[kind], k=length))


CLIENT_IDS = {
    "Amazon Cognito": "{lower:26}",
    "Okta": "0oa{alnum:17}",
    "Microsoft Entra": "{uuid}",
    "Auth0": "{alnum:32}",
    "GitHub": "Iv1.{hex:16}",
    "GitHub App": "Ov23li{alnum:14}",
    "Google": "{digits:12}-{lower:32}.apps.googleusercontent.com",
    "Slack": "{digits:12}.{digits:13}",
    "Salesforce": "3MVG9{alnum:40}_{alnum:30}",
    "Zoom": "{alnum:22}",
    "Spotify": "{hex:32}",
    "Linear": "{hex:32}",
    "Atlassian": "{alnum:32}",
    "HubSpot": "{uuid}",
    "LinkedIn": "{lower:14}",
    "Login with Amazon": "amzn1.application-oa2-client.{hex:32}",
    "X": "{alnum:34}",
    "PayPal": "A{url:79}",
    "GitLab": "{hex:64}",
    "Keycloak": "orders-agent-prod-2",
}
_WORDS = [
    "agent",
    "basic",
    "bearer",
    "credentials",
    "data",
    "weather",
    "order",
    "customer",
    "search",
    "report",
    "invoice",
    "list",
    "CloudFormation",
    "stack",
    "key",
    "token",
    "password",
    "secret",
    "reset",
    "rotation",
    "OpenSearch",
    "DynamoDB",
    "authentication",
    "AuthenticationServices",
    "service2",
    "oauth2",
    "base64",
    "EC2",
    "S3",
    "IPv4",
    "sha256",
    "v2",
    "returns",
    "uses",
    "reads",
    "the",
    "a",
    "of",
    "by",
    "for",
    "each",
    "with",
    "from",
    "before",
    "after",
    "and",
    "page",
    "next",
]
_HARMLESS = {  # the place, and the forms that stand there
    "blocker": [
        "see request {uuid}",
        "{uuid}",
        "commit {hex:40}",
        "{hex:40}",
        "fixed in {hex:7}, released as {hex:40}",
        "image sha256:{hex:64}",
        "sha384-{base64:64}",
        "md5 {hex:32}",
        "checksum {base64:43}=",
        "trace {hex:32}",
        "runtime arn:aws:bedrock-agentcore:us-east-1:{digits:12}:runtime/my_agent-{alnum:10} is in another account",
        "the secret arn:aws:secretsmanager:us-east-1:{digits:12}:secret:prod/db-password-{alnum:6}",
        "the KMS key {uuid}",
        "kms key id {uuid}",
        "the client id {alnum:32} is not ours",
        "user pool us-east-1_{alnum:9}",
        "s3 object version {alnum:32}",
        "the token is kept under prod/crm/oauth-token-2 in Secrets Manager",
        "partition key {uuid}",
        "the Auth0 application {alnum:32}",
        "the GitHub OAuth app Ov23li{alnum:14}",
        "Salesforce consumer key 3MVG9{alnum:80}",
        "request id {alnum:52} failed",
        "API key in the header X-Api-Key, 40 characters",
        "returns a base64 string of 32 bytes",
        "next token: opaque, base64-encoded",
    ],
    "endpoint": [
        "https://mcp.example.com/mcp",
        "https://{lower:10}.execute-api.us-east-1.amazonaws.com/prod",
        "https://{lower:32}.lambda-url.us-east-1.on.aws/",
        "https://gateway-{lower:10}.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp",
        "https://mcp.example.com/{uuid}/mcp?tenant={uuid}",
        "https://example.com/docs/{hex:40}/openapi.json?version=2",
        "https://mcp.example.com/mcp?page_token_type=v2&session_id={uuid}",
        "https://docs.example.com/document/d/{alnum:44}/edit",
    ],
    "credential.name": [
        "prod-crm-oauth-2024",
        "GithubTokenProvider{digits:1}",
        "smarthome/a2a/m2m-credentials",
        "weather_api_key_prod_us_east_{digits:1}",
        "arn:aws:bedrock-agentcore:us-east-1:{digits:12}:token-vault/default/apikeycredentialprovider/crm",
    ],
    "knowledge_base_id": ["{upper:10}", "{uuid}", "{hex:40}"],
    "lambda_arn": ["arn:aws:lambda:us-east-1:{digits:12}:function:orders-{hex:8}"],
    "schema": [
        "specs/v2/crm-{hex:8}.json",
        "s3://specs-{digits:12}/api-v1.2.3.json",
        "/opt/specs/2024-05/openapi3.yaml",
    ],
    "api_key.parameter": ["X-Api-Key", "Ocp-Apim-Subscription-Key", "x-figma-token", "appid"],
}


def harmless(source: random.Random, count: int) -> list[tuple[str, str]]:
    """So many harmless values, each with the place in a connection where it stands."""
    forms = [(place, form) for place, forms in _HARMLESS.items() for form in forms]
    forms += [("oauth.client_id", form) for form in CLIENT_IDS.values()]
    made = [(place, make(form, source)) for place, form in forms for _ in range(12)]
    while len(made) < count:
        sentence = " ".join(source.choices(_WORDS, k=source.randint(4, 18)))
        made.append((source.choice(["blocker", "tools"]), sentence))
    return made[:count] if len(made) > count else made
