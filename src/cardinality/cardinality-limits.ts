/** Upper bounds for the life of the process. All are counts of distinct values or series. */
export interface CardinalityLimits {
  /**
   * Values of an id label (`agent_id`) a metric may have.
   * @defaultValue 1000
   */
  readonly id?: number;
  /**
   * Values of a label named by the host (`action`, `policy`, `topic`, `model`) a metric may have.
   * @defaultValue 200
   */
  readonly open?: number;
  /**
   * Values of a cause label (`reason`, `error_type`) a metric may have.
   * @defaultValue 100
   */
  readonly slug?: number;
  /**
   * Series a metric may have, whatever its labels.
   * @defaultValue 10000
   */
  readonly series?: number;
}

export const DEFAULT_CARDINALITY_LIMITS: Required<CardinalityLimits> = Object.freeze({
  id: 1000,
  open: 200,
  slug: 100,
  series: 10_000,
});

/** Of metrics that say something of others. */
export const OF_OTHERS_LIMITS: Required<CardinalityLimits> = Object.freeze({
  id: 10_000,
  open: 10_000,
  slug: 10_000,
  series: 10_000,
});

/** @deprecated The old name of {@link CardinalityLimits}. */
export type LabelCaps = CardinalityLimits;

/**
 * @deprecated The old name of {@link DEFAULT_CARDINALITY_LIMITS}.
 * @alias
 */
export const DEFAULT_LABEL_CAPS: Required<CardinalityLimits> = DEFAULT_CARDINALITY_LIMITS;

/** Caps with defaults for what is left out, or given as no number: a cap that is missing must not be a cap of none. */
export function resolvedLimits(caps: CardinalityLimits = {}): Required<CardinalityLimits> {
  const cap = (kind: keyof CardinalityLimits): number => {
    const given: unknown = caps[kind];
    return typeof given === 'number' && given >= 0 ? given : DEFAULT_CARDINALITY_LIMITS[kind];
  };
  return { id: cap('id'), open: cap('open'), slug: cap('slug'), series: cap('series') };
}
