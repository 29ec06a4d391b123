import { count, quantile, seconds, time } from '../format.js';
import { Badge, Empty, Facts, Panel, type Tone } from '../parts.js';
import type { LiveEvent, LiveState } from '../../src/live/live-messages.js';

const TONES: Readonly<Record<string, Tone>> = {
  killed: 'bad',
  revoked: 'bad',
  decommissioned: 'bad',
  terminated: 'bad',
  suspended: 'warn',
  quarantined: 'warn',
  degraded: 'warn',
  active: 'good',
};

/** Who acts, who was stopped, and why. */
export function Agents({ state: { agents, moreAgents, activeAgents } }: { readonly state: LiveState }) {
  return (
    <Panel id="agents" title="Agents" aside={`${count(activeAgents)} active`}>
      {agents.length === 0 ? (
        <Empty>Agents are listed once they break a policy, change their state or call a model.</Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Agents with their states, as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">Agent</th>
                <th scope="col">State</th>
                <th scope="col">Why</th>
                <th scope="col" class="number">
                  Violations
                </th>
                <th scope="col" class="number">
                  After stop
                </th>
              </tr>
            </thead>
            <tbody>
              {agents.map(({ id, state = 'seen', reason, since, violations, afterStop }) => (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td>
                    <Badge tone={TONES[state] ?? 'plain'}>{state}</Badge>
                  </td>
                  <td class="soft">
                    {reason ?? ''}
                    {since !== undefined && <span class="since"> {time(since)}</span>}
                  </td>
                  <td class="number">{count(violations)}</td>
                  <td class={`number ${afterStop > 0 ? 'bad' : ''}`}>{count(afterStop)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {moreAgents > 0 && <p class="more">and {count(moreAgents)} more</p>}
        </div>
      )}
    </Panel>
  );
}

export function Kills({
  state: { kills },
  events,
}: {
  readonly state: LiveState;
  readonly events: readonly LiveEvent[];
}) {
  const { outcomes, underWay, containment } = kills;
  const last = events.filter(({ name }) => name === 'kill').slice(0, 5);
  const failed =
    (outcomes['failed'] ?? 0) + (outcomes['timed_out'] ?? 0) + (outcomes['nothing_stopped'] ?? 0);
  return (
    <Panel id="kills" title="Kills" aside={underWay > 0 ? `${count(underWay)} under way` : undefined}>
      <Facts
        rows={[
          ['Stopped', count(outcomes['stopped'] ?? 0)],
          ['Stopped nothing', count(failed), failed > 0 ? 'bad' : undefined],
          ['Containment, median', seconds(quantile(containment, 0.5))],
          ['Containment, p95', seconds(quantile(containment, 0.95))],
        ]}
      />
      {last.length === 0 ? (
        <Empty>
          {(outcomes['stopped'] ?? 0) > 0 ? 'The last kills were not told as events.' : 'No kill so far.'}
        </Empty>
      ) : (
        <ul class="list">
          {last.map(({ seq, at, facts }) => (
            <li key={seq}>
              <time dateTime={new Date(at).toISOString()}>{time(at)}</time>
              <b>{String(facts['agent'] ?? '')}</b>
              <span class="soft">
                {String(facts['kill.outcome'] ?? '').replaceAll('_', ' ')}
                {typeof facts['containment_seconds'] === 'number' &&
                  ` in ${seconds(facts['containment_seconds'])}`}
                {facts['reason'] !== undefined && `, ${facts['reason']}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
