"""A program in Python that has a token in its own name by Authlib, and prints it."""

import os

import requests
from authlib.integrations.requests_client import OAuth2Session

document = requests.get(f"{os.environ['ISSUER']}/.well-known/openid-configuration", timeout=5).json()

session = OAuth2Session(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"], scope="essays:read")
token = session.fetch_token(document["token_endpoint"], grant_type="client_credentials")
print(token["access_token"], end="")
