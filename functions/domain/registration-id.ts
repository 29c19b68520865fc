/**
 * The id of an account that a form asks for. Pressed twice, a form without a script is sent twice, and the page that the
 * browser shows is the second's: with an id of its own, its code would be nobody's. So the id follows from the form and
 * what was typed, by a key; another address, or another password, is another account.
 */
import { createHmac } from 'node:crypto';
import { parse, v7, validate, version } from 'uuid';
import { newId, type UserId } from './ids.ts';

const HOUR = 60 * 60 * 1000;
/** How long a form may be open; an older one gets a new id. */
const MOST_AGE = 24 * HOUR;

interface Asked {
  /** Of the form: a UUIDv7, made when it was shown. */
  readonly formId: string;
  readonly email: string;
  readonly password: string;
}

export function registrationId({ formId, email, password }: Asked, key: Buffer, now: Date): UserId {
  const at = validate(formId) && version(formId) === 7 ? timeOf(formId) : 0;
  if (at > now.getTime() || at < now.getTime() - MOST_AGE) return newId<UserId>();
  const mac = createHmac('sha256', key)
    .update('registration')
    .update(JSON.stringify([formId, email, password]))
    .digest();
  return v7({ msecs: at, random: mac.subarray(0, 16), seq: mac.readUInt32BE(16) }) as UserId;
}

/** RFC 9562 §5.7: the first 48 bits. */
const timeOf = (id: string) => Buffer.from(parse(id)).readUIntBE(0, 6);
