/**
 * The whole service, one for all files that a worker runs with the same settings: its functions are still warm from the
 * previous file, which saves most of a file's time. Files whose tests move keys or secrets, or stop something, start a
 * service of their own (service.ts).
 */
import { inject } from 'vitest';
import { type Service, type ServiceOptions, startService } from './service.ts';

const started = new Map<string, Promise<Service>>();

/**
 * Empties what has rows or had them, by the size of its file: most partitions are empty, and to look into one takes as
 * long. A table's rows are deleted, which takes a tenth of truncating it, and leaves the plans of open connections as they
 * are; one that has grown is truncated. Statistics of a file's `analyze` are forgotten, too: plans follow from them.
 */
const EMPTY = `
  do $$
  declare
    small text;
    large text;
  begin
    select
      string_agg(format('emptied_%s as (delete from %I)', oid::bigint, relname), ', ') filter (where size <= 524288),
      string_agg(format('%I', relname), ', ') filter (where size > 524288)
    into small, large
    from pg_class, pg_relation_size(oid) as size
    where
      relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations' and size > 0;
    if large is not null then execute 'truncate ' || large || ' cascade'; end if;
    if small is not null then execute 'with ' || small || ' select'; end if;
    perform pg_clear_attribute_stats(schemaname, tablename, attname, inherited)
    from pg_stats where schemaname = 'public';
    perform pg_clear_relation_stats('public', relname)
    from pg_class
    where relkind in ('p', 'r') and relnamespace = 'public'::regnamespace and reltuples >= 0;
  end
  $$`;

/**
 * The blank service: no accounts, no events, no mails, no faults, and the right time. Its `stop` leaves it running.
 * @throws Error when it cannot be started, or when deliveries of the previous file do not end
 */
export async function sharedService(settings: ServiceOptions['settings'] = {}): Promise<Service> {
  const key = JSON.stringify(settings);
  const starting = started.get(key) ?? startService({ settings, parent: inject('runDirectory') });
  started.set(key, starting);
  const service = await starting;
  await service.events.settled();
  await service.runtime.settled();
  service.setClockOffset(0);
  service.endpoint.faults.clear();
  for (const { clear } of [service.events, service.ses, service.queues, service.buckets]) clear();
  await service.sql(EMPTY);
  return { ...service, stop: async () => {} };
}
