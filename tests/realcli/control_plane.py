"""A stand-in for the AWS calls that a deploy makes before CloudFormation: who am I, and the credential providers."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

ACCOUNT = "123456789012"
IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{ACCOUNT}:user/x</Arn><UserId>A</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""
VAULT = {
    "tokenVaultId": "default",
    "kmsConfiguration": {
        "keyType": "CustomerManagedKey",
        "kmsKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
    },
}


class ControlPlane:
    """Listens on 127.0.0.1 and keeps what was sent to it."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.providers: dict[str, dict[str, Any]] = {}
        plane = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                status, kind, answer = plane.answer(self.path, body)
                self.send_response(status)
                self.send_header("content-type", kind)
                if status == 404:
                    self.send_header("x-amzn-errortype", "ResourceNotFoundException")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sent(self, operation: str) -> list[dict[str, Any]]:
        return [body for name, body in self.requests if name == operation]

    def answer(self, path: str, text: str) -> tuple[int, str, bytes]:
        if "GetCallerIdentity" in text:
            return 200, "text/xml", IDENTITY.encode()
        body = json.loads(text or "{}")
        operation = path.rsplit("/", 1)[-1]
        self.requests.append((operation, body))
        if operation == "get-token-vault":
            return 200, "application/json", json.dumps(VAULT).encode()
        if "CredentialProvider" not in operation:
            return 404, "application/json", b'{"message": "unknown"}'
        if operation.startswith(("Create", "Update")):
            self.providers[body["name"]] = body
        if body.get("name") not in self.providers:
            return 404, "application/json", b'{"message": "not there"}'
        kind = "apikey" if "ApiKey" in operation else "oauth2"
        name = body["name"]
        arn = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:token-vault/default/{kind}credentialprovider/{name}"
        secret = {"secretArn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{name}"}
        found = {"name": name, "credentialProviderArn": arn, "clientSecretArn": secret, "apiKeySecretArn": secret}
        return 200, "application/json", json.dumps(found).encode()
