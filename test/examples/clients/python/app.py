"""A web application in Python that signs people in by Authlib and Flask: a confidential client."""

import os

from authlib.integrations.flask_client import OAuth, OAuthError
from flask import Flask, jsonify, redirect, session, url_for

ISSUER = os.environ["ISSUER"]

app = Flask(__name__)
# It signs the application's own cookie, which holds who is signed in and what the answer of the sign-in is checked against.
app.secret_key = os.environ["SESSION_KEY"]

identity = OAuth(app).register(
    "identity",
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
)


@app.get("/sign-in")
def sign_in():
    return identity.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    try:
        # Checks state, and the ID token: signature, issuer, audience, nonce, times.
        token = identity.authorize_access_token()
    except OAuthError as error:
        # Such as access_denied, when the person pressed Cancel.
        return jsonify(error=error.error), 400
    # A cookie has room for 4 KB, so the tokens stay out of it.
    session["user"] = {"sub": token["userinfo"]["sub"], "email": identity.userinfo(token=token)["email"]}
    return redirect(url_for("profile"))


@app.get("/")
def profile():
    user = session.get("user")
    return jsonify(signed_in=True, **user) if user else jsonify(signed_in=False)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
