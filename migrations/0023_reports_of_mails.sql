-- A mail may be reported on more than once: it comes back from a full mailbox and bounces for good the next day. Which
-- report has stopped mail to its address, `bounce` or `complaint`, is kept, so that a copy of it, which may come late, does
-- not do it again. Without a check, which would read the whole table under its lock.
alter table mails
add column stopped text;
