import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { EXPORT_SUCCESS, exportOnce } from '../../src/otel-sdk/export-once.js';

type Done = (result: ExportResult) => void;

const outcomesOf = (act: (done: Done) => void): unknown[] => {
  const outcomes: unknown[] = [];
  exportOnce({ export: (_: number, done: Done) => act(done) }, 1, (failure) => outcomes.push(failure));
  return outcomes;
};
const SUCCESS = { code: ExportResultCode.SUCCESS };
const FAILED = { code: ExportResultCode.FAILED, error: new Error('refused') };

test('our constant of a successful export is the value of the OpenTelemetry SDK', () => {
  expect(EXPORT_SUCCESS).toBe(ExportResultCode.SUCCESS);
});

test('an exporter that answers twice, or answers and then throws, has its first answer told once', () => {
  expect(outcomesOf((done) => [SUCCESS, FAILED].forEach(done))).toEqual([undefined]);
  expect(outcomesOf((done) => [FAILED, SUCCESS].forEach(done))).toEqual([FAILED.error]);
  const answersAndThrows = (done: Done): never => {
    done(SUCCESS);
    throw new Error('after the answer');
  };
  expect(outcomesOf(answersAndThrows)).toEqual([undefined]);
});

test('an exporter that throws, or fails without a reason, is a failure', () => {
  expect(
    outcomesOf(() => {
      throw new Error('no');
    }),
  ).toEqual([new Error('no')]);
  expect(outcomesOf((done) => done({ code: ExportResultCode.FAILED }))).toEqual(['no reason']);
});
