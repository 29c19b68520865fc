/**
 * The whole service, one for all files that a worker runs with the same settings: its functions are still warm from the
 * previous file, which saves most of a file's time. Files whose tests move keys or secrets, or stop something, start a
 * service of their own (service.ts).
 */
import { inject } from 'vitest';
import { type Service, type ServiceOptions, startService } from './service.ts';

const started = new Map<string, Promise<Service>>();
/** Those whose clock was moved since their functions started. */
const moved = new Set<string>();

/**
 * Truncates what has rows or had them, by the size of its file: most partitions are empty, and to truncate one, or to
 * look into it, takes as long. Statistics of a file's `analyze` are forgotten, too: plans follow from them.
 */
const EMPTY = `
  do $$
  declare
    filled text;
  begin
    select string_agg(format('%I', relname), ', ') into filled
    from pg_class
    where
      relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'
      and pg_relation_size(oid) > 0;
    if filled is not null then execute 'truncate ' || filled || ' cascade'; end if;
    perform pg_clear_attribute_stats(schemaname, tablename, attname, inherited)
    from pg_stats where schemaname = 'public';
    perform pg_clear_relation_stats('public', relname)
    from pg_class
    where relkind = 'p' and relnamespace = 'public'::regnamespace and reltuples >= 0;
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
  // UUIDv7 never falls: an environment that was in the future would make ids that are above those of any other.
  if (moved.delete(key)) service.runtime.endIdle();
  service.endpoint.faults.clear();
  for (const { clear } of [service.events, service.ses, service.queues, service.buckets]) clear();
  await service.sql(EMPTY);
  return {
    ...service,
    setClockOffset(seconds) {
      moved.add(key);
      service.setClockOffset(seconds);
    },
    stop: async () => {},
  };
}
