-- Limits that slide: a row for each key says when what was admitted came, so that no window of the limit's length holds
-- more than the limit, wherever it begins.

alter table rate_limits
  -- The newest, as many as the limit, the oldest first. Of a limit of many hundreds each stands for `slot` of them, and
  -- is the time of the last; `hits` is how many the newest stands for yet.
  add column admitted timestamptz[] not null default '{}',
  add column most integer not null default 0,
  add column slot integer not null default 1,
  add column span interval not null default '0',
  -- Of the refusal that was told last: one a window is.
  add column refused_at timestamptz,
  -- A key has one row. The version before goes on with one for each window while it is replaced.
  alter column window_start set default '-infinity';
