/** Every field that people may give about themselves is kept, shown and announced: none is accepted and lost. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { events } from '../../functions/contracts/events/registry.ts';
import { type GivenProfile, shownProfile, UpdateMeRequest } from '../../functions/contracts/http/profile.ts';
import { type CorrelationId, newId } from '../../functions/domain/ids.ts';
import { importedUser } from '../../functions/domain/imported-user.ts';
import { importUsers } from '../../functions/store/user-import.ts';
import { makeAdmin } from '../support/organizations.ts';
import { databaseOf } from '../support/outbox.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

// A value for each field: a missing one does not compile.
const given: Required<GivenProfile> = {
  person_name: { first_name: 'Ada', last_name: 'Larsson', legal_full_name: 'Ada Maria Larsson' },
  locale: 'sv',
};
const changed: Required<z.output<typeof UpdateMeRequest>> = {
  person_name: { first_name: 'Eva', last_name: 'Berg', legal_full_name: 'Eva Maria Berg' },
  display_name: 'Evis',
  locale: 'en-GB',
};

it('fields given at registration are shown', async () => {
  const { bearer } = await registerAndLogin(service, given);
  expect((await service.get('/v1/auth/me', bearer)).body).toMatchObject(given);
});

it('changed fields are shown to the owner, in the export and to administrators, and stay if left out', async () => {
  const { bearer, userId } = await registerAndLogin(service, given);
  const admin = await makeAdmin(service, await registerAndLogin(service));
  expect(Object.keys(changed).toSorted()).toEqual(Object.keys(shownProfile).toSorted());
  expect((await service.put('/v1/auth/me', changed, bearer)).body).toMatchObject(changed);
  expect((await service.put('/v1/auth/me', {}, bearer)).body).toMatchObject(changed);
  expect((await service.get('/v1/auth/me', bearer)).body).toMatchObject(changed);
  expect((await service.get('/v1/auth/me/export', bearer)).body.profile).toMatchObject(changed);
  expect((await service.get(`/v1/admin/users/${userId}`, admin.bearer)).body).toMatchObject(changed);
});

it('null clears each field that may be cleared, and leaves the others', async () => {
  const { bearer } = await registerAndLogin(service, given);
  await service.put('/v1/auth/me', changed, bearer);
  const nulls = Object.fromEntries(Object.keys(changed).map((name) => [name, null]));
  const cleared = Object.entries(UpdateMeRequest.parse(nulls)).filter(([, value]) => value === null);
  expect(cleared).not.toEqual([]);
  const { body } = await service.put('/v1/auth/me', nulls, bearer);
  expect(body).toMatchObject({ ...changed, ...Object.fromEntries(cleared) });
});

it('imported fields are shown', async () => {
  const email = newEmail();
  const line = importedUser({ acceptUnsendable: false }).parse({ email, ...changed });
  const importing = { announce: false, now: new Date(), correlationId: newId<CorrelationId>() };
  await importUsers(await databaseOf(service), [{ ...line, line: 1 }], importing);
  const admin = await makeAdmin(service, await registerAndLogin(service));
  const { body } = await service.get(`/v1/admin/users?email=${email}`, admin.bearer);
  expect(body.users).toMatchObject([changed]);
});

it('UserRegisteredV1 has each of its fields, also the optional ones', async () => {
  const topic = 'huleedu.identity.user.registered.v1';
  const { userId } = await registerAndLogin(service, { ...given, organization_name: 'Oak School' });
  const announced = (await service.outbox(topic)).find(({ user_id }) => user_id === userId);
  expect(Object.keys(announced ?? {}).toSorted()).toEqual(Object.keys(events[topic].schema.shape).toSorted());
});
