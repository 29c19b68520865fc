-- A person's name as official papers have it, where that is another than the one they go by.
alter table users
add column legal_full_name text,
add constraint users_legal_full_name_beside_a_name check (legal_full_name is null or first_name is not null);
