/** Which stages have passkeys, and under which domain. */
import { describe, expect, it } from 'vitest';
import { relatedOrigins, relyingParty } from '../../../functions/domain/webauthn/relying-party.ts';
import { hasPasskeys, passkeyFaults } from '../../../lib/service/passkeys.ts';

const at = (name: string) => ({ edge: { domain: { name } } });
const faults = (given: object, deployment = {}, stage = 'prod') =>
  passkeyFaults(stage, { origins: [], ...given }, deployment).map(({ path, message }) => `${path}: ${message}`);

describe('passkeys of a stage', () => {
  it('are off in prod without a domain of one’s own, and refused there', () => {
    expect(hasPasskeys('prod', { origins: [] }, { edge: {} })).toBe(false);
    expect(hasPasskeys('prod', { origins: [] }, at('id.school.example'))).toBe(true);
    expect(hasPasskeys('dev', { origins: [] }, {})).toBe(true);
    expect(faults({ on: true }, { edge: {} })).toEqual([
      expect.stringMatching(/^on: passkeys need a domain of your own/),
    ]);
    expect(faults({ on: true }, at('id.school.example'))).toEqual([]);
  });

  it('belong to the stage’s domain or one above it, or to another that names the stage’s', () => {
    const deployment = at('id.school.example');
    for (const rpId of ['id.school.example', 'school.example']) expect(faults({ rpId }, deployment)).toEqual([]);
    for (const rpId of ['app.school.example', 'other.example', 'xid.school.example']) {
      expect(faults({ rpId }, deployment)).toEqual([expect.stringMatching(/^rpId: browsers refuse it at id\.school/)]);
      expect(faults({ rpId, origins: ['https://id.school.example'] }, deployment)).toEqual([]);
    }
    expect(faults({ rpId: 'example' }, at('id.example'))).toEqual([expect.stringContaining('top-level domain')]);
  });

  it('are taken from the issuer’s origin and those of the settings, each once', () => {
    const settings = { issuer: 'https://id.school.example', passkeys: { origins: ['https://id.school.example'] } };
    expect(relyingParty(settings)).toEqual({ rpId: 'id.school.example', origins: ['https://id.school.example'] });
    expect(relatedOrigins({ ...settings, passkeys: { on: false, origins: [] } })).toBeUndefined();
  });
});
