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

/** Truncates what holds rows: a table that is empty, as most partitions are, would take as long. */
const EMPTY = `
  do $$
  declare
    filled text[] := '{}';
    name text;
    holds boolean;
  begin
    for name in
      select format('%I', relname)
      from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'
    loop
      execute format('select exists (select from %s)', name) into holds;
      if holds then filled := filled || name; end if;
    end loop;
    if filled <> '{}' then execute 'truncate ' || array_to_string(filled, ', ') || ' cascade'; end if;
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
