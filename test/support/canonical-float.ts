/**
 * A number as it stands in the labels `le` and `quantile` of OpenMetrics: the shortest digits that give it back, with
 * an exponent of two digits or more below 1e-4 and from 1e6 on, and always with a point or an exponent.
 *
 * Source: OpenMetrics 1.0, Considerations: Canonical Numbers.
 */
export function canonicalFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', power = ''] = Math.abs(value).toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 6) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const text = String(Math.abs(value));
  return sign + (text.includes('.') ? text : `${text}.0`);
}
