import { parseOpenMetrics } from '../../src/testing/parse-openmetrics.js';
import type { Channel, Message } from '../../src/workers/messages.js';
import { Machine } from './network.js';

let machine: Machine;
beforeEach(() => (machine = new Machine()));

/** So many processes that have found each other. */
async function started(count: number, gauges = {}) {
  const processes = [];
  for (let i = 0; i < count; i++) {
    processes.push(machine.start(gauges));
    await machine.time.pass(20);
  }
  await machine.time.pass(2000);
  return processes;
}

test('one process alone serves its own page, as it is', async () => {
  const [one] = await started(1);
  one!.counter.add(3);
  expect(one!.group.page()).toBeUndefined();
  expect(await machine.value('work_total')).toBe(3);
});

test('the page of one is the page of all: counters and histograms are added up, by bucket', async () => {
  const processes = await started(3);
  for (const [i, { counter, histogram }] of processes.entries()) {
    counter.add(10 ** i, { kind: 'a' });
    histogram.record(i * 5);
  }
  expect(await machine.value('work_total', { kind: 'a' })).toBe(111);
  expect(await machine.value('took_sum')).toBe(15);
  expect(await machine.value('took_bucket', { le: '1' })).toBe(1);
  expect(await machine.value('took_bucket', { le: '10' })).toBe(3);
  expect(await machine.value('took_count')).toBe(3);
});

test('gauges of a host become one as it says, by default their sum', async () => {
  const gauges = { largest: 'max', smallest: 'min', latest: 'last' };
  const processes = await started(3, gauges);
  for (const [i, process] of processes.entries()) process.level = 10 + i;
  await machine.scrape();
  processes[1]!.level = 1;
  expect(await machine.value('level')).toBe(23);
  expect(await machine.value('largest')).toBe(12);
  expect(await machine.value('smallest')).toBe(1);
  expect(await machine.value('latest')).toBe(1);
});

test('what a process that ends has counted stays, and its gauges leave', async () => {
  const [, second] = await started(3);
  second!.counter.add(7);
  await second!.leave();
  expect(await machine.value('work_total')).toBe(7);
  expect(await machine.value('level')).toBe(2);
});

test('counters of those that have ended long ago are one sum', async () => {
  const [, second, third] = await started(3);
  second!.counter.add(1);
  third!.counter.add(2);
  await second!.leave();
  await third!.leave();
  await machine.time.pass(120_000);
  expect(await machine.value('work_total')).toBe(3);
});

test('a process that comes back with its name is not counted twice', async () => {
  const [, second] = await started(3);
  second!.counter.add(5);
  await machine.scrape();
  for (const channel of second!.channels) channel.close();
  await machine.time.pass(3000);
  second!.counter.add(1);
  expect(await machine.value('work_total')).toBe(6);
  expect(await machine.value('level')).toBe(3);
});

test('when the one that serves is killed, another serves, and no total falls', async () => {
  const [first, second, third] = await started(3);
  for (const { counter } of [first!, second!, third!]) counter.add(100);
  expect(await machine.value('work_total')).toBe(300);
  first!.kill();
  expect(await machine.value('work_total')).toBe(300);
  expect(machine.holder).toBe(second);
  expect(await machine.value('level')).toBe(2);
  third!.counter.add(1);
  expect(await machine.value('work_total')).toBe(301);
});

test('what the one that serves has shown outlives it and its first successor', async () => {
  const [first, second, third, fourth] = await started(4);
  for (const { counter } of [first!, second!, third!, fourth!]) counter.add(100);
  expect(await machine.value('work_total')).toBe(400);
  first!.kill();
  second!.kill();
  expect(await machine.value('work_total')).toBe(400);
  expect(machine.holder).toBe(third);
});

test('a new process that takes the port first learns what there was before it shows a page', async () => {
  const [first, second] = await started(2);
  second!.counter.add(5);
  first!.counter.add(5);
  await machine.scrape();
  first!.kill();
  const third = machine.start();
  expect(await machine.value('work_total')).toBe(10);
  expect([second, third]).toContain(machine.holder);
});

test('a rolling restart of all of them lets no total fall', async () => {
  let processes = await started(3);
  let total = 0;
  for (let round = 0; round < 2; round++) {
    for (const old of [...processes]) {
      old.counter.add(10);
      total += 10;
      const fresh = machine.start();
      await old.leave();
      await machine.time.pass(1500);
      processes = [...processes.filter((process) => process !== old), fresh];
      expect(await machine.value('work_total')).toBe(total);
    }
  }
  expect(await machine.value('level')).toBe(3);
});

test('a process that is killed loses at most what it recorded since its last report', async () => {
  const [, second] = await started(2);
  second!.counter.add(5);
  await machine.time.pass(1000);
  second!.counter.add(1);
  second!.kill();
  expect(await machine.value('work_total')).toBe(5);
});

test('nothing is sent while nothing changes', async () => {
  const [, second] = await started(2);
  await machine.scrape();
  const [channel] = second!.channels;
  const send = jest.spyOn(channel!, 'send');
  await machine.time.pass(10_000);
  expect(send).not.toHaveBeenCalled();
  second!.counter.add(1);
  await machine.time.pass(1000);
  expect(send).toHaveBeenCalledTimes(1);
});

test('the resource is what all have in common, with the name of the one that began, whoever serves', async () => {
  const [first, second] = await started(2);
  expect(await machine.scrape()).toContain('target_info{service_instance_id="i1",service_name="s"} 1');
  first!.kill();
  await machine.time.pass(2000);
  machine.start();
  await machine.time.pass(500);
  expect(await machine.scrape()).toContain('target_info{service_instance_id="i1",service_name="s"} 1');
  expect(machine.holder).toBe(second);
});

test('a page in OpenMetrics is as strict as that of one process; a series began when its first part did', async () => {
  const [first, second] = await started(2);
  const began = machine.time.now() / 1000;
  first!.counter.add(1, { 'odd label': 'a"b\\c\n' });
  await machine.time.pass(5000);
  second!.counter.add(1, { 'odd label': 'a"b\\c\n' });
  const text = await machine.time.until(first!.openMetrics());
  expect(() => parseOpenMetrics(text)).not.toThrow();
  expect(text).toContain(`work_created{odd_label="a\\"b\\\\c\\n"} ${began}`);
});

test.each([
  ['of another version', { type: 'hello', protocol: 99, service: 's', member: { id: 'x' }, copy: null }],
  ['of another service', { type: 'hello', protocol: 1, service: 't', member: { id: 'x' }, copy: null }],
  ['that says no name', { type: 'report', report: {} }],
])('a process %s is not taken, and the page goes on', async (_, message) => {
  const [first] = await started(1);
  const sent: Message[] = [];
  const channel: Channel & { closed: boolean } = {
    closed: false,
    onMessage: () => {},
    onClose: () => {},
    send: (answer) => void sent.push(answer),
    drained: () => Promise.resolve(),
    close: () => void (channel.closed = true),
  };
  machine.onChannel!(channel);
  channel.onMessage(message as Message);
  expect(channel.closed).toBe(true);
  expect(sent.every(({ type }) => type === 'refused')).toBe(true);
  first!.counter.add(1);
  expect(await machine.value('work_total')).toBe(1);
});
