import { boxOf, heightOf, WIDTH } from '../../tools/pictures/layout.js';
import { axisUpTo } from '../../tools/pictures/panels/time-series.js';
import { cut, textWidth, wrapped } from '../../tools/pictures/svg/font.js';

describe('the grid of a picture', () => {
  it('gives 24 columns the width of the page, with margins', () => {
    const { x, width } = boxOf({ x: 0, y: 0, w: 24, h: 5 });
    expect(WIDTH - width).toBe(2 * x);
  });

  it('leaves a gap between neighbours, and none overlap', () => {
    const [left, right, below] = [
      boxOf({ x: 0, y: 0, w: 8, h: 5 }),
      boxOf({ x: 8, y: 0, w: 16, h: 5 }),
      boxOf({ x: 0, y: 5, w: 24, h: 9 }),
    ] as const;
    expect(right.x - (left.x + left.width)).toBeCloseTo(8);
    expect(below.y - (left.y + left.height)).toBeCloseTo(8);
  });

  it('is as high as its lowest panel', () => {
    expect(heightOf([{ x: 0, y: 0, w: 24, h: 5 }])).toBeLessThan(heightOf([{ x: 0, y: 5, w: 12, h: 1 }]));
  });
});

describe('text in a picture', () => {
  it('is cut with an ellipsis where it does not fit', () => {
    const text = 'cancellations-are-for-people';
    expect(cut(text, 1000, 14)).toBe(text);
    const shortened = cut(text, 100, 14);
    expect(shortened).toMatch(/^cancel.*…$/);
    expect(textWidth(shortened, 14)).toBeLessThanOrEqual(100);
  });

  it('is wrapped between words', () => {
    expect(wrapped('No data arrives', 60, 15)).toEqual(['No data', 'arrives']);
  });
});

describe('an axis', () => {
  it.each([
    [137, undefined, undefined, { interval: 50, max: 150 }],
    [0.0196, 's', undefined, { interval: 0.005, max: 0.02 }],
    [0.005, 'percentunit', 1, { interval: 0.25, max: 1 }],
    [97 * 2 ** 20, 'bytes', undefined, { interval: 2 ** 25, max: 2 ** 27 }],
    [0, undefined, undefined, { interval: 0.25, max: 1 }],
  ] as const)('up to %d has round numbers', (most, unit, max, expected) => {
    expect(axisUpTo(most, unit, max)).toEqual(expected);
  });
});
