/** Accounts. */
import type { Database } from '../aws/data-api.ts';
import type { PersonName } from '../contracts/http.ts';
import { type TokenSubject, accessClaims } from '../domain/access-token.ts';
import { emailKey } from '../domain/email-address.ts';
import type { OrgId, SessionId, UserId } from '../domain/ids.ts';
import type { Origin } from '../domain/origin.ts';
import { auditEntry, record } from './audit.ts';
import { announce, lonelyEvent, newEvent } from './outbox.ts';
