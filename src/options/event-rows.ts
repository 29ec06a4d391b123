import { flag, having, integer, millis, section, text } from './checks.js';

const records = integer(1, 1_000_000, 'log records');
const bytes = integer(65_536, 2 ** 40, 'bytes');

/** With any of these no log records of ours are queued. */
const NOT_QUEUED = [
  {
    option: 'loggerProvider',
    accepted: 'nothing: the LoggerProvider of the host keeps and exports the events',
  },
  { option: 'otlp', is: false, accepted: 'nothing, or options for otlp: no events are queued for export' },
  {
    option: 'tracerProvider',
    unless: 'otlp',
    accepted:
      'nothing, or options for otlp: without them no events are sent where the host sends its spans itself',
  },
] as const;

/** The rows of events, the third signal, and of whoever takes them. */
export const EVENT_ROWS = {
  events: { check: section },
  'events.spanEvents': { check: flag, default: true },
  'events.allows': { check: flag, default: false },
  'events.maxQueueSize': {
    check: records,
    default: 2048,
    env: { name: 'OTEL_BLRP_MAX_QUEUE_SIZE', read: Number },
    excludes: NOT_QUEUED,
  },
  'events.maxQueueBytes': { check: bytes, default: 16 * 1024 * 1024, excludes: NOT_QUEUED },
  'events.maxExportBatchSize': {
    check: records,
    default: 512,
    env: { name: 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE', read: Number },
    excludes: NOT_QUEUED,
  },
  'events.scheduledDelayMillis': {
    check: millis(0),
    default: 1000,
    env: { name: 'OTEL_BLRP_SCHEDULE_DELAY', read: Number },
    excludes: NOT_QUEUED,
  },
  'events.spoolFolder': { check: text, excludes: NOT_QUEUED },
  'events.maxSpoolBytes': {
    check: bytes,
    default: 64 * 1024 * 1024,
    excludes: NOT_QUEUED,
    needs: [{ option: 'events.spoolFolder', accepted: 'nothing, or a folder in events.spoolFolder' }],
  },
  loggerProvider: { check: having('getLogger', 'a LoggerProvider') },
} as const;
