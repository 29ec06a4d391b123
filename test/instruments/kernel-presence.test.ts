import { KernelMetrics } from '../../src/instruments/kernel-metrics.js';
import { KernelPresence } from '../../src/instruments/kernel-presence.js';
import { recording } from './support.js';

let wall: jest.SpyInstance;
beforeEach(() => (wall = jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000)));
afterEach(() => jest.restoreAllMocks());

test('a kernel says when it started, and what time it is for it', async () => {
  const { instruments, collect } = recording();
  new KernelMetrics(instruments);
  wall.mockReturnValue(1_800_000_007_500);
  const found = await collect();
  expect(found.find('agent_os_kernel_start_timestamp_seconds')).toBe(1_800_000_000);
  expect(found.find('agent_os_kernel_heartbeat_timestamp_seconds')).toBe(1_800_000_007.5);
});

test('it promises a heartbeat where it pushes, and none where it is scraped', async () => {
  const { instruments, collect } = recording();
  const presence = KernelPresence.of(instruments);
  presence.begin(undefined);
  expect((await collect()).points('agent_os_kernel_heartbeat_interval_seconds')).toEqual([]);
  presence.begin(15_000);
  expect((await collect()).find('agent_os_kernel_heartbeat_interval_seconds')).toBe(15);
});

describe('a kernel that is told to stop', () => {
  it('says so for five minutes: by then its host has decided otherwise', async () => {
    const { instruments, collect, clock } = recording();
    const stopping = async () => (await collect()).find('agent_os_kernel_stopping');
    const presence = KernelPresence.of(instruments);
    expect(await stopping()).toBe(0);
    presence.leave();
    expect(await stopping()).toBe(1);
    clock.advance(299_000);
    expect(await stopping()).toBe(1);
    clock.advance(1000);
    expect(await stopping()).toBe(0);
  });

  it('says so for good once observability has ended, until it begins anew on the same provider', async () => {
    const { instruments, collect, clock } = recording();
    const presence = KernelPresence.of(instruments);
    presence.end();
    clock.advance(3_600_000);
    expect((await collect()).find('agent_os_kernel_stopping')).toBe(1);
    presence.begin(undefined);
    expect((await collect()).find('agent_os_kernel_stopping')).toBe(0);
  });
});

test('two KernelMetrics on a provider are one presence', async () => {
  const { instruments, collect } = recording();
  new KernelMetrics(instruments);
  new KernelMetrics(instruments);
  expect((await collect()).points('agent_os_kernel_start_timestamp_seconds')).toHaveLength(1);
});
