/** An instant vector or a scalar in PromQL, and the labels that it can have. */
export class Expression<L extends string = never> {
  constructor(
    readonly text: string,
    /** Whether it needs no parentheses as an operand. */
    readonly isAtom = true,
  ) {}
  /** Only there so that the labels are part of the type. */
  declare readonly labels: L;

  /** As an operand. */
  get atom(): string {
    return this.isAtom ? this.text : `(${this.text})`;
  }

  toString(): string {
    return this.text;
  }
}

export const number = (value: number): Expression => new Expression(String(value));
