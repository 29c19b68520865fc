-- Machines that show who they are by a token of their platform alone (functions/domain/trusted-issuer.ts).

alter table clients
drop constraint clients_authentication,
-- What is there fits: it fitted less.
add constraint clients_authentication check (
  authentication in ('none', 'client_secret', 'private_key_jwt', 'workload')
) not valid;
