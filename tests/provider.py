"""A real OpenID Connect provider in a process of its own: `python -m tests.provider PORT`.

Authlib does the protocol: codes once, PKCE and nonce demanded, ID tokens signed. `/people/<sub>`
says who there is, `/wrong` lets the next ID tokens lie in a chosen way, as an attacker's would.
"""

import os
import sys
import time
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector, current_token
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, redirect, render_template_string, request, url_for
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "ethicsdesk", "a secret of the client"
LIFE = 300
SIGN_IN = """<!doctype html><html lang="en"><title>Provider</title>
<link rel="icon" href="data:,"><h1>Who are you?</h1>
<form>{% for name, value in asked %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}<label>Name <input name="person"></label><button>Sign in here</button></form></html>"""

app = Flask(__name__)
server = AuthorizationServer()
protect = ResourceProtector()
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
FORGED = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
PEOPLE: dict[str, dict[str, Any]] = {}
WRONG: dict[str, Any] = {}
CODES: dict[str, "Code"] = {}
TOKENS: dict[str, "Token"] = {}


class Us(ClientMixin):
    """EthicsDesk, as this provider knows it."""

    client_id = CLIENT_ID

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/sign-in/elsewhere/back/")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code, good once."""

    def __init__(self, code: str, asked: Any) -> None:
        data = asked.payload.data
        self.code, self.person = code, asked.user
        self.redirect_uri, self.scope = data["redirect_uri"], data["scope"]
        self.nonce, self.auth_time = data.get("nonce"), int(time.time())
        self.code_challenge = data.get("code_challenge")
        self.code_challenge_method = data.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> str:
        return "0"

    def get_amr(self) -> list[str]:
        return []


class Token(TokenMixin):
    """An access token."""

    def __init__(self, person: str) -> None:
        self.person = person

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False

    def get_scope(self) -> str:
        return "openid email"


class Grant(AuthorizationCodeGrant):
    """The authorization code grant."""

    def save_authorization_code(self, code: str, request: Any) -> None:
        CODES[code] = Code(code, request)

    def query_authorization_code(self, code: str, client: Us) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        CODES.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code: Code) -> str:
        return authorization_code.person


class IdToken(OpenIDCode):
    """The ID token, true unless `/wrong` says otherwise."""

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def get_jwt_config(self, grant: Any, client: Any = None) -> dict[str, Any]:
        return {"key": KEY, "alg": "RS256", "iss": issuer(), "exp": LIFE}

    def generate_user_info(self, user: str, scope: str) -> UserInfo:
        known = {} if WRONG.get("email_elsewhere") else PEOPLE[user]
        return UserInfo(sub=user, **known)

    def process_token(self, grant: Any, response: Any) -> Any:
        token = super().process_token(grant, response)
        if "id_token" in token:
            token["id_token"] = told(token["id_token"])
        return token


class Bearer(BearerTokenValidator):
    """Finds an access token."""

    def authenticate_token(self, token_string: str) -> Token | None:
        return TOKENS.get(token_string)


def told(id_token: str) -> str:
    """Return an ID token with the name of its key, and wrong in the chosen way if there is one."""
    claims = {**jwt.decode(id_token, KEY).claims, **WRONG.get("claims", {})}
    for name in WRONG.get("without", []):
        claims.pop(name)
    how = WRONG.get("signed", "right")
    if how == "none":
        return jwt.encode({"alg": "none", "kid": "one"}, claims, KEY, algorithms=["none"])
    if how == "secret":
        shared = OctKey.import_key(CLIENT_SECRET)
        return jwt.encode({"alg": "HS256", "kid": "one"}, claims, shared, algorithms=["HS256"])
    key = FORGED if how == "forged" else KEY
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def issuer() -> str:
    return request.host_url.rstrip("/")


@app.get("/.well-known/openid-configuration")
def configuration() -> Response:
    return jsonify(
        issuer=issuer(),
        authorization_endpoint=url_for("authorize", _external=True),
        token_endpoint=url_for("token", _external=True),
        userinfo_endpoint=url_for("userinfo", _external=True),
        jwks_uri=url_for("jwks", _external=True),
        token_endpoint_auth_methods_supported=["client_secret_basic"],
        response_types_supported=["code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        code_challenge_methods_supported=["S256"],
    )


@app.get("/jwks")
def jwks() -> Response:
    return jsonify(keys=[KEY.as_dict(private=False)])


@app.get("/authorize")
def authorize() -> Any:
    """Let the person of `person` in, as if they had typed their password here.

    Without one, it is the page on which a browser's person says who they are.
    """
    if "person" not in request.args:
        return render_template_string(SIGN_IN, asked=request.args.items())
    if request.args.get("person") == "nobody":
        return redirect(
            f"{request.args['redirect_uri']}?error=access_denied&state={request.args['state']}"
        )
    grant = server.get_consent_grant(end_user=request.args.get("person"))
    return server.create_authorization_response(grant_user=request.args.get("person"), grant=grant)


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


@app.get("/userinfo")
@protect("openid")
def userinfo() -> Response:
    person = current_token.person
    return jsonify(sub=WRONG.get("about", person), **PEOPLE[person])


@app.put("/people/<sub>")
def put_person(sub: str) -> Response:
    PEOPLE[sub] = request.get_json()
    return Response(status=204)


@app.put("/wrong")
def put_wrong() -> Response:
    WRONG.clear()
    WRONG.update(request.get_json())
    return Response(status=204)


def main(port: int) -> None:
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    server.init_app(
        app,
        query_client=lambda client_id: Us() if client_id == CLIENT_ID else None,
        save_token=lambda token, asked: TOKENS.update({token["access_token"]: Token(asked.user)}),
    )
    server.register_grant(Grant, [IdToken(require_nonce=True), CodeChallenge(required=True)])
    protect.register_token_validator(Bearer())
    app.run("127.0.0.1", port, threaded=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
