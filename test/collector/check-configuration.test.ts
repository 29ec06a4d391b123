import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkConfiguration } from '../../tools/collector/check-configuration.js';
import type { ConfigurationFile } from '../../tools/collector/configuration-file.js';
import { problemsText } from '../../tools/collector/problems.js';
import { baseWith, filesOf, FOLDER } from './collector-files.js';

const found = (files: readonly ConfigurationFile[], env = {}) =>
  checkConfiguration(files, env).problems.map(({ file, key, what }) => `${file} ${key}: ${what}`);
const sink = `
exporters: { debug/mine: {} }
service: { pipelines: { traces/mine: { receivers: [forward/traces], exporters: [debug/mine] } } }`;

describe('a backend of one’s own', () => {
  it('of five lines, as in the README, is sound', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    const [, text = ''] = /```yaml\n([^`]+)```/.exec(readme)!;
    expect(text.trim().split('\n').length).toBeLessThanOrEqual(6); // one is a comment
    expect(found(baseWith(['backends/mine', text]), { MINE_ENDPOINT: 'mine:4317' })).toEqual([]);
    expect(found(baseWith(['backends/mine', text]))).toEqual([
      'backends/mine.yaml exporters.otlp_grpc/mine.endpoint: MINE_ENDPOINT is not set: where it is',
    ]);
  });

  it('that replaces a list of the base is refused, as is one that adds to a pipeline of the base', () => {
    const text = `${sink.replace('pipelines: {', 'extensions: [health_check], pipelines: { traces: { exporters: [debug/mine] },')}`;
    expect(found(baseWith(['backends/mine', text]))).toEqual([
      expect.stringMatching(
        /^backends\/mine\.yaml service\.extensions: replaces the list of base\.yaml:\d+, since lists do not merge; /,
      ),
      expect.stringMatching(
        /^backends\/mine\.yaml service\.pipelines\.traces\.exporters: replaces the list of base\.yaml:\d+/,
      ),
    ]);
  });

  it('that uses the name of another backend is refused', () => {
    const files = [...filesOf('base', 'backends/jaeger')];
    const [, again] = baseWith(['backends/again', 'exporters: { otlp_grpc/jaeger: { endpoint: b:4317 } }']);
    expect(found([...files, again!])).toContainEqual(
      expect.stringMatching(
        /^backends\/again\.yaml exporters\.otlp_grpc\/jaeger\.endpoint: is already in backends\/jaeger\.yaml:\d+/,
      ),
    );
  });

  it('that does not start from the bus is refused', () => {
    const text = sink.replace('[forward/traces]', '[otlp]');
    expect(found(baseWith(['backends/mine', text]))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /traces\/mine\.receivers: receives from otlp; a backend's traces come from forward\/traces/,
        ),
      ]),
    );
  });

  it('that takes metrics for traces is refused', () => {
    const text = sink.replace('[forward/traces]', '[forward/metrics]');
    expect(found(baseWith(['backends/mine', text]))).toContainEqual(
      expect.stringContaining('receives from forward/metrics'),
    );
  });

  it('with an exporter that nothing reaches is refused', () => {
    const text = sink.replace('debug/mine: {}', 'debug/mine: {}, debug/more: {}');
    expect(found(baseWith(['backends/mine', text]))).toEqual([
      'backends/mine.yaml exporters.debug/more: no pipeline of this file sends to it',
    ]);
  });

  it('with a component that is nowhere defined is refused', () => {
    const text = sink.replace(
      'exporters: [debug/mine]',
      'processors: [groupbyattrs], exporters: [debug/mine, kafak]',
    );
    expect(found(baseWith(['backends/mine', text]))).toEqual([
      'backends/mine.yaml service.pipelines.traces/mine.processors: groupbyattrs is not defined in processors of any file',
      'backends/mine.yaml service.pipelines.traces/mine.exporters: kafak is not defined in exporters of any file',
    ]);
  });

  it('with a queue on storage that is not started is refused', () => {
    const text = sink.replace(
      'debug/mine: {}',
      'debug/mine: { sending_queue: { storage: file_storage/other } }',
    );
    expect(found(baseWith(['backends/mine', text]))).toEqual([
      expect.stringContaining(
        'needs the extension file_storage/other, which service.extensions does not start',
      ),
    ]);
  });
});

describe('an overlay', () => {
  const dropping = 'service: { pipelines: { traces/sampled: { processors: [tail_sampling] } } }';

  it('may change a value', () => {
    expect(found(baseWith(['mine', 'processors: { memory_limiter: { limit_mib: 64 } }']))).toEqual([]);
  });

  it('that replaces a list without saying so is refused, with what gets lost', () => {
    expect(found(baseWith(['mine', dropping]))).toEqual([
      expect.stringMatching(
        /^mine\.yaml service\.pipelines\.traces\/sampled\.processors: replaces the list of base\.yaml:\d+, since lists do not merge, and without batch$/,
      ),
    ]);
  });

  it('that says so may', () => {
    const said = 'service:\n  pipelines:\n    metrics:\n      receivers: [otlp] # replaces base.yaml\n';
    expect(found(baseWith(['mine', said]))).toEqual([]);
  });

  it('that puts a value where a map was is refused', () => {
    expect(found(baseWith(['mine', 'receivers: { otlp: }']))).toEqual([
      expect.stringMatching(/^mine\.yaml receivers\.otlp: replaces the map of base\.yaml:\d+ with a value$/),
    ]);
  });

  it('that loses the redaction or the memory limiter is refused', () => {
    const text =
      'service:\n  pipelines:\n    traces:\n      processors: [transform/status] # replaces base.yaml\n';
    expect(found(baseWith(['mine', text]))).toEqual([
      'mine.yaml service.pipelines.traces.processors: receives from outside and does not begin with memory_limiter',
      'mine.yaml service.pipelines.traces.processors: receives from outside and has no redaction',
    ]);
  });

  it('that leaves half of a connector is refused', () => {
    const text =
      'service:\n  pipelines:\n    traces:\n      exporters: [forward/sampling] # replaces base.yaml\n';
    expect(found(baseWith(['mine', text]))).toEqual([
      'base.yaml connectors.span_metrics: metrics/spans takes from span_metrics, and no pipeline sends to it',
    ]);
  });
});

describe('environment variables', () => {
  it('that are missing are all listed at once, with file, key and remedy', () => {
    const files = filesOf('base', 'backends/otlp-http', 'backends/kafka');
    const { problems } = checkConfiguration(files, { KAFKA_BROKERS: ' ' });
    expect(problemsText(problems).split('\n')).toEqual([
      'This configuration has 3 problems:',
      expect.stringMatching(/^ {2}backends\/otlp-http\.yaml:\d+ {2}exporters\.otlp_http\/vendor\.endpoint$/),
      expect.stringMatching(/^ {6}OTLP_ENDPOINT is not set: base address, /),
      '      export OTLP_ENDPOINT=…',
      expect.stringMatching(/^ {2}backends\/otlp-http\.yaml:\d+ {2}exporters\.otlp_http\/vendor\.headers$/),
      expect.stringMatching(/^ {6}OTLP_HEADERS is not set: headers as a YAML map/),
      expect.stringMatching(/^ {6}read -rs OTLP_HEADERS && export OTLP_HEADERS/),
      expect.stringMatching(/^ {2}backends\/kafka\.yaml:\d+ {2}exporters\.kafka\.brokers$/),
      '      KAFKA_BROKERS is empty: host:port, several with commas',
      '      export KAFKA_BROKERS=…',
    ]);
  });

  it('that are set but empty lose their default, which is said', () => {
    const { problems } = checkConfiguration(filesOf('base'), { COLLECTOR_BIND: '' });
    expect(problems).toEqual([
      expect.objectContaining({
        key: 'extensions.health_check.endpoint (and 3 more)',
        what: expect.stringContaining(
          'COLLECTOR_BIND is set but empty, so that its default 127.0.0.1 does not hold',
        ),
        remedy: 'unset COLLECTOR_BIND',
      }),
    ]);
  });

  it('are found without a scheme, inside of text and of lists, and not where dollars are escaped', () => {
    const settings = '{ a: "x-${ONE}-y", b: [{ c: "${env:TWO}" }], d: "$${env:NOT}", e: "${env:FREE:-}" }';
    const text = sink.replace('debug/mine: {}', () => `debug/mine: ${settings}`);
    expect(
      checkConfiguration(baseWith(['backends/mine', text]), {}).problems.map(({ key, what }) => [key, what]),
    ).toEqual([
      ['exporters.debug/mine.a', 'ONE is not set'],
      ['exporters.debug/mine.b[0].c', 'TWO is not set'],
    ]);
  });

  it('of a setting that is overridden do not matter', () => {
    const files = [
      ...filesOf('base', 'backends/tempo'),
      ...baseWith(['mine', 'exporters: { otlp_grpc/tempo: { endpoint: tempo:4317 } }']).slice(1),
    ];
    expect(found(files)).toEqual([]);
  });
});
