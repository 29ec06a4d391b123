import {
  baggageEntryMetadataFromString,
  propagation,
  type BaggageEntry,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { isTracingSuppressed } from './suppress-tracing.js';

const BAGGAGE = 'baggage';
const MAX_MEMBERS = 180;
const MAX_MEMBER_LENGTH = 4096;
const MAX_LENGTH = 8192;
/** What a header may hold; anything else would let http refuse the request of the host. */
const HEADER_TEXT = /^[\t -~]*$/;

/** Carries baggage by the header of that name: https://www.w3.org/TR/baggage/ */
export class BaggagePropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const baggage = propagation.getBaggage(context);
    if (baggage === undefined || isTracingSuppressed(context)) return;
    let header = '';
    let members = 0;
    for (const [key, entry] of baggage.getAllEntries()) {
      if (members === MAX_MEMBERS) break;
      const member = memberOf(key, entry);
      if (member === undefined) continue;
      members++;
      const longer = header === '' ? member : `${header},${member}`;
      if (longer.length <= MAX_LENGTH) header = longer;
    }
    if (header !== '') setter.set(carrier, BAGGAGE, header);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const given: unknown = getter.get(carrier, BAGGAGE);
    const reader = new BaggageReader();
    for (const header of Array.isArray(given) ? (given as unknown[]) : [given]) {
      if (typeof header === 'string') reader.read(header);
    }
    if (reader.members === 0) return context;
    return propagation.setBaggage(context, propagation.createBaggage(reader.entries));
  }

  fields(): string[] {
    return [BAGGAGE];
  }
}

/** Undefined where it cannot be written; the other members still are. */
function memberOf(key: string, entry: BaggageEntry): string | undefined {
  try {
    let member = `${encodeURIComponent(key)}=${encodeURIComponent(entry.value)}`;
    if (entry.metadata !== undefined) {
      const metadata = entry.metadata.toString();
      if (HEADER_TEXT.test(metadata)) member += `;${metadata}`;
    }
    return member.length <= MAX_MEMBER_LENGTH ? member : undefined;
  } catch {
    return undefined; // a lone surrogate, or no entry at all
  }
}

/** Collects the members of one header or of several, within the limits of all of them together. */
class BaggageReader {
  /** Without a prototype, since a member may be named `__proto__`. */
  readonly entries = Object.create(null) as Record<string, BaggageEntry>;
  members = 0;
  private length = 0;

  read(header: string): void {
    for (let start = 0; start < header.length && this.members < MAX_MEMBERS;) {
      const comma = header.indexOf(',', start);
      const end = comma === -1 ? header.length : comma;
      if (end - start <= MAX_MEMBER_LENGTH) {
        const member = entryOf(header.slice(start, end));
        if (member !== undefined) {
          const length = this.length + (this.members === 0 ? 0 : 1) + end - start;
          if (length > MAX_LENGTH) return;
          this.entries[member.key] = member.entry;
          this.members++;
          this.length = length;
        }
      }
      start = end + 1;
    }
  }
}

function entryOf(member: string): { key: string; entry: BaggageEntry } | undefined {
  const semicolon = member.indexOf(';');
  const pair = semicolon === -1 ? member : member.slice(0, semicolon);
  const equals = pair.indexOf('=');
  const metadata = semicolon === -1 ? '' : member.slice(semicolon + 1);
  try {
    const key = decodeURIComponent(pair.slice(0, Math.max(equals, 0)).trim());
    const value = decodeURIComponent(pair.slice(equals + 1).trim());
    if (key === '' || value === '') return undefined;
    return { key, entry: { value, ...(metadata && { metadata: baggageEntryMetadataFromString(metadata) }) } };
  } catch {
    return undefined; // not percent-encoded as it should be
  }
}
