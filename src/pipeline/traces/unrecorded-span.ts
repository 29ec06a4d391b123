import type { Span } from '@opentelemetry/api';
import { SpanIdentity } from './span-ids.js';

/** A span that is not sampled: it has an id, which its children and a remote service are told, and keeps nothing. */
export class UnrecordedSpan extends SpanIdentity implements Span {
  isRecording(): boolean {
    return false;
  }
  setAttribute(): this {
    return this;
  }
  setAttributes(): this {
    return this;
  }
  addEvent(): this {
    return this;
  }
  addLink(): this {
    return this;
  }
  addLinks(): this {
    return this;
  }
  setStatus(): this {
    return this;
  }
  updateName(): this {
    return this;
  }
  recordException(): void {}
  end(): void {}
}
