import { increaseOver, counter } from '../../prometheus/src/promql/index.js';
import { RECORDED_SERIES } from '../../prometheus/src/recording/series.js';
import { rules } from './support.js';

const records = rules.flatMap(({ record, expr }) => (record === undefined ? [] : [{ record, expr }]));

describe('recorded series', () => {
  it.each(records.map(({ record }) => record))('%s is level:metric:operation', (record) => {
    expect(record).toMatch(/^[a-z][a-z_]*:[a-z][a-z_]*:(count|(increase|ratio)\d+[mh])$/);
  });

  it('are all defined, once', () => {
    expect(records.map(({ record }) => record).sort()).toEqual(Object.keys(RECORDED_SERIES).sort());
  });

  it.each(records.map(({ record, expr }) => [record, expr]))(
    '%s is over the window of its name',
    (record, expr) => {
      const window = /\d+[mh]$/.exec(record)?.[0];
      if (window !== undefined && window !== '5m') expect(expr).toContain(`[${window}`);
    },
  );

  it('of violations over 30 days have no agent, whose number has no bound', () => {
    expect(RECORDED_SERIES['agent_os:violations:increase1h']).not.toContain('agent_id');
  });
});

describe('increaseOver', () => {
  it('counts what a series begins with, forgives resets, and asks the uptime of its process', () => {
    expect(increaseOver(counter('agent_os_sigkill_total'), '5m').text).toBe(
      [
        '((((last_over_time(agent_os_sigkill_total[5m]) - last_over_time(agent_os_sigkill_total[1h] offset 5m)) >= 0)',
        'unless on (service_name, deployment_environment_name, agent_os_kernel_id, service_instance_id) (last_over_time(agent_os_kernel_uptime_seconds[5m]) < 300))',
        'or (last_over_time(agent_os_sigkill_total[5m])',
        'unless on (service_name, deployment_environment_name, agent_os_kernel_id, service_instance_id) ((min_over_time(agent_os_kernel_uptime_seconds[5m]) > 300) unless last_over_time(agent_os_kernel_uptime_seconds[1h] offset 5m))))',
        'or (last_over_time(agent_os_sigkill_total[5m]) - min_over_time(agent_os_sigkill_total[5m]))',
      ].join(' '),
    );
  });
});
