import {
  SpanStatusCode,
  type Attributes,
  type HrTime,
  type Link,
  type Span,
  type SpanStatus,
  type TimeInput,
} from '@opentelemetry/api';
import { labelText } from '../../cardinality/label-text.js';
import { exceptionAttributes } from './exception-attributes.js';
import { keptAttributes, keptKey, keptValue } from './span-attributes.js';
import { cutText, MAX_TEXT_LENGTH } from './span-limits.js';
import { keptLink } from './span-links.js';
import { ENDED, ENDING, SpanRecord, START_GIVEN } from './span-record.js';
import { isTimeInput, timeOf, timeOfMillis } from './span-time.js';

const OK: SpanStatus = Object.freeze({ code: SpanStatusCode.OK });

const NANOS = 1_000_000_000;

/** A span that records. Whatever it is called with, it never throws. */
export class NativeSpan extends SpanRecord implements Span {
  isRecording(): boolean {
    return (this.bits & ENDED) === 0;
  }

  setAttribute(key: string, value: unknown): this {
    if ((this.bits & ENDED) !== 0) return this.late();
    const { limits } = this.origin.pipeline;
    const name = keptKey(key);
    const kept = keptValue(value, limits.attributeLength);
    if (name === undefined || kept === undefined) {
      if (value !== undefined && value !== null) this.origin.pipeline.refusedAttribute(key);
      return this;
    }
    this.put(name, kept, limits.attributes);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    if (typeof attributes !== 'object') return this;
    try {
      // The engine reads what a loop over names reads by the places of the names, without looking each of them up.
      for (const key in attributes) {
        if (!Object.prototype.hasOwnProperty.call(attributes, key)) continue;
        let value: unknown;
        try {
          value = attributes[key];
        } catch {
          continue; // it refuses to be read
        }
        this.setAttribute(key, value);
      }
    } catch {
      // A proxy that refuses to tell its names has none.
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if ((this.bits & ENDED) !== 0) return this.late();
    const { limits, clock } = this.origin.pipeline;
    const second = isTimeInput(attributesOrTime) ? attributesOrTime : undefined;
    const at = timeOf(isTimeInput(time) ? time : second, clock) ?? this.timeNow();
    if (limits.events === 0) {
      this.extra.droppedEvents++;
      return this;
    }
    const { attributes, dropped } = keptAttributes(
      second === undefined ? attributesOrTime : undefined,
      limits.attributesPerEvent,
      limits.attributeLength,
    );
    const { events } = this;
    if (events.length >= limits.events) {
      events.shift();
      this.extra.droppedEvents++;
    }
    events.push({ name: textOf(name), attributes, time: at, droppedAttributesCount: dropped });
    return this;
  }

  recordException(exception: unknown, time?: TimeInput): void {
    const attributes = exceptionAttributes(exception);
    if (attributes !== undefined) this.addEvent('exception', attributes, time);
  }

  addLink(link: Link): this {
    if ((this.bits & ENDED) !== 0) return this.late();
    const { limits } = this.origin.pipeline;
    const kept = keptLink(link, limits);
    if (kept === undefined) return this;
    if (limits.links === 0) {
      this.extra.droppedLinks++;
      return this;
    }
    const { links } = this;
    if (links.length >= limits.links) {
      links.shift();
      this.extra.droppedLinks++;
    }
    links.push(kept);
    return this;
  }

  addLinks(links: Link[]): this {
    try {
      for (const link of links) this.addLink(link);
    } catch {
      // What is no list has no links.
    }
    return this;
  }

  /** OK is final, and nothing sets a status back. */
  setStatus(status: SpanStatus): this {
    if ((this.bits & ENDED) !== 0) return this.late();
    try {
      if (this.status.code === SpanStatusCode.OK) return this;
      const { code, message } = status;
      if (code === SpanStatusCode.OK) this.status = OK;
      else if (code === SpanStatusCode.ERROR) {
        this.status =
          typeof message === 'string' ? { code, message: cutText(message, MAX_TEXT_LENGTH) } : { code };
      }
    } catch {
      // A status that refuses to be read is none.
    }
    return this;
  }

  updateName(name: string): this {
    if ((this.bits & ENDED) !== 0) return this.late();
    this.name = textOf(name);
    return this;
  }

  end(endTime?: TimeInput): void {
    if ((this.bits & (ENDED | ENDING)) !== 0) {
      this.late();
      return;
    }
    this.setEnd(endTime);
    const { pipeline } = this.origin;
    this.bits |= ENDING;
    if (!pipeline.processors.none) pipeline.processors.onEnding(this);
    this.bits |= ENDED;
    pipeline.ended(this);
  }

  private setEnd(endTime: TimeInput | undefined): void {
    const { clock } = this.origin.pipeline;
    const given = endTime === undefined ? undefined : timeOf(endTime, clock);
    if (given === undefined && (this.bits & START_GIVEN) === 0) {
      const elapsed = Math.max(0, clock.monotonic() - this.startedAt);
      const whole = elapsed < 1000 ? 0 : Math.floor(elapsed / 1000);
      let nanos = this.startNanos + Math.round((elapsed - whole * 1000) * 1e6);
      let seconds = this.startSeconds + whole;
      for (; nanos >= NANOS; nanos -= NANOS) seconds++;
      this.endSeconds = seconds;
      this.endNanos = nanos;
      return;
    }
    const [seconds, nanos] = given ?? this.timeNow();
    const early = seconds < this.startSeconds || (seconds === this.startSeconds && nanos < this.startNanos);
    this.endSeconds = early ? this.startSeconds : seconds; // time does not go back
    this.endNanos = early ? this.startNanos : nanos;
  }

  /**
   * Now, on the clock of this span: what started at a time of the host's cannot be measured from. What is noted while it
   * ends is of its end.
   */
  private timeNow(): HrTime {
    const { clock } = this.origin.pipeline;
    if ((this.bits & ENDING) !== 0) return this.endTime;
    if ((this.bits & START_GIVEN) !== 0) {
      return timeOfMillis(clock.now(clock.monotonic())) ?? this.startTime;
    }
    const elapsed = timeOfMillis(Math.max(0, clock.monotonic() - this.startedAt)) ?? [0, 0];
    const nanos = this.startNanos + elapsed[1];
    const carry = nanos >= NANOS ? 1 : 0;
    return [this.startSeconds + elapsed[0] + carry, nanos - carry * NANOS];
  }

  private late(): this {
    this.origin.pipeline.writtenLate();
    return this;
  }
}

function textOf(name: unknown): string {
  return typeof name === 'string' ? cutText(name, MAX_TEXT_LENGTH) : labelText(name);
}
