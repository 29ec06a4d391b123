import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DropLog } from '../../../src/diagnostics/drop-log.js';
import { GovernanceEvents } from '../../../src/events/governance-events.js';
import { DEFAULT_LOG_LIMITS } from '../../../src/pipeline/logs/log-limits.js';
import {
  NativeLogPipeline,
  type NativeLogPipelineOptions,
} from '../../../src/pipeline/logs/native-log-pipeline.js';
import { otlpTarget } from '../../../src/pipeline/otlp/otlp-target.js';
import { resourceWith } from '../../../src/pipeline/resource.js';
import { decodeLogsRequest } from '../../support/otlp-decode.js';
import { collector } from '../otlp/collectors.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'log-spool-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function opened(target: NativeLogPipelineOptions['target'], spoolFolder?: string) {
  const counted: Record<string, number> = {};
  const said: string[] = [];
  const say = (message: string | (() => string)): void =>
    void said.push(typeof message === 'function' ? message() : message);
  const drops = new DropLog({ warnOnce: (_: string, message: string) => say(message), say } as never);
  drops.countInto((signal, reason, count) => {
    counted[`${signal}/${reason}`] = (counted[`${signal}/${reason}`] ?? 0) + count;
  });
  const pipeline = new NativeLogPipeline({
    resource: resourceWith({ 'service.name': 't' }),
    target,
    queue: {
      maxQueueSize: 100,
      maxQueueBytes: 1_000_000,
      maxExportBatchSize: 10,
      scheduledDelayMillis: 60_000,
      maxSpoolBytes: 1_000_000,
      spoolFolder,
    },
    limits: DEFAULT_LOG_LIMITS,
    drops,
  });
  const emit = (count: number): void => {
    const logger = pipeline.loggerProvider.getLogger('t');
    for (let index = 0; index < count; index++) logger.emit({ eventName: `e${index}` });
  };
  return { pipeline, counted, said, emit };
}

const targetAt = (endpoint: string, timeoutMillis = 5000) =>
  otlpTarget('logs', { endpoint, timeoutMillis }, {}, () => {});

test('without a target nobody takes log records, and nothing is counted', async () => {
  const { pipeline, counted, emit } = opened(undefined);
  emit(3);
  pipeline.abandon('the end');
  await pipeline.forceFlush();
  await pipeline.shutdown();
  expect([pipeline.pending, counted]).toEqual([0, {}]);
});

test('without an endpoint that can be used each is counted', () => {
  const { counted, emit } = opened('nowhere');
  emit(3);
  expect(counted).toEqual({ 'logs/export_failed': 3 });
});

test('what finds no room is counted once, and not put together', async () => {
  const endpoint = await collector(() => {}); // never answers
  const { pipeline, counted, emit } = opened(targetAt(endpoint, 60_000));
  emit(100);
  let reads = 0;
  const violation = {
    get 'agent.id'() {
      reads++;
      return 'a';
    },
  };
  const events = new GovernanceEvents(pipeline.loggerProvider);
  for (let index = 0; index < 3; index++) events.emit('agent_os.violation', violation);
  expect([reads, counted]).toEqual([0, { 'logs/queue_full': 3 }]);
  emit(2);
  expect(counted).toEqual({ 'logs/queue_full': 5 });
  pipeline.abandon('the end');
  expect(counted).toEqual({ 'logs/queue_full': 5, 'logs/shutdown_timeout': 100 });
});

test('what is given up is counted, and what comes after the end is too', async () => {
  const endpoint = await collector(() => {}); // never answers
  const { pipeline, counted, said, emit } = opened(targetAt(endpoint, 60_000));
  emit(12);
  const flushed = pipeline.forceFlush();
  pipeline.abandon('the shutdown deadline of 1 ms passed');
  await flushed;
  emit(1);
  expect(counted).toEqual({ 'logs/shutdown_timeout': 13 });
  expect(said.join()).toContain('12 log records were not delivered');
});

test('what is left in the folder at the end is sent at the next start', async () => {
  const before = opened(targetAt(await collector(() => {}), 60_000), folder);
  before.emit(3);
  before.pipeline.abandon('the process ended');
  expect(before.counted).toEqual({});
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/-3\.logs\.binpb$/)]);

  const names: string[] = [];
  const endpoint = await collector((_, response, body) => {
    names.push(...decodeLogsRequest(body).map(({ eventName }) => eventName));
    response.end();
  });
  const { pipeline } = opened(targetAt(endpoint), folder);
  await pipeline.shutdown();
  expect(names).toEqual(['e0', 'e1', 'e2']);
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that cannot be used is said, by the name of its option', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const { said } = opened(targetAt('http://127.0.0.1:1'), file);
  expect(said).toEqual([
    expect.stringMatching(/^events\.spoolFolder cannot be used .*log records that are queued/),
  ]);
});
