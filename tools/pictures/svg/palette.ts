/** A picture of at most 256 colours: a byte for each pixel, which is all that panels, lines and letters need. */
export interface Indexed {
  /** Red, green, blue of each colour. */
  readonly colours: Uint8Array;
  readonly pixels: Uint8Array;
}

const MOST = 256;

/** The most frequent colours stay as they are; each other becomes the nearest of them. */
export function indexed(rgba: Uint8Array): Indexed {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgba.length; at += 4) {
    const colour = colourAt(rgba, at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const kept = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([colour]) => colour);
  const indices = new Map([...counts.keys()].map((colour) => [colour, nearest(colour, kept)]));
  return {
    colours: Uint8Array.from(kept.flatMap(channels)),
    pixels: Uint8Array.from({ length: rgba.length / 4 }, (_, pixel) =>
      indices.get(colourAt(rgba, pixel * 4))!,
    ),
  };
}

const colourAt = (rgba: Uint8Array, at: number): number =>
  (rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!;

const channels = (colour: number): [number, number, number] => [
  colour >> 16,
  (colour >> 8) & 255,
  colour & 255,
];

function nearest(colour: number, among: readonly number[]): number {
  const [red, green, blue] = channels(colour);
  let best = { index: 0, distance: Infinity };
  for (const [index, other] of among.entries()) {
    const [r, g, b] = channels(other);
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < best.distance) best = { index, distance };
  }
  return best.index;
}
