import { formatted, onAxis } from '../../tools/pictures/units.js';

describe('a number in a picture', () => {
  it.each([
    [0.058, 'percentunit', 2, '5.80%'],
    [1, 'percentunit', 0, '100%'],
    [0, 's', undefined, '0 s'],
    [0.000_000_5, 's', undefined, '500 ns'],
    [0.000_127_9, 's', undefined, '127.9 µs'],
    [0.2135, 's', undefined, '213.5 ms'],
    [1.5, 's', undefined, '1.50 s'],
    [329.4, 's', undefined, '5.49 min'],
    [7200, 's', undefined, '2 hour'],
    [1500, 'ms', undefined, '1.50 s'],
    [250, 'µs', undefined, '250 µs'],
    [34.12, 'reqps', undefined, '34.1 req/s'],
    [1234, 'ops', undefined, '1.23K ops/s'],
    [0.4, 'cps', undefined, '0.400 c/s'],
    [493.49, 'short', 0, '493'],
    [11_000, 'short', undefined, '11 K'],
    [2_500_000, 'short', undefined, '2.50 Mil'],
    [96 * 1024 ** 2, 'bytes', undefined, '96 MiB'],
    [12, 'none', undefined, '12'],
    [Infinity, 'short', undefined, '∞'],
  ] as const)('%d of the unit %s is written as Grafana does', (value, unit, decimals, text) => {
    expect(formatted(value, unit, decimals)).toBe(text);
  });

  it('has no zeros on an axis that say nothing', () => {
    expect([0, 0.0025, 0.005, 0.1].map((value) => onAxis(value, 's'))).toEqual([
      '0 s',
      '2.5 ms',
      '5 ms',
      '100 ms',
    ]);
    expect(onAxis(10, 'short')).toBe('10');
  });

  it('of an unknown unit is an error, not a guess', () => {
    expect(() => formatted(1, 'furlongs')).toThrow('does not know the unit furlongs');
  });
});
