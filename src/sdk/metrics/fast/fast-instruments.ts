import type { Attributes, Context } from '@opentelemetry/api';
import type { DropLog } from '../../../instruments/drop-log.js';
import type { Recording } from '../checked-meter.js';
import { accepts, type InstrumentKind } from '../instrument-kind.js';
import type { AdhocRows } from './adhoc-rows.js';
import type { Columns } from './columns.js';

/** An instrument of a host: it never throws, and keeps nothing of the caller's. */
export class FastInstrument implements Recording {
  /** @param integers - cuts the fraction off, as the value type INT asks for */
  constructor(
    private readonly kind: InstrumentKind,
    private readonly name: string,
    private readonly integers: boolean,
    private readonly rows: AdhocRows,
    private readonly columns: Columns,
    private readonly drops: DropLog,
  ) {}

  add(value: number, attributes?: Attributes, context?: Context): void {
    this.record(value, attributes, context);
  }

  record(value: number, attributes?: Attributes, context?: Context): void {
    try {
      if (!accepts(this.kind, value, this.integers)) return this.drops.invalidValue(this.name, value);
      const row = this.rows.find(attributes);
      this.columns.record(row, this.integers ? Math.trunc(value) : value, context);
    } catch (error) {
      this.drops.invalidValue(this.name, error);
    }
  }
}
