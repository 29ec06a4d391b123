import { committedDashboards, committedFiles } from '../../tools/grafana/dashboard-files.js';
import { panelsOf } from '../../tools/grafana/queries-of.js';

/** The titles that operators know. */
const TITLES = {
  'agent-os-overview': [
    'Violation Rate',
    'SIGKILL Count (24h)',
    'Kernel Uptime',
    'Active Agents',
    'Requests per Second',
    'Policy Check Latency (p99)',
    'Firing Alerts', // beside the contract
    'Violations Over Time',
    'Signals Sent',
    'MTTR Distribution',
    'Recent Violations',
    'Violations Nobody Stopped',
    'Violations by Kind', // likewise: the same by metrics
  ],
  'agent-os-cmvk': [
    'Model Consensus Rate',
    'Verifications (24h)',
    'Flagged Claims (24h)',
    'Avg Verification Time',
    'Verification Results (24h)',
    'Verification Rate Over Time',
    'Drift Score Distribution',
    'Model Disagreements Rate',
    'Model Response Latency',
    'Claims by Confidence Level',
    'Verification Duration Heatmap',
    'Recent High-Drift Claims',
    'High-Drift Claims by Service', // likewise
  ],
  'agent-os-amb': [
    'Messages/sec',
    'Queue Depth',
    'Backpressure Events (1h)',
    'Delivery Failures (1h)',
    'Message Throughput',
    'Queue Depth by Topic',
    'Publish Latency',
    'Delivery Latency',
    'Priority Lane Distribution',
    'Dead Letter Queue',
    'Broker Status',
    'Persistence Status',
    'Messages in WAL',
  ],
  'agent-os-agent': [
    'Violations (24h)',
    'Blocked Share (24h)',
    'Kills That Failed (24h)',
    'Allowed After Stop (24h)',
    'Ungoverned Actions (24h)',
    'Trust Score',
    'Violations by Severity',
    'Kills, Crashes and Errors',
    'LLM Calls by Model',
    'Why It Was Stopped',
    'SIGKILLs by Reason (24h)',
    'Events of the Agent',
    'Latest Traces',
    'Violations by Policy and Action (24h)',
  ],
  'agent-os-fleet': [
    'Kernels Reporting',
    'Kernels Lost',
    'Versions in Use',
    'Longest Silence',
    'Agents Governed',
    'Started Last',
    'Kernels',
    'Kernels by Version',
    'Kernels by Service',
    'Kernels by State',
    'Kernels by Policy Mode',
  ],
};
const dashboards = committedDashboards();
const titlesOf = (uid: string) =>
  panelsOf(dashboards.find((dashboard) => dashboard.uid === uid)!).map(({ title }) => title);

describe('the dashboards', () => {
  it.each(Object.entries(TITLES))('%s has exactly the panels of the contract', (uid, titles) =>
    expect(titlesOf(uid)).toEqual(titles),
  );

  it('agent-os-safety begins with the count of 30 days, and says more', () => {
    const [first, ...more] = titlesOf('agent-os-safety');
    expect(first).toBe('30-Day Violation Count');
    expect(more.length).toBeGreaterThan(5);
  });

  it('agent-os-performance is not empty', () =>
    expect(titlesOf('agent-os-performance').length).toBeGreaterThan(9));

  it('are files named after their uid', () => {
    const paths = dashboards.map(({ uid }) => `grafana/dashboards/${uid}.json`);
    expect(committedFiles().map(({ path }) => path)).toEqual(paths);
    expect([...Object.keys(TITLES), 'agent-os-safety', 'agent-os-performance'].sort()).toEqual(
      dashboards.map(({ uid }) => uid),
    );
  });

  it.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))(
    '%s is bare: not wrapped for the HTTP API, without an id of some installation',
    (_, dashboard) => {
      expect(dashboard).not.toHaveProperty('dashboard');
      expect(dashboard.id ?? null).toBeNull();
      expect(dashboard.panels!.length).toBeGreaterThan(0);
    },
  );
});
