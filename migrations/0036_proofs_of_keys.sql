-- Tokens that are bound to a key of the client's (DPoP, RFC 9449), and what a client may be held to.

alter table clients
-- `required`: no token without a proof.
add column dpop text not null default 'optional' constraint clients_dpop check (dpop in ('optional', 'required')),
-- `required`: no request for authorization that was not pushed (RFC 9126 §6).
add column par text not null default 'optional' constraint clients_par check (par in ('optional', 'required'));

-- Thumbprint of the key without which the refresh token is of no use; of public clients alone.
alter table sessions add column dpop_jkt text;
