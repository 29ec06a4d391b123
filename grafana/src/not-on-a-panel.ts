import type { MetricName } from '../../src/semconv/index.js';

/** Metrics that no panel shows, and why. All others are on one; a test checks both. */
export const NOT_ON_A_PANEL: Readonly<Partial<Record<MetricName, string>>> = {};
