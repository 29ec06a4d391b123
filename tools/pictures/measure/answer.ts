/** What Prometheus answered, to be drawn now or again. */
export interface MeasuredSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds, value; one for an instant query. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Answer {
  readonly refId: string;
  readonly legend: string | undefined;
  /** As `time_series`, `heatmap`, `table`. */
  readonly format: string;
  readonly series: readonly MeasuredSeries[];
}

export interface Measured {
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** By uid of the dashboard, then by id of the panel. */
  readonly answers: Readonly<Record<string, Readonly<Record<number, readonly Answer[]>>>>;
}
