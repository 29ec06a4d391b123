import type { TraceState } from '@opentelemetry/api';

/** W3C Trace Context, 3.3.1.1: a list has at most 32 members. */
const MAX_MEMBERS = 32;
/** W3C Trace Context, 3.3.1.5: at least so many characters are propagated. */
const MAX_LENGTH = 512;

const SIMPLE_KEY = /^[a-z][a-z0-9_\-*/]{0,255}$/;
const TENANT_KEY = /^[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}$/;
/** Printable ASCII without comma and equals sign, not ending in a space. */
const VALUE = /^[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

/**
 * The list of a `tracestate` header; members that are not valid, or go beyond a limit, are left out. The API's own
 * createTraceState refuses a header of more than 512 characters as a whole, and checks nothing that is set.
 */
export class W3CTraceState implements TraceState {
  /** In the order of the header: the newest first. */
  private members: ReadonlyMap<string, string> | undefined;

  private constructor(
    private readonly header: string,
    members: ReadonlyMap<string, string> | undefined,
  ) {
    this.members = members;
  }

  /** Reads the header when it is first asked for. */
  static parse(header: string): W3CTraceState {
    return new W3CTraceState(header, undefined);
  }

  get(key: string): string | undefined {
    return this.list().get(key);
  }

  /** With the member first. Unchanged, where it is not valid or there is no room for it. */
  set(key: string, value: string): W3CTraceState {
    if (!isValid(key, value)) return this;
    const members = new Map([[key, value]]);
    for (const [other, text] of this.list()) {
      if (other !== key && members.size < MAX_MEMBERS) members.set(other, text);
    }
    return lengthOf(members) > MAX_LENGTH ? this : new W3CTraceState('', members);
  }

  unset(key: string): W3CTraceState {
    if (!this.list().has(key)) return this;
    const members = new Map(this.list());
    members.delete(key);
    return new W3CTraceState('', members);
  }

  serialize(): string {
    let text = '';
    for (const [key, value] of this.list()) text += `${text === '' ? '' : ','}${key}=${value}`;
    return text;
  }

  private list(): ReadonlyMap<string, string> {
    return (this.members ??= membersOf(this.header));
  }
}

function isValid(key: string, value: string): boolean {
  return (SIMPLE_KEY.test(key) || TENANT_KEY.test(key)) && VALUE.test(value);
}

function membersOf(header: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  let length = 0;
  for (const part of header.split(',')) {
    const member = part.trim();
    const equals = member.indexOf('=');
    if (equals === -1) continue;
    const key = member.slice(0, equals);
    const value = member.slice(equals + 1);
    if (!isValid(key, value)) continue;
    const longer = length + member.length + (members.size > 0 ? 1 : 0);
    if (longer > MAX_LENGTH) continue;
    members.set(key, value);
    length = longer;
    if (members.size === MAX_MEMBERS) break;
  }
  return members;
}

function lengthOf(members: ReadonlyMap<string, string>): number {
  let length = members.size - 1;
  for (const [key, value] of members) length += key.length + 1 + value.length;
  return length;
}
