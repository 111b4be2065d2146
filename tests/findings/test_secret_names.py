"""In code, the name of a secret, its ARN and a sentence are harmless; a password under a password's name is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentcore_connect.findings import inspect_project
from agentcore_connect.project.reader import read_project
from tests.findings.planted import MAIN, clean

PASSWORD = "Sup3r-" + "Secret-99"
TOKEN = "q8Zr2Lm9" + "Xc4Vb7Nk1Pw6"


def findings(root: Path, line: str) -> list[tuple[str, str]]:
    files = clean()
    files.write(root)
    path = root / MAIN
    path.write_text(path.read_text(encoding="utf-8") + f"\n\n{line}\n", encoding="utf-8")
    project = read_project(root)
    assert project is not None
    found = inspect_project(project)
    assert not any(secret in str(one.as_dict()) for one in found for secret in (PASSWORD, TOKEN))
    return [(one.id, one.message) for one in found]


@pytest.mark.parametrize(
    "line",
    [
        'SECRET_NAME = "smarthome/a2a/m2m-credentials"',
        'STATUS = "Added basic CloudFormation parameters"',
        'ARN = f"arn:aws:secretsmanager:{1}:{2}:secret:bedrock-agentcore-identity!default/oauth2/{3}"',
        'PASSWORD_FIELD = "Field2-Password"',
        'DB_PASSWORD = "prod/db-password-2"',
        'KEY_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"',
        'DB_PASSWORD = "<your-Passw0rd>"',
        f'CLIENT_ID = "{TOKEN}"',
        'KEY = "sk_test_' + '1234567890abcdef"',
        'TOKEN = "ghp_' + 'abcdefghijklmnopqrstuvwxyz123456"',
        'PASSWORD_SELECTOR = "#user-Passw0rd"',
        "QUERY = \"aws x --query 'Outputs[?OutputKey==`BrowserToolCustom0utput`].OutputValue'\"",
        'UNRESERVED_PAT = "A-Za-z0-9._~-"',
        'NETWORKS = ["solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"]',
        'PATTERN = r"mongodb://([^:]+):([^@]+)@(.+)"',
        'SHOWN = f"mongodb+srv://{user}:***@{rest}"',
        'secret_resource = f"{sm}:secret:bedrock-agentcore-identity!default/oauth2/{provider}-*"',
        # public addresses, text in base64, tokens nobody signed, colours, samples, databases of this machine
        'PAY_TO = "0x6813749E1eB9E0001A44C2684695FE8AD676cdD0"',
        'RECIPIENT = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"',
        'HEADERS = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}',
        'CREDENTIAL = "Payment eyJjaGFsbGVuZ2UiOnt9fQ"',
        'invalid_jwt = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.invalid.signature"',
        'HEADERS = {"Authorization": "Bearer token123"}',
        'TOKEN = "51c17c51c17c51c17c51c17c51c17c51"',
        'PASS = "\\033[0;32mPASS 1\\033[0m"',
        'CRED_PROBE = """import json, urllib.request\\nprint(json.loads(b64decode16Bytes2))"""',
        'DATABASE = "postgresql://postgres:postgres1@localhost:5432/app"',
        'def store(url="postgresql://app:app-2@127.0.0.1/app"): ...',
    ],
)
def test_what_only_speaks_of_a_secret_is_harmless(line: str, tmp_path: Path) -> None:
    assert findings(tmp_path, line) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f'DB_PASSWORD = "{PASSWORD}"', "DB_PASSWORD"),
        (f'self.dbPassword: str = "{PASSWORD}"', "dbPassword"),
        (f'connect(password="{PASSWORD}")', "password"),
        (f'def connect(password="{PASSWORD}"): ...', "password"),
        (f'HEADERS = {{"X-Api-Key": "{TOKEN}"}}', "X-Api-Key"),
        (f'os.environ.setdefault("PARTNER_TOKEN", "{TOKEN}")', "PARTNER_TOKEN"),
    ],
)
def test_a_secret_under_its_name_is_found_wherever_it_is_given_one(line: str, name: str, tmp_path: Path) -> None:
    assert findings(tmp_path, line) == [("secret-in-code", f"the value of {name} looks like a secret")]


SIGNED = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJhIn0." + "q8Zr2Lm9Xc4Vb7Nk1Pw6Tt5Yh3Gg0Jj2Kk8Ll4Mm7Qq"


@pytest.mark.parametrize(
    "line",
    [
        f'ADDRESS_KEY = "0x{"4f3edf983ac636a65a842ce7c78d9aa7" * 2}"',
        f'TOKEN = "{SIGNED}"',
        f'HEADERS = {{"Authorization": "Bearer {TOKEN}"}}',
        f'WALLET_SECRET = "5{TOKEN.replace("0", "2")}5eykt4UsFv8P"',
        'DATABASE = "postgresql://app:q8Zr2Lm9X" "c4@db.internal:5432/app"',
        f'def store(url="postgresql://app:{PASSWORD}@localhost.internal/app"): ...',
    ],
)
def test_its_twin_that_is_a_secret_is_found(line: str, tmp_path: Path) -> None:
    assert [name for name, _ in findings(tmp_path, line)] == ["secret-in-code"]
