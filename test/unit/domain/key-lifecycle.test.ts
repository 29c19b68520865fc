import { describe, expect, it } from 'vitest';
import {
  type KeyInRole,
  keyAges,
  nextStep,
  remembered,
  type StageKeys,
} from '../../../functions/domain/key-lifecycle.ts';
import { parseSettings } from '../../../lib/service/config.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = new Date('2026-06-01T00:00:00Z');
const { service } = parseSettings({ stage: 'test' });
const ages = keyAges(service);

const key = (keyId: string, age: number, usable = true): KeyInRole => ({
  keyId,
  since: new Date(now.getTime() - age),
  usable,
});
const step = (keys: StageKeys) => nextStep(keys, now, ages);

describe('day by day', () => {
  it('has nothing to do while the active key is young and another waits', () => {
    expect(step({ active: key('a', 89 * DAY), next: key('b', 80 * DAY) })).toBeNull();
  });

  it('makes a next key if there is none', () => {
    expect(step({ active: key('a', DAY) })).toEqual({ do: 'make' });
  });

  it('begins with a second name for the active key, so that it stays published', () => {
    const keys = { active: key('a', 90 * DAY), next: key('b', 80 * DAY) };
    expect(step(keys)).toEqual({ do: 'assign', role: 'previous', keyId: 'a' });
  });

  it('lets no key sign that was published for less than publishAhead', () => {
    expect(step({ active: key('a', 100 * DAY), next: key('b', 24 * HOUR - 1) })).toBeNull();
    expect(step({ active: key('a', 100 * DAY), next: key('b', 24 * HOUR) })).not.toBeNull();
  });

  it('continues only when the previous step is known everywhere in KMS', () => {
    const keys = (age: number) => ({ active: key('a', 90 * DAY), next: key('b', 80 * DAY), previous: key('a', age) });
    expect(step(keys(4 * MINUTE))).toBeNull();
    expect(step(keys(5 * MINUTE))).toEqual({ do: 'assign', role: 'active', keyId: 'b' });
  });

  it('frees the name of the next key when no reader can miss it there any more', () => {
    const keys = (age: number) => ({ active: key('b', age), next: key('b', 80 * DAY), previous: key('a', age) });
    expect(step(keys(4 * MINUTE))).toBeNull();
    expect(step(keys(5 * MINUTE))).toEqual({ do: 'release', role: 'next' });
  });

  it('keeps the previous key until its last token has expired: 15 minutes after the last function signed with it', () => {
    const keys = (age: number) => ({ active: key('b', age), next: key('c', age), previous: key('a', DAY) });
    const last = (remembered.bySigner + service.accessTokenSeconds + service.clockSkewSeconds) * 1000;
    expect(step(keys(last))).toBeNull();
    expect(step(keys(last + MINUTE))).toEqual({ do: 'release', role: 'previous' });
  });

  it('does not change keys again while one is still being retired', () => {
    const keys = { active: key('b', MINUTE), next: key('c', 90 * DAY), previous: key('a', DAY) };
    expect(nextStep(keys, now, { ...ages, rotate: 0 })).toBeNull();
  });

  it('finishes a change that an operator began, also of a young key', () => {
    const keys = { active: key('a', DAY), next: key('b', DAY), previous: key('a', HOUR) };
    expect(step(keys)).toEqual({ do: 'assign', role: 'active', keyId: 'b' });
  });
});

describe('S44: in an emergency', () => {
  const revoked = key('a', DAY, false);

  it('the waiting key signs at once', () => {
    expect(step({ active: revoked, next: key('b', MINUTE) })).toEqual({ do: 'assign', role: 'active', keyId: 'b' });
  });

  it('a new key is made if none waits', () => {
    expect(step({ active: revoked })).toEqual({ do: 'make' });
    expect(step({})).toEqual({ do: 'make' });
  });

  it('a waiting key that is also revoked is not used', () => {
    expect(step({ active: revoked, next: revoked })).toEqual({ do: 'release', role: 'next' });
  });

  it('a revoked key loses its name at once', () => {
    const active = key('b', DAY);
    expect(step({ active, previous: revoked, next: key('c', DAY) })).toEqual({ do: 'release', role: 'previous' });
    expect(step({ active, next: revoked })).toEqual({ do: 'release', role: 'next' });
  });

  it('half-way through a change, the outgoing key is not kept', () => {
    const keys = { active: key('b', 0), next: key('b', DAY), previous: revoked };
    expect(step(keys)).toEqual({ do: 'release', role: 'previous' });
  });
});

it('no key signs before every cache has it: API Gateway’s, and one that cannot reach the JWKS', () => {
  const { maxAge, staleWhileRevalidate, staleIfError } = remembered.byConsumers;
  const longest = Math.max(remembered.byApiGateway, maxAge + staleWhileRevalidate, maxAge + staleIfError);
  const least = parseSettings({ stage: 'test', service: { signingKeys: { publishAheadHours: 13 } } }).service;
  expect(keyAges(least).publishAhead).toBeGreaterThan((longest + remembered.byFunctions) * 1000);
  const shorter = { stage: 'test', service: { signingKeys: { publishAheadHours: 12 } } };
  expect(() => parseSettings(shorter)).toThrow('signingKeys.publishAheadHours');
});

it('a rotation that is too quick for its own steps is refused with its name', () => {
  const quick = { stage: 'test', service: { signingKeys: { rotateDays: 2, publishAheadHours: 24 } } };
  expect(() => parseSettings(quick)).toThrow('signingKeys.rotateDays');
});
