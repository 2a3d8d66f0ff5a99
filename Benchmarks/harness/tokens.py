"""Tokens of an issuer that `gatehouse token` signs for."""

import subprocess

from harness import callers, requirements

ISSUER, AUDIENCE = "https://issuer.example/", "bench"


class Tokens:
    """The issuer's key set, `jwks`, and files of callers with its tokens."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.key = scratch / "issuer.pem"
        self.jwks = scratch / "jwks.json"
        run("token", "key", str(self.key))
        self.jwks.write_text(run("token", "jwks", str(self.key)))

    def write(self, name, count):
        """A file of callers with as many different tokens."""
        made = run(
            "token", "mint", "--key", str(self.key), "--issuer", ISSUER, "--audience", AUDIENCE, "--scope", "read",
            "--count", str(count))
        file = self.scratch / name
        callers.write(file, ({"Authorization": f"Bearer {token}"} for token in made.split()))
        return file


def run(*arguments):
    return subprocess.run([requirements.gatehouse(), *arguments], check=True, capture_output=True, text=True).stdout


def create_api(aws):
    """`GET /guarded` behind a JWT authorizer that asks for a scope."""
    return callers.create_api(
        aws, "jwt", authorization="JWT", AuthorizationScopes=["read"],
        authorizer={"AuthorizerType": "JWT", "JwtConfiguration": {"Issuer": ISSUER, "Audience": [AUDIENCE]}})[0]
