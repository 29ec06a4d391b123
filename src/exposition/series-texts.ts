import type { SeriesIndex } from '../cardinality/registry-meter.js';
import { labelPairs } from './labels.js';

/** The labels of each row of one instrument as text, made once. */
export class SeriesTexts {
  private readonly texts: (string | undefined)[] = [];
  /** All texts, from the first one on that could be that of another row. */
  private seen: Set<string> | undefined;
  private equal = false;

  constructor(
    private readonly rows: Pick<SeriesIndex, 'attributesOf'>,
    private readonly reserved: ReadonlySet<string>,
  ) {}

  /** Whether two rows have the same text, as far as texts have been asked for. */
  get collide(): boolean {
    return this.equal;
  }

  /** SeriesIndex below this may have a text: what is above came later than what was asked of `collide`. */
  get length(): number {
    return this.texts.length;
  }

  has(row: number): boolean {
    return this.texts[row] !== undefined;
  }

  of(row: number): string {
    return this.texts[row] ?? this.make(row);
  }

  /** Forgets the text of a row, whose number another may have next. */
  forget(row: number): void {
    const text = this.texts[row];
    if (text === undefined) return;
    this.texts[row] = undefined;
    if (!this.equal) this.seen?.delete(text); // where two are equal, which of them stays is not known
  }

  private make(row: number): string {
    const { text, plain } = labelPairs(this.rows.attributesOf(row), this.reserved);
    if (!plain) this.seen ??= new Set(this.texts.filter((known) => known !== undefined));
    if (this.seen?.has(text)) this.equal = true;
    this.seen?.add(text);
    while (this.texts.length < row) this.texts.push(undefined); // no holes: they make an array slow
    this.texts[row] = text;
    return text;
  }
}
