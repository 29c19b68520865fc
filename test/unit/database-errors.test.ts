import * as sdk from '@aws-sdk/client-rds-data';
import { describe, expect, it } from 'vitest';
import { type Meaning, meaningOfError, meanings, permanent } from '../../functions/aws/database-errors.ts';

const named = (name: string, message = '', more = {}) => Object.assign(new Error(message), { name, ...more });
const all = [...Object.values(meanings).flat(), ...permanent];

describe('the table of errors', () => {
  it('has every exception that the SDK has of the Data API', () => {
    const exceptions = Object.entries(sdk).flatMap(([name, value]) =>
      typeof value === 'function' && value.prototype instanceof sdk.RDSDataServiceException ? [name] : [],
    );
    expect(exceptions).toContain('StatementTimeoutException');
    expect(exceptions.filter((name) => !all.includes(name))).toEqual([]);
  });

  it('gives each one meaning', () => {
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });
});

describe('an error', () => {
  it.each<[string, Error, Meaning]>([
    ['by its name', named('DatabaseResumingException'), 'not_run'],
    ['by the code of a connection', named('Error', '', { code: 'EAI_AGAIN' }), 'not_run'],
    ['by its SQLState', named('DatabaseErrorException', 'ERROR: deadlock detected; SQLState: 40P01'), 'overtaken'],
    ['by its SQLState, whatever it is called', named('BadRequestException', 'x; SQLState: 57P03'), 'not_run'],
    ['by an SQLState that nobody waits for', named('DatabaseErrorException', 'x; SQLState: 42601'), 'permanent'],
    ['of the database without one', named('DatabaseErrorException', 'x'), 'unknown'],
    ['by its status', named('BadGateway', '', { $metadata: { httpStatusCode: 502 } }), 'unknown'],
    ['by the status of a throttle', named('Slower', '', { $metadata: { httpStatusCode: 429 } }), 'not_run'],
    ['of this code', new TypeError('undefined is not a function'), 'permanent'],
  ])('is known %s', (_, error, meaning) => {
    expect(meaningOfError(error)).toBe(meaning);
  });
});
