import type { SeriesIndex } from '../cardinality/registry-meter.js';
import { type LabelPairs, labelPairs } from './labels.js';
import type { NameScheme } from './names.js';

/**
 * The labels of each row of one instrument as text, made once. Most texts are the same whichever scheme names are written
 * in; those that are not are kept beside, for each scheme that is asked for.
 */
export class SeriesTexts {
  private readonly texts: (string | undefined)[] = [];
  /** All texts; undefined until there is one that another row could have too. */
  private seen: Set<string> | undefined;
  private equal = false;
  /** Rows with names that are no label names; undefined until there is one. */
  private odd: Set<number> | undefined;
  private readonly schemes = new Map<NameScheme, OddTexts>();
  private beside: SeriesTexts | undefined;

  constructor(
    private readonly rows: Pick<SeriesIndex, 'attributesOf'>,
    private readonly reserved: ReadonlySet<string>,
  ) {}

  /** The same for a page where more label names are its own. */
  besideLabels(reserved: ReadonlySet<string>): SeriesTexts {
    return (this.beside ??= new SeriesTexts(this.rows, new Set([...this.reserved, ...reserved])));
  }

  /** Whether two rows have the same text, as far as texts have been asked for. */
  collides(scheme: NameScheme = 'otel'): boolean {
    return this.equal || this.schemes.get(scheme)?.equal === true;
  }

  /** Rows from this one on have no text yet: they came after `collides` was asked. */
  get length(): number {
    return this.texts.length;
  }

  has(row: number, scheme: NameScheme = 'otel'): boolean {
    if (this.texts[row] === undefined) return false;
    return !this.isOddIn(row, scheme) || this.schemes.get(scheme)?.texts.has(row) === true;
  }

  of(row: number, scheme: NameScheme = 'otel'): string {
    const text = this.texts[row] ?? this.make(row);
    return this.isOddIn(row, scheme) ? this.oddText(row, scheme) : text;
  }

  /** The names of a row's attributes, of those that are labels. */
  namesOf(row: number): string {
    const attributes = this.rows.attributesOf(row);
    return JSON.stringify(Object.keys(attributes).filter((name) => attributes[name] !== ''));
  }

  /** Forgets the text of a row, whose number another may have next. */
  forget(row: number): void {
    this.beside?.forget(row);
    const text = this.texts[row];
    if (text === undefined) return;
    this.texts[row] = undefined;
    if (!this.equal) this.seen?.delete(text); // of two equal ones it is not known which stays
    if (this.odd?.delete(row) !== true) return;
    for (const { texts, seen, equal } of this.schemes.values()) {
      if (!equal) seen.delete(texts.get(row) ?? '');
      texts.delete(row);
    }
  }

  private isOddIn(row: number, scheme: NameScheme): boolean {
    return this.odd !== undefined && scheme !== 'otel' && this.odd.has(row);
  }

  private make(row: number): string {
    const { text, plain, named } = this.pairs(row, 'otel');
    if (!plain) this.seen ??= new Set(this.texts.filter((known) => known !== undefined));
    if (this.seen?.has(text)) this.equal = true;
    this.seen?.add(text);
    while (this.texts.length < row) this.texts.push(undefined); // no holes: they make an array slow
    this.texts[row] = text;
    if (!named) (this.odd ??= new Set()).add(row);
    else for (const odd of this.schemes.values()) odd.equal ||= odd.seen.has(text);
    return text;
  }

  private oddText(row: number, scheme: NameScheme): string {
    const odd: OddTexts = this.schemes.get(scheme) ?? { texts: new Map(), seen: new Set(), equal: false };
    this.schemes.set(scheme, odd);
    const known = odd.texts.get(row);
    if (known !== undefined) return known;
    const { text } = this.pairs(row, scheme);
    const isPlain = text !== this.texts[row] && this.seen?.has(text) === true;
    odd.equal ||= isPlain || odd.seen.has(text);
    odd.seen.add(text);
    odd.texts.set(row, text);
    return text;
  }

  private pairs(row: number, scheme: NameScheme): LabelPairs {
    return labelPairs(this.rows.attributesOf(row), this.reserved, scheme);
  }
}

/** In one scheme, the texts of rows with names that are no label names. */
interface OddTexts {
  readonly texts: Map<number, string>;
  readonly seen: Set<string>;
  equal: boolean;
}
