"""An issuer of tokens on this machine."""

import json

from harness.origin import Origin, reply
from harness.server import run

AUDIENCE = "my-api"


class Issuer:
    """An issuer of tokens on this machine, with keys that `gatehouse token` makes."""

    def __init__(self, folder):
        self.folder = folder
        self.origin = Origin()
        self.url = self.origin.url
        self.keys = [self.new_key("one")]
        self.document = {"issuer": self.url, "jwks_uri": self.url + "/keys"}
        self.origin.answer(self.answer)

    def new_key(self, name):
        path = str(self.folder / f"{name}.pem")
        made = run("token", "key", path)
        assert made.returncode == 0, made.stderr
        return path

    def jwks(self):
        sets = [json.loads(run("token", "jwks", key).stdout)["keys"] for key in self.keys]
        return {"keys": [key for keys in sets for key in keys]}

    def answer(self, exchange):
        documents = {"/.well-known/openid-configuration": self.document, "/keys": self.jwks()}
        found = documents.get(exchange.request.target)
        reply(200 if found else 404, [("Content-Type", "application/json")], json.dumps(found))(exchange)

    def token(self, *options, key=None, audience=AUDIENCE):
        made = run(
            "token", "mint", "--key", key or self.keys[0], "--issuer", self.url, "--audience", audience, *options
        )
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    @property
    def asked(self):
        return [request.target for request in self.origin.requests]

    def close(self):
        self.origin.close()
