import { initObservability, type Observability, type ObservabilityOptions } from '../../src/index.js';
import { parseExposition, type Family } from '../../src/testing/parse-exposition.js';

const started: Observability[] = [];
afterEach(() => Promise.all(started.splice(0).map((obs) => obs.shutdown())));

/** The whole package, started for one test: no server, no exporter, nothing global. */
export function observed(options: ObservabilityOptions = {}) {
  const obs = initObservability({
    serviceName: 't',
    prometheus: false,
    otlp: false,
    registerGlobally: false,
    signalHandlers: false,
    diagnostics: 'none',
    ...options,
  });
  started.push(obs);
  return obs;
}

/** What /metrics would show now. */
export async function exposed(obs: Observability): Promise<Family[]> {
  return parseExposition(await obs.export());
}

export const family = (families: readonly Family[], name: string): Family | undefined =>
  families.find((one) => one.name === name);
