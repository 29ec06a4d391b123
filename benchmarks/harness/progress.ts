/** Says on stderr how far a run is and how long it will take. */
export class Progress {
  private readonly startMs = performance.now();
  private planned = 0;

  constructor(private readonly totalSeconds: number) {}

  begin(what: string, expectedSeconds: number): void {
    const pace = this.planned > 0 ? this.spentSeconds / this.planned : 1; // how the plan has held so far
    const total = this.spentSeconds + (this.totalSeconds - this.planned) * pace;
    console.error(`[${minutes(this.spentSeconds)} of about ${minutes(total)}] ${what}`);
    this.planned += expectedSeconds;
  }

  end(): void {
    console.error(`[${minutes(this.spentSeconds)}] done`);
  }

  private get spentSeconds(): number {
    return (performance.now() - this.startMs) / 1000;
  }
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
