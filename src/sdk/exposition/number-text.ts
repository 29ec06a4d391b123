/** A number as both formats have it. */
export function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

/**
 * A number as Go writes it, which OpenMetrics calls canonical: always with a fraction or an exponent, so that equal bounds
 * have equal texts whoever wrote them.
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md#considerations-canonical-numbers
 */
export function canonicalText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return value === 0 ? '0.0' : numberText(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const sign = power < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}
