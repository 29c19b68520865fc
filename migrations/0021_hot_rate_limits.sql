-- A key of a rate limit is changed by each request that it counts, and so was its end in an index, so every version of the
-- row had entries of its own in all indexes. While a transaction is open that began before (an export, an index that is
-- being built), none of them can go: after 10,000 requests of one key, each took 7 ms instead of 0.6. A summary of pages
-- keeps no row's next version from its page (as for sessions, migrations/0002), and there is room for it.
drop index rate_limits_by_end;
create index rate_limits_by_end on rate_limits using brin (expires_at);
alter table rate_limits set (fillfactor = 50);
