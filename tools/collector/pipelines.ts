// What is wired to what: every component of a pipeline exists, and nothing is sent where nobody listens.
import type { ConfigurationFile, Setting } from './configuration-file.js';
import { asMap, at, startsWith } from './merge.js';
import type { Problem } from './problems.js';

export interface Pipeline {
  readonly id: string;
  readonly signal: string;
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

type Section = 'receivers' | 'processors' | 'exporters';
type Place = Pick<Problem, 'file' | 'line' | 'key'>;

/** The merged configuration, with questions that the checks ask of it. */
export class Configuration {
  readonly pipelines: readonly Pipeline[];
  private readonly map: Record<string, unknown>;

  constructor(
    readonly settings: readonly Setting[],
    readonly files: readonly ConfigurationFile[],
  ) {
    this.map = asMap(settings);
    const pipelines = mapAt(mapAt(this.map, 'service'), 'pipelines');
    this.pipelines = Object.keys(pipelines).map((id) => {
      const list = (section: Section): string[] => strings(mapAt(pipelines, id)[section]);
      const [receivers, processors, exporters] = [list('receivers'), list('processors'), list('exporters')];
      return { id, signal: id.split('/')[0]!, receivers, processors, exporters };
    });
  }

  ids(section: string): string[] {
    return Object.keys(mapAt(this.map, section));
  }

  get startedExtensions(): string[] {
    return strings(mapAt(this.map, 'service')['extensions']);
  }

  /** Where something is written; for what is missing, the nearest that is there. */
  place(...path: string[]): Place {
    for (let length = path.length; length > 0; length--) {
      const found = this.settings.find((setting) => startsWith(setting.path, path.slice(0, length)));
      if (found !== undefined) return { ...at(found), key: path.join('.') };
    }
    return { file: this.files[0]!.name, line: 1, key: path.join('.') };
  }

  isConnector(id: string): boolean {
    return this.ids('connectors').includes(id);
  }

  /** Whether data comes into this pipeline from outside the Collector. */
  receives({ receivers }: Pipeline): boolean {
    return receivers.some((id) => !this.isConnector(id));
  }
}

export function pipelineProblems(configuration: Configuration): Problem[] {
  const { pipelines } = configuration;
  if (pipelines.length === 0)
    return [{ ...configuration.place('service', 'pipelines'), what: 'there is no pipeline' }];
  return [
    ...pipelines.flatMap((pipeline) => undefinedComponents(configuration, pipeline)),
    ...configuration.ids('connectors').flatMap((id) => oneSided(configuration, id)),
    ...extensionProblems(configuration),
    ...pipelines
      .filter((pipeline) => configuration.receives(pipeline))
      .flatMap((p) => unguarded(configuration, p)),
  ];
}

function undefinedComponents(configuration: Configuration, pipeline: Pipeline): Problem[] {
  return (['receivers', 'processors', 'exporters'] as const).flatMap((section) => {
    const place = configuration.place('service', 'pipelines', pipeline.id, section);
    if (pipeline[section].length === 0)
      return section === 'processors' ? [] : [{ ...place, what: `the pipeline has no ${section}` }];
    const defined = [
      ...configuration.ids(section),
      ...(section === 'processors' ? [] : configuration.ids('connectors')),
    ];
    return pipeline[section]
      .filter((id) => !defined.includes(id))
      .map((id) => ({ ...place, what: `${id} is not defined in ${section} of any file` }));
  });
}

/** A connector ends one pipeline and starts another; the Collector does not start with half of one. */
function oneSided(configuration: Configuration, id: string): Problem[] {
  const into = configuration.pipelines.filter(({ exporters }) => exporters.includes(id));
  const from = configuration.pipelines.filter(({ receivers }) => receivers.includes(id));
  if ((into.length === 0) === (from.length === 0)) return [];
  const what =
    from.length === 0
      ? `${into.map(({ id: pipeline }) => pipeline).join(', ')} sends to ${id}, and no pipeline takes from it`
      : `${from.map(({ id: pipeline }) => pipeline).join(', ')} takes from ${id}, and no pipeline sends to it`;
  return [{ ...configuration.place('connectors', id), what }];
}

function extensionProblems(configuration: Configuration): Problem[] {
  const defined = configuration.ids('extensions');
  const started = configuration.startedExtensions;
  const missing = started
    .filter((id) => !defined.includes(id))
    .map((id) => ({
      ...configuration.place('service', 'extensions'),
      what: `${id} is not defined in extensions of any file`,
    }));
  const needed = configuration.settings
    .filter(({ path }) => ['storage', 'authenticator'].includes(path.at(-1)!))
    .filter(({ value }) => typeof value === 'string' && !started.includes(value))
    .map((setting) => ({
      ...at(setting),
      what: `needs the extension ${String(setting.value)}, which service.extensions does not start`,
    }));
  return [...missing, ...needed];
}

/** What comes from outside may be too much, and may hold what nobody is to see. */
function unguarded(configuration: Configuration, { id, processors }: Pipeline): Problem[] {
  const place = configuration.place('service', 'pipelines', id, 'processors');
  const types = processors.map((processor) => processor.split('/')[0]!);
  return [
    ...(types[0] === 'memory_limiter'
      ? []
      : [{ ...place, what: 'receives from outside and does not begin with memory_limiter' }]),
    ...(types.includes('redaction')
      ? []
      : [{ ...place, what: 'receives from outside and has no redaction' }]),
  ];
}

/** A backend takes everything from the bus, and has no exporter that nothing reaches. */
export function backendProblems(configuration: Configuration): Problem[] {
  return configuration.files
    .filter(({ role }) => role === 'backend')
    .flatMap(({ name, settings }) => {
      const own = (...start: string[]): string[] => [
        ...new Set(
          settings
            .filter(({ path }) => startsWith(path, start) && path.length > start.length)
            .map(({ path }) => path[start.length]!),
        ),
      ];
      const pipelines = configuration.pipelines.filter(
        ({ id }) => configuration.place('service', 'pipelines', id).file === name,
      );
      const place = (...path: string[]): Place => ({ ...configuration.place(...path), file: name });
      const offBus = pipelines.flatMap(({ id, signal, receivers }) =>
        receivers.length === 1 && receivers[0] === `forward/${signal}`
          ? []
          : [
              {
                ...place('service', 'pipelines', id, 'receivers'),
                what: `receives from ${receivers.join(', ') || 'nothing'}; a backend's ${signal} come from forward/${signal}, cleaned and sampled`,
              },
            ],
      );
      const unused = own('exporters')
        .filter((id) => !pipelines.some(({ exporters }) => exporters.includes(id)))
        .map((id) => ({ ...place('exporters', id), what: 'no pipeline of this file sends to it' }));
      return [...offBus, ...unused];
    });
}

function mapAt(map: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = map[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
