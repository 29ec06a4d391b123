import { count, share } from '../format.js';
import { Badge, Facts, Panel, type Tone } from '../parts.js';
import type { LiveExport, LiveState } from '../../src/live/live-messages.js';

const WORDS: Readonly<Record<LiveExport['state'], readonly [string, Tone]>> = {
  sending: ['sent by OTLP', 'good'],
  failing: ['failing', 'bad'],
  off: ['not sent', 'plain'],
  host: ['by the host', 'info'],
};

/** How the telemetry itself does: what is sent, what is lost, what comes near its limit. */
export function Health({ state: { health } }: { readonly state: LiveState }) {
  const { exports, lost, series, refused, scrapes, callbacksFail } = health;
  return (
    <Panel id="health" title="Telemetry">
      <div class="columns">
        <div>
          <h3>Delivery</h3>
          <ul class="list">
            {exports.map(({ signal, state, pending }) => (
              <li key={signal}>
                <b>{signal}</b>
                <span>
                  <Badge tone={WORDS[state][1]}>{WORDS[state][0]}</Badge>{' '}
                  {pending > 0 && <span class="soft">{count(pending)} waiting</span>}
                </span>
              </li>
            ))}
          </ul>
          <Facts
            rows={[
              ['Scrapes', count(scrapes)],
              ['Requests refused', count(refused), refused > 0 ? 'warn' : undefined],
              ['Callbacks', callbacksFail ? 'failing' : 'answer', callbacksFail ? 'bad' : undefined],
            ]}
          />
        </div>
        <div>
          <h3>Lost or coarsened</h3>
          {lost.length === 0 ? (
            <p class="empty">Nothing.</p>
          ) : (
            <ul class="list">
              {lost.map(({ signal, reason, count: items }) => (
                <li key={`${signal} ${reason}`}>
                  <b>{reason.replaceAll('_', ' ')}</b>
                  <span class="soft">
                    {count(items)} of {signal}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </div>
        <div>
          <h3>Series, of their limit</h3>
          <ul class="list">
            {series.map(({ metric, used, limit }) => (
              <li key={metric}>
                <code>{metric}</code>
                <span class={used / limit > 0.8 ? 'warn' : 'soft'}>
                  {count(used)}, {share(used, limit)}
                </span>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </Panel>
  );
}
