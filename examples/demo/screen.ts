/** The console: lines that stay, and at most one that is written over. */
export class Screen {
  private live = '';

  constructor(
    private readonly out: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'> = process.stdout,
  ) {}

  /** Whether one line can be written over. */
  get interactive(): boolean {
    return this.out.isTTY === true;
  }

  print(text: string): void {
    if (!this.interactive) return void this.out.write(`${text}\n`);
    this.out.write(`\r\x1b[2K${text}\n${this.live}`);
  }

  /** On a terminal the text takes the last one's place; elsewhere it is a line. */
  update(text: string): void {
    if (!this.interactive) return this.print(text);
    // A line that wraps could not be taken back by a carriage return.
    this.live = text.slice(0, (this.out.columns ?? 80) - 1);
    this.out.write(`\r\x1b[2K${this.live}`);
  }

  /** Leaves the live line where it is. */
  settle(): void {
    if (this.live !== '') this.out.write('\n');
    this.live = '';
  }
}
