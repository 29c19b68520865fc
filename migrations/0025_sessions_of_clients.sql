-- migrate: concurrently
create index sessions_of_browser on sessions (browser_session_id) where browser_session_id is not null;
create index sessions_of_client on sessions (client_id, session_id) where client_id is not null;
