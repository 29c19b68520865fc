import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../functions/contracts/http.ts';
import * as http from '../../../functions/contracts/http.ts';
import { problemAnswer } from '../../../functions/http/problem-details.ts';
import { fortyTimes } from '../../support/cpu-time.ts';
import {
  bodies,
  FORM_TYPE,
  forms,
  JSON_TYPE,
  read,
  readHonest,
  requests,
  roomy,
  SIZE,
} from '../../support/hostile-bodies.ts';

const isLinear = fortyTimes(readHonest);

describe('S66: a hostile body of 64 KiB', () => {
  it.each([
    ...Object.entries(bodies).map(([name, body]) => [name, JSON_TYPE, body] as const),
    ...Object.entries(forms).map(([name, body]) => [`a form: ${name}`, FORM_TYPE, body] as const),
  ])('is read in linear time: %s', (_, type, body) => {
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(SIZE);
    for (const [name, schema] of requests) {
      expect(
        isLinear(() => read(body, type, schema)),
        name,
      ).toBe(true);
    }
  });

  it('is not read at all, unless a schema says that its fields need so much', () => {
    const codes = (schema: Schema, bytes: number) =>
      read(JSON.stringify('x'.repeat(bytes - 2)), JSON_TYPE, schema)?.code;
    expect(codes(http.LoginRequest, 16 * 1024)).toBe('VALIDATION_ERROR');
    expect(codes(http.LoginRequest, 16 * 1024 + 1)).toBe('PAYLOAD_TOO_LARGE');
    expect(codes(roomy(http.LoginRequest), SIZE)).toBe('VALIDATION_ERROR');
    expect(codes(roomy(http.LoginRequest), SIZE + 1)).toBe('PAYLOAD_TOO_LARGE');
  });

  it('is refused as a form if it has more fields than any form', () => {
    const form = (fields: number) =>
      read(Array.from({ length: fields }, (_, index) => `k${index}=`).join('&'), FORM_TYPE, http.IntrospectRequest);
    expect(form(100)?.message).not.toContain('at most');
    expect(form(101)?.message).toBe('A form has at most 100 fields.');
  });

  it('is answered with at most 20 faults, and with a note that there are more', () => {
    const problem = read(bodies['U+0000 in thousands of members'] ?? '', JSON_TYPE, roomy(http.LogoutRequest));
    const { body } = problemAnswer(problem, 'x') as { body: { errors: object[]; more_errors?: boolean } };
    expect([body.errors.length, body.more_errors]).toEqual([20, true]);
    expect(JSON.stringify(body).length).toBeLessThan(4096);
    const few = problemAnswer(read('{"email":"x"}', JSON_TYPE, http.LoginRequest), 'x') as { body: typeof body };
    expect([few.body.errors.length, few.body.more_errors]).toEqual([2, undefined]);
  });
});
