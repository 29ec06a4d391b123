import type { DropLog } from '../diagnostics/drop-log.js';
import type { ExposedStream } from './exposed-family.js';
import { exposedNames, schemeOf, type NameScheme } from './names.js';

/**
 * Series that Prometheus writes itself for each target it scrapes, and for alerts: a gauge of a host that has such a name
 * would say that the target is down.
 * https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series
 */
const OF_PROMETHEUS: ReadonlySet<string> = new Set([
  'up',
  'scrape_duration_seconds',
  'scrape_samples_post_metric_relabeling',
  'scrape_samples_scraped',
  'scrape_series_added',
  'scrape_timeout_seconds',
  'scrape_sample_limit',
  'scrape_body_size_bytes',
  'ALERTS',
  'ALERTS_FOR_STATE',
]);

/**
 * Which instrument has which name on the pages of one store. Instruments with different names keep different ones: where
 * two become equal, the later one is encoded in full, and where that is taken too it has none. An instrument keeps its
 * name while the process lives, so that no series changes what it means. Those of one name, as several scopes have them,
 * share it.
 */
export class FamilyNames {
  private readonly schemes = new Map<NameScheme, SchemeNames>();

  constructor(private readonly drops: DropLog) {}

  /** In a scheme; undefined where all names it may have are taken. */
  nameOf(stream: ExposedStream, scheme: NameScheme): string | undefined {
    let names = this.schemes.get(scheme);
    if (names === undefined) this.schemes.set(scheme, (names = { given: new Map(), owners: new Map() }));
    const { name, type, registry } = stream;
    // No instrument of a host shares a name with the registry, but for the dotted ones, which are of a convention for all.
    const owner = `${type}/${registry && !name.includes('.') ? 'registry' : 'host'}/${name}`;
    const known = names.given.get(owner);
    if (known !== undefined) return known;
    const wanted = exposedNames(name, type, schemeOf(stream, scheme));
    const first = wanted[0] as string;
    const isFree = (each: string): boolean => (names.owners.get(`${type}/${each}`) ?? owner) === owner;
    const found = OF_PROMETHEUS.has(first)
      ? [`exported_${first}`, ...wanted.slice(1)].find(isFree)
      : wanted.find((each) => takenBy(each, type).every(isFree));
    if (found === undefined) return undefined;
    for (const each of takenBy(found, type)) names.owners.set(`${type}/${each}`, owner);
    names.given.set(owner, found);
    if (found !== first) {
      const whose = OF_PROMETHEUS.has(first) ? 'Prometheus itself writes' : 'another instrument is shown as';
      const message = `${name}: shown as ${found}, because ${whose} ${first}.`;
      this.drops.warn(`renamed/${owner}`, message);
    }
    return found;
  }
}

/** In OpenMetrics a counter has its name without `_total` too. */
function takenBy(name: string, type: ExposedStream['type']): readonly string[] {
  return type === 'counter' ? [name, name.slice(0, -'_total'.length)] : [name];
}

interface SchemeNames {
  /** By the instrument that has it. */
  readonly given: Map<string, string>;
  readonly owners: Map<string, string>;
}
