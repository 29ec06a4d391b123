import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './collector-files.js';

/** The Collector's image, which docker-compose.yml pins. */
export function collectorImage(): string {
  const { services } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    services: Record<string, { image?: string }>;
  };
  const image = services['otel-collector']?.image;
  if (image === undefined) throw new Error('docker-compose.yml has no image of otel-collector');
  return image;
}
