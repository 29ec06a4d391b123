import { context, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';

const SPANS = 256;
/** Recordings that a host makes in one span. */
const RECORDINGS_PER_SPAN = 16;

/** Repeats an act inside real spans, sampled or not, a few times in each, as code inside requests does. */
export function insideSpans(sampled: boolean, act: () => void): (times: number) => void {
  const sampler = sampled ? new AlwaysOnSampler() : new AlwaysOffSampler();
  const tracer = new BasicTracerProvider({ sampler }).getTracer('benchmark');
  const contexts: Context[] = Array.from({ length: SPANS }, () =>
    trace.setSpan(ROOT_CONTEXT, tracer.startSpan('request', { root: true })),
  );
  let request = 0;
  return (times) => {
    for (let done = 0; done < times; done += RECORDINGS_PER_SPAN) {
      const recordings = Math.min(RECORDINGS_PER_SPAN, times - done);
      context.with(contexts[request++ % SPANS] as Context, () => {
        for (let i = 0; i < recordings; i++) act();
      });
    }
  };
}
