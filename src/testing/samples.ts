/** Label names and their values. */
export type Labels = Record<string, string>;

/** One line of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  /** In milliseconds since 1970. */
  readonly timestamp?: number;
}

/** What samples are looked up in: a family of either format. */
export interface SampleFamily {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** All samples of that name; for a family's name, all samples of the family. */
export function seriesOf(families: readonly SampleFamily[], name: string): Sample[] {
  return families.flatMap((family) =>
    family.name === name ? [...family.samples] : family.samples.filter((sample) => sample.name === name),
  );
}

/**
 * The value of the one sample that has all these labels, and maybe more; `''` asks for a label to be absent.
 * Undefined when there is none.
 *
 * @throws Error naming the samples, when several have these labels
 */
export function sampleValue(
  families: readonly SampleFamily[],
  name: string,
  labels: Labels = {},
): number | undefined {
  const fitting = seriesOf(families, name).filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(
        ([label, value]) => (Object.hasOwn(sample.labels, label) ? sample.labels[label] : '') === value,
      ),
  );
  if (fitting.length > 1) {
    throw new Error(
      `several samples fit ${name} ${JSON.stringify(labels)}: ${fitting.map(identityOf).join(' ')}`,
    );
  }
  return fitting[0]?.value;
}

/** A series as PromQL would name it: an empty label is no label, and order does not count. */
export function identityOf({ name, labels }: Pick<Sample, 'name' | 'labels'>): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `${written(label)}=${JSON.stringify(value)}`);
  return `${written(name)}{${pairs.sort().join(',')}}`;
}

function written(name: string): string {
  return /^[\w:]+$/.test(name) ? name : JSON.stringify(name);
}
