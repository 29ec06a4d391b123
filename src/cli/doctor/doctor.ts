import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { number, text, UsageError, type Given, type Io } from '../command.js';
import { painted, shown } from '../terminal.js';
import { addressesOf, endpointOf, type Addresses } from './addresses.js';
import { syntheticAlert } from './alert.js';
import { arrival, backendOf } from './arrival.js';
import { configuration, nameOf, type Found } from './configuration.js';
import { dashboardFindings } from './dashboards.js';
import type { Finding } from './finding.js';
import { installation } from './installation.js';
import type { Mark } from './probe-message.js';
import { providerFindings } from './provider.js';
import { sendProbe } from './send.js';
import { alertmanagerFindings, stackFindings } from './stack.js';

const FILE = 'the file that OTEL_CONFIG_FILE names';
const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'];

export async function run(called: Given, io: Io): Promise<number> {
  const now = io.now ?? Date.now;
  const addresses = addressesOf(called);
  const deadline = Date.now() + number(called, 'timeout', 30, 1) * 1000;
  const protocol = text(called, 'protocol');
  if (protocol !== undefined && !PROTOCOLS.includes(protocol))
    throw new UsageError(
      `--protocol must be one of ${PROTOCOLS.join(', ')}, got ${JSON.stringify(protocol)}`,
    );
  const settings = configuration(io.env, endpointOf(called), protocol);
  const mark: Mark = { id: randomBytes(16).toString('hex'), atMillis: now() };

  const stack = await stackFindings(addresses, now);
  const [hops, others, routes] = await Promise.all([
    hopFindings(settings, addresses, mark, stack, deadline),
    otherFindings(called, addresses, mark, deadline, io),
    alertmanagerFindings(addresses),
  ]);
  const findings = withoutDoubles([
    ...settings.findings,
    ...installation(io.cwd),
    ...others,
    ...stack,
    ...routes,
    ...hops,
  ]);

  if (called.flags['json'] === true)
    io.out(JSON.stringify({ healthy: findings.length === 0, mark: mark.id, findings }, undefined, 2));
  else for (const line of linesOf(settings, findings, io)) io.out(line);
  return findings.length === 0 ? 0 : 1;
}

/** What is looked at when it is asked for. */
async function otherFindings(
  called: Given,
  addresses: Addresses,
  mark: Mark,
  deadline: number,
  { cwd }: Io,
): Promise<Finding[]> {
  const load = text(called, 'load');
  const dashboards = text(called, 'dashboards');
  const alert = alertFindings(called, addresses, mark, deadline);
  const provider = load === undefined ? [] : await providerFindings(load, cwd);
  const asked =
    dashboards === undefined ? [] : await dashboardFindings(resolve(cwd, dashboards), addresses.prometheus);
  return [...provider, ...asked, ...(await alert)];
}

/** Each signal to the Collector, and from there to its backend. */
async function hopFindings(
  { targets, inFile }: Found,
  addresses: Addresses,
  mark: Mark,
  stack: readonly Finding[],
  deadline: number,
): Promise<Finding[]> {
  const clockIsWrong = stack.some(({ hop }) => hop === 'clock');
  const found = await Promise.all(
    targets.map(async (target) => {
      const refused = await sendProbe(target, mark);
      if (refused !== undefined)
        return inFile ? { ...refused, fix: `${refused.fix}; ${FILE} takes the place of variables` } : refused;
      const backend = backendOf(target.signal, addresses, mark);
      const isSaid = stack.some(({ hop }) => hop === backend?.name);
      // What comes late or early is refused behind the Collector: the clock is the cause.
      if (backend === undefined || isSaid || clockIsWrong) return undefined;
      return await arrival(target.signal, backend, addresses.collectorMetrics, deadline);
    }),
  );
  return found.filter((one) => one !== undefined);
}

async function alertFindings(
  { flags }: Given,
  { alertmanager }: Addresses,
  mark: Mark,
  deadline: number,
): Promise<readonly Finding[]> {
  if (flags['alert'] !== true || alertmanager === undefined) return [];
  try {
    return (await syntheticAlert(alertmanager, mark, deadline)).findings;
  } catch {
    return []; // that it does not answer is said already
  }
}

/** The same words of two signals are one thing, and so is a clock that is wrong beside several. */
function withoutDoubles(findings: readonly Finding[]): Finding[] {
  const bare = ({ hop, what }: Finding): string =>
    hop === 'clock' ? hop : `${hop} ${what.replace(/\/v1\/(traces|metrics|logs)/, '')}`;
  return findings.filter((one, at) => findings.findIndex((other) => bare(other) === bare(one)) === at);
}

function linesOf({ targets, inFile }: Found, findings: readonly Finding[], io: Io): string[] {
  const sent = targets.map(({ signal, shown: to, protocol }) => `${nameOf(signal)} to ${to} (${protocol})`);
  return [
    `Sent ${sent.join(', ') || 'nothing'}${inFile ? `, as ${FILE} says` : ''}.`,
    ...(findings.length === 0 ? [painted(io, 'green', 'All of it arrived. Nothing is wrong.')] : []),
    ...findings.flatMap(({ hop, what, fix }) => [
      '',
      painted(io, 'red', `${hop}: ${shown(what)}`),
      `  Fix: ${fix}`,
    ]),
  ];
}
