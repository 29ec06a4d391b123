// Templates of Prometheus, for annotations.

/** Whom an alert is about, whatever of it is known. */
export const SERVICE =
  '{{ or $labels.service_name "an unnamed kernel" }}{{ with $labels.deployment_environment_name }} ({{ . }}){{ end }}';

export const VALUE = '{{ $value | humanize }}';
export const PERCENT = '{{ $value | humanizePercentage }}';
export const SECONDS = '{{ $value | humanizeDuration }}';

export const label = (name: string): string => `{{ $labels.${name} }}`;

/** A threshold of a ratio, as a person reads it. */
export const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(6))} %`;
