import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { LogRecord } from '../../src/common/host-types.js';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { installRedaction } from '../../src/diagnostics/redaction.js';
import { GLOBAL_EVENTS, GovernanceEvents } from '../../src/events/governance-events.js';
import { KernelMetrics } from '../../src/instruments/index.js';
import { NativeLoggerProvider } from '../../src/pipeline/logs/native-logger-provider.js';
import { EVENTS } from '../../src/semconv/index.js';

const API_LOGS = Symbol.for('io.opentelemetry.js.api.logs');
const holder = globalThis as Record<symbol, unknown>;

function host() {
  const records: LogRecord[] = [];
  const scopes: unknown[] = [];
  const provider = {
    getLogger: (...scope: unknown[]) => {
      scopes.push(scope);
      return { emit: (record: LogRecord) => void records.push(record) };
    },
  };
  return { provider, records, scopes };
}

function losses() {
  const counted: string[] = [];
  const drops = new DropLog({ warnOnce: () => {} } as never);
  drops.countInto((...loss) => counted.push(loss.join('/')));
  return { drops, counted };
}

afterEach(() => {
  delete holder[API_LOGS];
});

describe('GovernanceEvents', () => {
  it('emits what the registry names, of the severity that it says or that is given', () => {
    const { provider, records, scopes } = host();
    const events = new GovernanceEvents(provider);
    events.emit('agent_os.signal', {
      'agent.id': 'a',
      'agent_os.signal': 'SIGKILL',
      'agent_os.reason': undefined,
    });
    const odd = { 'agent.id': {}, 'agent_os.topic': 'claims', prompt: 'secret' };
    events.emit('agent_os.dead_letter', odd, 'FATAL');
    expect(scopes).toEqual([['agent-os-observability', expect.any(String)]]);
    expect(records).toMatchObject([
      {
        eventName: 'agent_os.signal',
        severityNumber: 13,
        severityText: 'WARN',
        attributes: { 'agent.id': 'a', 'agent_os.signal': 'SIGKILL' },
      },
      { eventName: 'agent_os.dead_letter', severityNumber: 21, attributes: { 'agent_os.topic': 'claims' } },
    ]);
    expect(Object.keys(records[1]?.attributes ?? {})).toEqual(['agent_os.topic']);
  });

  it('takes credentials from free text for a logger of the host, and what the host takes', () => {
    const { provider, records } = host();
    const takeBack = installRedaction({ exceptions: 'type', redact: (text) => text.replace('Ann', '***') });
    new GovernanceEvents(provider).emit('agent_os.kill', {
      'agent.id': 'Ann',
      'agent_os.reason': 'token=abcdef123456 of Ann',
    });
    takeBack();
    expect(records[0]?.attributes?.['agent.id']).toBe('***');
    expect(records[0]?.attributes?.['agent_os.reason']).not.toMatch(/abcdef123456|Ann/);
  });

  it('throws nothing with a provider that does, which takes nothing', () => {
    const events = new GovernanceEvents({
      getLogger: () => {
        throw new Error('ill');
      },
    });
    expect(() => events.emit('agent_os.kill', {})).not.toThrow();
    expect(events.on).toBe(false);
  });

  it('counts what a logger of the host fails to take', () => {
    const { drops, counted } = losses();
    const emit = () => {
      throw new Error('ill');
    };
    new GovernanceEvents({ getLogger: () => ({ emit }) }, {}, drops).emit('agent_os.kill', {});
    expect(counted).toEqual(['logs/export_failed/1']);
  });

  it('is off where our own provider sends nothing', () => {
    const provider = new NativeLoggerProvider({ sink: undefined, drops: new DropLog() });
    expect(new GovernanceEvents(provider).on).toBe(false);
  });

  it('throws nothing for an event that is none', () => {
    const { provider, records } = host();
    const { drops, counted } = losses();
    expect(() => new GovernanceEvents(provider, {}, drops).emit('no' as never, {})).not.toThrow();
    expect([records, counted]).toEqual([[], ['logs/export_failed/1']]);
  });

  it('has no context where the context manager of the host fails', () => {
    const { provider, records } = host();
    jest.spyOn(context, 'active').mockImplementation(() => {
      throw new Error('ill');
    });
    new GovernanceEvents(provider).emit('agent_os.kill', {});
    new GovernanceEvents(provider).emit('agent_os.kill', {}, undefined, ROOT_CONTEXT);
    expect(records.map((record) => record.context)).toEqual([undefined, ROOT_CONTEXT]);
  });

  it.each([
    ['denied', undefined, false, true],
    ['unknown', undefined, false, true],
    ['allowed', undefined, false, false],
    ['allowed', undefined, true, true],
    ['allowed', 'evaluated', false, false],
    ['allowed', 'backend_error', false, true],
    ['allowed', 'timeout', false, true],
    ['allowed', 'rate_limited', false, true],
  ])('of a decision %s, come about by %s, with allows %s: %s', (enforced, provenance, allows, taken) => {
    expect(new GovernanceEvents(host().provider, { allows }).takes(enforced, provenance)).toBe(taken);
    expect(new GovernanceEvents().takes(enforced, provenance)).toBe(false); // nobody takes it
  });

  it('without a provider emits into the one that is registered when it emits', () => {
    GLOBAL_EVENTS.emit('agent_os.kill', {});
    expect(GLOBAL_EVENTS.on).toBe(false);
    const first = host();
    holder[API_LOGS] = () => first.provider;
    GLOBAL_EVENTS.emit('agent_os.kill', {});
    GLOBAL_EVENTS.emit('agent_os.kill', {});
    const second = host();
    holder[API_LOGS] = () => second.provider;
    GLOBAL_EVENTS.emit('agent_os.kill', {});
    expect([first.records.length, first.scopes.length, second.records.length]).toEqual([2, 1, 1]);
  });

  it.each<[string, unknown]>([
    ['is no function', 7],
    [
      'throws',
      () => {
        throw new Error('ill');
      },
    ],
    ['gives nothing', () => undefined],
    ['gives what takes nothing', () => new (class NoopLoggerProvider {})()],
  ])('emits nowhere where what is registered %s', (_, registered) => {
    holder[API_LOGS] = registered;
    expect(GLOBAL_EVENTS.on).toBe(false);
    expect(() => GLOBAL_EVENTS.emit('agent_os.kill', {})).not.toThrow();
  });
});

