// Spans of the packed package beside those of SDK 3, in turns, in one process of the host that has both: prints the ratio of
// each round's times. Started by run.ts.
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { initObservability } from 'agent-os-observability';

const ROUNDS = 21;
const SPANS = 40_000;

/** Takes spans and drops them: what is measured is the way to it. */
const dropping = () => ({
  ended: 0,
  onStart() {},
  onEnd() {
    this.ended++;
  },
  async forceFlush() {},
  async shutdown() {},
});

const ours = dropping();
const theirs = dropping();
const obs = initObservability({
  serviceName: 'benchmark',
  prometheus: false,
  otlp: false,
  signalHandlers: false,
  registerGlobally: false,
  traces: { spanProcessors: [ours] },
});
const tracers = {
  ours: obs.tracerProvider.getTracer('benchmark'),
  theirs: new TracerProvider({ spanProcessors: [theirs] }).getTracer('benchmark'),
};

function nanosOf(tracer) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < SPANS; index++) {
    const attributes = {
      'agent.id': `agent-${index & 511}`,
      'agent_os.action': 'read_file',
      'agent_os.decision': 'allow',
      'kernel.component': 'policy_engine',
    };
    tracer.startSpan('kernel.policy_check', { attributes }).end();
  }
  return Number(process.hrtime.bigint() - start) / SPANS;
}

const rounds = [];
for (let round = 0; round < ROUNDS + 3; round++) {
  const first = round % 2 === 0 ? ['ours', 'theirs'] : ['theirs', 'ours'];
  const nanos = Object.fromEntries(first.map((name) => [name, nanosOf(tracers[name])]));
  if (round >= 3) rounds.push({ ...nanos, ratio: nanos.ours / nanos.theirs });
}
const expected = (ROUNDS + 3) * SPANS;
if (ours.ended !== expected || theirs.ended !== expected) throw new Error('not every span has ended');
const median = (name) => rounds.map((round) => round[name]).sort((a, b) => a - b)[ROUNDS >> 1];
console.log(
  `Node ${process.versions.node}, medians of ${ROUNDS} rounds: ours ${median('ours').toFixed(0)} ns a span, ` +
    `SDK 3 ${median('theirs').toFixed(0)} ns, ratio ${median('ratio').toFixed(2)}`,
);
await obs.shutdown();
