import { spawnSync } from 'node:child_process';
import { dashboards } from '../../grafana/src/dashboards/index.js';
import { committedDashboards } from '../../tools/grafana/dashboard-files.js';
import { ROOT, yamlFile } from '../stack/stack-files.js';

describe('the committed dashboards', () => {
  it('are what the sources say', () => {
    const generated = JSON.parse(JSON.stringify(dashboards())) as { uid: string }[];
    const byUid = (all: { uid?: string }[]) => [...all].sort((a, b) => a.uid!.localeCompare(b.uid!));
    expect(byUid(committedDashboards())).toEqual(byUid(generated));
  });

  it('are, to the letter, what a regeneration would write', () => {
    const args = ['--import', 'tsx', 'tools/grafana/export.ts', '--check'];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
    expect([stderr, status]).toEqual(['', 0]);
  });

  it('lie where provisioning is mounted from', () => {
    const [provider] = yamlFile('grafana/provisioning/dashboards/agent-os.yaml').providers;
    const mounts: string[] = yamlFile('docker-compose.yml').services.grafana.volumes;
    expect(mounts).toContain(`./grafana/dashboards:${provider.options.path}:ro`);
  });
});
