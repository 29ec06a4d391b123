import { crc32, deflateSync } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';
import { FONT, fontFiles } from './font.js';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const INDEXED_COLOUR = 3;

/** With a palette, a third of what resvg's own writer makes. */
export function png(svg: string): Buffer {
  const font = { loadSystemFonts: false, fontFiles: fontFiles(), defaultFontFamily: FONT };
  const { width, height, pixels: rgba } = new Resvg(svg, { font }).render();
  const { colours, pixels } = indexed(rgba);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, INDEXED_COLOUR, 0, 0, 0], 8);
  // Each line begins with its filter: none.
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    lines.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** https://www.w3.org/TR/png-3/#5Chunk-layout */
function chunk(type: string, data: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(content.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(content, 4);
  framed.writeUInt32BE(crc32(content), content.length + 4);
  return framed;
}

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
