import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { emitMetrics } from '../../functions/runtime/metrics.ts';

beforeEach(() => vi.stubEnv('STAGE', 'test'));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('writes one line from which CloudWatch reads the metrics, under the stage', () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const before = Date.now();
  emitMetrics({ EventsRelayed: [7, 'Count'], RelayLag: [1.5, 'Seconds'] });

  expect(written).toHaveBeenCalledOnce();
  const text = String(written.mock.calls[0]?.[0]);
  expect(text.indexOf('\n')).toBe(text.length - 1);
  const line = JSON.parse(text);
  expect(line).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'HuleEdu/Identity',
          Dimensions: [['Stage']],
          Metrics: [
            { Name: 'EventsRelayed', Unit: 'Count' },
            { Name: 'RelayLag', Unit: 'Seconds' },
          ],
        },
      ],
    },
    Stage: 'test',
    EventsRelayed: 7,
    RelayLag: 1.5,
  });
  expect(line._aws.Timestamp).toBeGreaterThanOrEqual(before);
});

it('writes none for an operator, whose command has no stage in its environment', () => {
  vi.stubEnv('STAGE', undefined);
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  emitMetrics({ SlowStatements: [1, 'Count'] });
  expect(written).not.toHaveBeenCalled();
});
