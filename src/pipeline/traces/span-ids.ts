import type { SpanContext, TraceState } from '@opentelemetry/api';

const SCRATCH = Buffer.alloc(16);
const TWO_32 = 2 ** 32;

/**
 * The id of a trace, as words of 32 bits (with sign, so that they are small integers to the runtime) and, once somebody
 * has asked, as text. All spans of a trace that start here share one.
 */
export class TraceId {
  constructor(
    readonly a: number,
    readonly b: number,
    readonly c: number,
    readonly d: number,
    private text: string | undefined,
  ) {}

  static random(): TraceId {
    const a = randomWord();
    const b = randomWord();
    const c = randomWord();
    const d = randomWord();
    return new TraceId(a, b, c, (a | b | c | d) === 0 ? 1 : d, undefined); // zeros are no id
  }

  /** @param digits - 32 of them, hexadecimal */
  static of(digits: string): TraceId {
    return new TraceId(wordAt(digits, 0), wordAt(digits, 8), wordAt(digits, 16), wordAt(digits, 24), digits);
  }

  get hex(): string {
    return (this.text ??= hexOf(4, this.a, this.b, this.c, this.d));
  }
}

/** Who a span is. Its context in the API's form is made when it is asked for: most spans never are. */
export class SpanIdentity {
  private context: SpanContext | undefined = undefined;

  constructor(
    readonly trace: TraceId,
    /** The upper and lower half of its id. */
    readonly high: number,
    readonly low: number,
    readonly traceFlags: number,
    readonly traceState: TraceState | undefined,
  ) {}

  spanContext(): SpanContext {
    return (this.context ??= spanContextOf(
      this.trace,
      this.high,
      this.low,
      this.traceFlags,
      this.traceState,
    ));
  }
}

export function spanContextOf(
  trace: TraceId,
  high: number,
  low: number,
  traceFlags: number,
  traceState?: TraceState,
): SpanContext {
  const context: SpanContext = { traceId: trace.hex, spanId: hexOf(2, high, low), traceFlags };
  if (traceState !== undefined) context.traceState = traceState;
  return context;
}

/** 32 random bits as an integer with sign. */
export function randomWord(): number {
  return (Math.random() * TWO_32) | 0;
}

/** The word that eight hexadecimal digits mean. */
export function wordAt(digits: string, start: number): number {
  let word = 0;
  for (let index = start; index < start + 8; index++) {
    const code = digits.charCodeAt(index);
    word = (word << 4) | (code < 58 ? code - 48 : (code | 32) - 87);
  }
  return word;
}

function hexOf(words: number, a: number, b: number, c = 0, d = 0): string {
  SCRATCH.writeInt32BE(a, 0);
  SCRATCH.writeInt32BE(b, 4);
  if (words === 4) {
    SCRATCH.writeInt32BE(c, 8);
    SCRATCH.writeInt32BE(d, 12);
  }
  return SCRATCH.toString('hex', 0, words * 4);
}
