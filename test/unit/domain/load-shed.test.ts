import { describe, expect, it } from 'vitest';
import { loadShed } from '../../../functions/domain/load-shed.ts';

const SECOND = 1_000;

/** Numbers from 0 to 1 that look random and are the same in each run. */
function randomNumbers() {
  let state = 7;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Many functions that share a quota a second; each request has three calls at most, with random pauses. */
function simulate(
  demandAt: (second: number) => number,
  { quota, functions, seconds }: { quota: number; functions: number; seconds: number },
) {
  const random = randomNumbers();
  let time = 0;
  const sheds = Array.from({ length: functions }, () => loadShed(() => time, random));
  const waiting: { at: number; shed: (typeof sheds)[number]; failures: number }[] = [];
  const bySecond = Array.from({ length: seconds }, () => ({ calls: 0, signed: 0, shed: 0 }));
  for (time = 0; time < seconds * SECOND; time += 10) {
    const count = bySecond[Math.floor(time / SECOND)];
    if (!count) break;
    for (let n = demandAt(time / SECOND) / 100; n > 0; n--) {
      const shed = sheds[Math.floor(random() * sheds.length)];
      if (!shed || (n < 1 && random() >= n)) continue;
      if (shed.refuses()) count.shed++;
      else waiting.push({ at: time, shed, failures: 0 });
    }
    const due = waiting.filter(({ at }) => at <= time);
    for (const request of due) {
      waiting.splice(waiting.indexOf(request), 1);
      const served = count.signed < quota;
      count.calls++;
      request.shed.note(served);
      if (served) count.signed++;
      else if (++request.failures < 3) waiting.push({ ...request, at: time + random() * 400 * request.failures });
    }
  }
  return bySecond;
}

describe('shedding load', () => {
  it('refuses nothing while most calls succeed', () => {
    const shed = loadShed(() => 0);
    for (let n = 0; n < 100; n++) {
      shed.note(n % 4 !== 0);
      expect(shed.refuses()).toBe(false);
    }
  });

  it('refuses nothing for the failures of one request, nor long after those of many', () => {
    let time = 0;
    const shed = loadShed(
      () => time,
      () => 0,
    );
    for (let n = 0; n < 3; n++) shed.note(false);
    expect(shed.refuses()).toBe(false);
    for (let n = 0; n < 100; n++) shed.note(false);
    expect(shed.refuses()).toBe(true);
    time += 30 * SECOND;
    expect(shed.refuses()).toBe(false);
  });

  it('always lets one in ten pass', () => {
    const shed = loadShed(
      () => 0,
      () => 0.91,
    );
    for (let n = 0; n < 1_000; n++) shed.note(false);
    expect(shed.refuses()).toBe(false);
  });

  it('fades nothing when the clock is set back, and goes on from there', () => {
    let time = 100 * SECOND;
    const shed = loadShed(
      () => time,
      () => 0,
    );
    for (let n = 0; n < 10; n++) shed.note(false);
    time = 0;
    expect(shed.refuses()).toBe(true);
    time = 30 * SECOND;
    expect(shed.refuses()).toBe(false);
  });

  it('holds many functions together near a quota that three times as many ask for, and lets go within 15 s', () => {
    const demand = (second: number) => (second >= 5 && second < 30 ? 300 : 80);
    const counts = simulate(demand, { quota: 100, functions: 40, seconds: 60 });
    const [before, during, after] = [counts.slice(0, 5), counts.slice(15, 30), counts.slice(45)];
    expect(before.every(({ shed }) => shed === 0)).toBe(true);
    // The quota is used, all of it. Without shedding, three tries each would make some 800 calls.
    expect(during.every(({ signed }) => signed === 100)).toBe(true);
    expect(during.reduce((sum, { calls }) => sum + calls, 0) / during.length).toBeLessThan(300);
    expect(after.reduce((sum, { shed }) => sum + shed, 0)).toBeLessThan(0.02 * after.length * 80);
  });
});
