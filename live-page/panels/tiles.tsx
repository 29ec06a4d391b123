import { count, quantile, rate, seconds, share } from '../format.js';
import type { Tone } from '../parts.js';
import { requestsOf, type Model } from '../store.js';
import type { LiveState } from '../../src/live/live-messages.js';

/** The six numbers that say how things are. */
export function Tiles({ model, state }: { readonly model: Model; readonly state: LiveState }) {
  const total = requestsOf(state);
  const denied = state.requests['denied'] ?? 0;
  const last = model.points.at(-1);
  const perSecond = last && last.allowed + last.denied + last.failed;
  const { violations, kills, health } = state;
  const open = violations.total - violations.blocked;
  const killed = kills.outcomes['stopped'] ?? 0;
  const failing = health.exports.filter((way) => way.state === 'failing').length;
  const lost = health.lost.reduce((sum, row) => sum + row.count, 0);
  return (
    <section class="tiles" aria-label="At a glance">
      <Tile
        name="Requests governed"
        value={count(total)}
        note={perSecond === undefined ? '' : `${rate(perSecond)} a second`}
      />
      <Tile
        name="Denied"
        value={count(denied)}
        note={`${share(denied, total)} of requests`}
        tone={denied > 0 ? 'bad' : 'plain'}
      />
      <Tile
        name="Violations"
        value={count(violations.total)}
        note={open > 0 ? `${count(open)} not blocked` : violations.total > 0 ? 'all blocked' : 'none yet'}
        tone={open > 0 ? 'warn' : 'plain'}
      />
      <Tile name="Active agents" value={count(state.activeAgents)} note={`${count(killed)} killed so far`} />
      <Tile
        name="Policy check, p95"
        value={seconds(last?.p95 ?? quantile(state.latency.check, 0.95))}
        note={`containment p95 ${seconds(quantile(kills.containment, 0.95))}`}
      />
      <Tile
        name="Telemetry"
        value={
          failing > 0 ? 'Failing' : health.callbacksFail ? 'Callbacks fail' : lost > 0 ? 'Losses' : 'Healthy'
        }
        note={lost > 0 ? `${count(lost)} lost or coarsened` : 'nothing lost'}
        tone={failing > 0 ? 'bad' : lost > 0 || health.callbacksFail ? 'warn' : 'good'}
      />
    </section>
  );
}

function Tile({
  name,
  value,
  note,
  tone = 'plain',
}: {
  name: string;
  value: string;
  note: string;
  tone?: Tone;
}) {
  return (
    <div class="tile">
      <h2>{name}</h2>
      <p class={`value ${tone}`}>{value}</p>
      <p class="note">{note}</p>
    </div>
  );
}