test('a metric class that stands alone emits into what is registered globally', () => {
  const kernel = new KernelMetrics();
  kernel.recordViolation({ agentId: 'a', action: 'x', policy: 'p' });
  const { provider, records } = host();
  holder[API_LOGS] = (version: number) => (version === 1 ? provider : undefined);
  kernel.recordViolation({ agentId: 'b', action: 'x', policy: 'p' });
  expect(records).toMatchObject([{ eventName: 'agent_os.violation', attributes: { 'agent.id': 'b' } }]);
});

test('each event has a description and attributes that are named once', () => {
  for (const { description, attributes } of Object.values(EVENTS)) {
    expect(description).toMatch(/^[A-Z].*\.$/);
    expect(new Set<string>(attributes).size).toBe(attributes.length);
  }
});

describe('a watch', () => {
  const watched = (events: GovernanceEvents, watching: boolean): string[] => {
    const seen: string[] = [];
    events.watchedBy({ watching, saw: (name, severity) => void seen.push(`${name}/${severity}`) });
    events.emit('agent_os.kill', { 'agent.id': 'a' });
    return seen;
  };

  it('sees events where nobody takes them, while it wants them', () => {
    const wanted = new GovernanceEvents();
    expect(watched(wanted, true)).toEqual(['agent_os.kill/ERROR']);
    expect(wanted.on).toBe(true);
    const unwanted = new GovernanceEvents();
    expect(watched(unwanted, false)).toEqual([]);
    expect(unwanted.on).toBe(false);
  });

  it('sees what a logger takes, and what it has no room for', () => {
    const { provider, records } = host();
    expect(watched(new GovernanceEvents(provider), true)).toHaveLength(1);
    expect(records).toHaveLength(1);
    const emit = jest.fn();
    const full = new GovernanceEvents({ getLogger: () => ({ emit, refuses: () => true }) as never });
    expect(watched(full, true)).toHaveLength(1);
    expect(emit).not.toHaveBeenCalled();
  });
});
