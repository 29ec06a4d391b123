import { counter, increaseOver, portable } from '../../prometheus/src/promql/index.js';
import { ruleFiles } from '../../prometheus/src/rule-files.js';
import { GIVEN_SERIES, RECORDED_SERIES } from '../../prometheus/src/recording/series.js';
import { parsePromql } from '../contract/promql/syntax.js';
import { rules } from './support.js';

const records = rules.flatMap(({ record, expr }) => (record === undefined ? [] : [{ record, expr }]));
/** A state, and a quantile, is one of several labels, each by a rule of its own. */
const STATE = 'agent_os:kernel_state';
const isOfSeveral = (record: string) => record === STATE || record.endsWith(':quantile');
const drills = 'service_name!="agent-os-drill"';

describe('recorded series', () => {
  it.each(records.map(({ record }) => record).filter((record) => record !== STATE))(
    '%s is level:metric:operation',
    (record) => {
      expect(record).toMatch(
        /^[a-z][a-z_]*:[a-z][a-z_]*:(count|total|seconds|timestamp|buckets|quantile|ranked|(increase|each|ratio)\d+[mhd])$/,
      );
    },
  );

  it('are all defined, once', () => {
    const names = records.map(({ record }) => record);
    const several = [...new Set(names.filter(isOfSeveral))];
    const given = Object.keys(GIVEN_SERIES);
    expect([...names.filter((name) => !isOfSeveral(name)), ...several, ...given].sort()).toEqual(
      Object.keys(RECORDED_SERIES).sort(),
    );
  });

  it.each(records.map(({ record, expr }) => [record, expr]))(
    '%s is over the window of its name',
    (record, expr) => {
      const window = /\d+[mh]$/.exec(record)?.[0];
      if (window !== undefined && window !== '5m') expect(expr).toContain(`[${window}`);
    },
  );

  it('of steps are recorded as often as their names say, so that nothing counts twice or is left out', () => {
    const groups = ruleFiles().flatMap((file) => file.groups);
    const steps = groups.flatMap(({ interval, rules: some }) =>
      some.filter(({ record }) => record?.includes(':each')).map(({ record }) => [record, interval] as const),
    );
    expect(steps.length).toBeGreaterThan(10);
    for (const [record, interval] of steps) expect(record).toMatch(new RegExp(`:each${interval}$`));
  });

  it('of agents, whose number has no bound, are of what should never happen, or read once an hour', () => {
    const ofAgents = Object.keys(RECORDED_SERIES).filter((name) =>
      RECORDED_SERIES[name]!.includes('agent_id'),
    );
    const often = ofAgents.filter((name) => !name.startsWith('agent_os_agent:'));
    expect(often).toEqual([
      'agent_os:unblocked:each5m',
      'agent_os:ungoverned:each5m',
      'agent_os:after_stop:each5m',
      'agent_os:kills_failed:each5m',
    ]);
    for (const name of often) expect(rules.find(({ record }) => record === name)!.expr).toMatch(/ > 0$/);
  });
});

describe('what drills did', () => {
  /** What a drill is there for. */
  const REHEARSED = ['AgentOSUnblockedViolation', 'AgentOSKillFailed'];
  const counting = rules.flatMap(({ record, alert, expr }) =>
    [...expr.matchAll(/\bincrease\(((?:agent_os|amb|gen_ai)_\w+)(\{[^[]*\})?\[/g)].map(([selector]) => ({
      name: record ?? alert!,
      selector,
    })),
  );

  it.each(counting.map(({ name, selector }) => [name, selector]))(
    'in %s counts where it is rehearsed: %s',
    (name, selector) => expect(selector.includes(drills)).toBe(!REHEARSED.includes(name)),
  );

  it('is asked of all that hosts count', () => {
    expect(counting.length).toBeGreaterThan(60);
    for (const name of REHEARSED) expect(counting.map((one) => one.name)).toContain(name);
    const others = rules.flatMap(({ expr }) => [...expr.matchAll(/\b(?:rate|irate|increase)\((\w+)/g)]);
    expect(others.filter(([, name]) => /^(agent_os|amb|gen_ai)_/.test(name!)).length).toBe(counting.length);
  });
});

describe('what came in a window', () => {
  it('is counted from the start times that Prometheus stores', () => {
    expect(increaseOver(counter('agent_os_sigkill_total'), '5m').text).toBe(
      'increase(agent_os_sigkill_total[5m] anchored)',
    );
  });

  it('is counted elsewhere from what a series had before, unless its process is old and only now seen', () => {
    expect(portable('sum by (a) (increase(x_total{b=~"c}|(d)",e="\\"["}[5m] anchored)) > 0')).toBe(
      [
        'sum by (a) ((last_over_time(x_total{b=~"c}|(d)",e="\\"["}[5m])',
        '- last_over_time(x_total{b=~"c}|(d)",e="\\"["}[1h] offset 5m) >= 0',
        'or last_over_time(x_total{b=~"c}|(d)",e="\\"["}[5m])',
        'unless on (service_name, agent_os_kernel_id, service_instance_id)',
        '(min_over_time(agent_os_kernel_uptime_seconds[5m]) > 3600',
        'unless last_over_time(agent_os_kernel_uptime_seconds[1h] offset 5m)))) > 0',
      ].join(' '),
    );
  });

  it('is nowhere anchored in the portable rules, which are the same otherwise', () => {
    const portableRules = ruleFiles('portable').flatMap(({ groups }) =>
      groups.flatMap(({ rules: all }) => all),
    );
    expect(portableRules).toEqual(rules.map((rule) => ({ ...rule, expr: portable(rule.expr) })));
    expect(portableRules.filter(({ expr }) => /anchored/.test(expr))).toEqual([]);
    expect(rules.filter(({ expr }) => /anchored/.test(expr)).length).toBeGreaterThan(20);
    for (const { expr } of portableRules) expect(() => parsePromql(expr)).not.toThrow();
  });
});
