/**
 * The whole service, one for all files that a worker runs with the same settings: its functions are still warm from the
 * previous file, which saves most of a file's time. Files whose tests move keys or secrets, or stop something, start a
 * service of their own (service.ts).
 */
import { inject } from 'vitest';
import { type Service, type ServiceOptions, startService } from './service.ts';

const started = new Map<string, Promise<Service>>();

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
  service.setClockOffset(0);
  service.endpoint.faults.clear();
  for (const { clear } of [service.events, service.ses, service.queues]) clear();
  const tables = await service.sql(`
    select string_agg(format('%I', tablename), ', ') as names
    from pg_tables
    where schemaname = 'public' and tablename <> 'schema_migrations'`);
  await service.sql(`truncate ${tables[0]?.names}`);
  return { ...service, stop: async () => {} };
}
