import { count, share, sum } from '../format.js';
import { Badge, Empty, Facts, Panel, Parts } from '../parts.js';
import type { LiveState } from '../../src/live/live-messages.js';

interface Props {
  readonly state: LiveState;
}

export function Policies({ state: { policies, unevaluated, evaluationErrors, ungoverned } }: Props) {
  return (
    <Panel id="policies" title="Policies">
      <Rows
        name="Policy"
        rows={policies.map(({ name, allowed, denied }) => ({ name, whole: allowed + denied, denied }))}
        empty="Policies are listed with their first decision."
      />
      <Facts
        rows={[
          ['Verdicts without an evaluation', count(unevaluated)],
          ['Evaluations that failed', count(evaluationErrors), evaluationErrors > 0 ? 'bad' : undefined],
          ['Actions nobody governed', count(ungoverned), ungoverned > 0 ? 'bad' : undefined],
        ]}
      />
    </Panel>
  );
}

export function Actions({ state: { actions } }: Props) {
  return (
    <Panel id="actions" title="Actions">
      <Rows
        name="Action"
        rows={actions.map(({ name, counts }) => ({
          name,
          whole: sum(counts),
          denied: counts['denied'] ?? 0,
        }))}
        empty="Actions are listed with their first request."
      />
    </Panel>
  );
}

interface RowsProps {
  readonly name: string;
  readonly rows: readonly { readonly name: string; readonly whole: number; readonly denied: number }[];
  readonly empty: string;
}

function Rows({ name, rows, empty }: RowsProps) {
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  const longest = Math.max(...rows.map(({ whole }) => whole));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`By ${name.toLowerCase()}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{name}</th>
            <th scope="col" class="wide">
              <span class="unseen">As a bar</span>
            </th>
            <th scope="col" class="number">
              All
            </th>
            <th scope="col" class="number">
              Denied
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td class="wide" aria-hidden="true">
                <div class="bar thin">
                  <i class="good" style={{ flexGrow: (row.whole - row.denied) / longest }} />
                  <i class="bad" style={{ flexGrow: row.denied / longest }} />
                  <i style={{ flexGrow: 1 - row.whole / longest }} />
                </div>
              </td>
              <td class="number">{count(row.whole)}</td>
              <td class="number">
                {count(row.denied)}{' '}
                {row.denied > 0 && <span class="soft">{share(row.denied, row.whole)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Votes({ state: { votes } }: Props) {
  const { results, consensus, disagreements, errors } = votes;
  return (
    <Panel
      id="votes"
      title="CMVK votes"
      aside={sum(results) > 0 ? `${count(sum(results))} claims` : undefined}
    >
      {sum(results) === 0 ? (
        <Empty>No claim was cross-verified so far.</Empty>
      ) : (
        <>
          <Parts
            counts={results}
            parts={[
              ['verified', 'good'],
              ['flagged', 'warn'],
              ['rejected', 'bad'],
            ]}
          />
          <Facts
            rows={[
              ['Consensus', consensus === undefined ? '–' : share(consensus, 1)],
              ['Models that disagreed', count(disagreements)],
              ['Verifiers that failed', count(errors), errors > 0 ? 'bad' : undefined],
            ]}
          />
        </>
      )}
    </Panel>
  );
}

export function Bus({ state: { bus } }: Props) {
  const { published, delivered, failures, dead, connected, topics } = bus;
  const state = connected === undefined ? undefined : connected ? 'connected' : 'away';
  return (
    <Panel
      id="bus"
      title="Message bus"
      aside={state && <Badge tone={connected ? 'good' : 'bad'}>{state}</Badge>}
    >
      {published + delivered + failures === 0 && topics.length === 0 ? (
        <Empty>No message so far.</Empty>
      ) : (
        <>
          <Facts
            rows={[
              ['Published', count(published)],
              ['Delivered', count(delivered)],
              ['Failed', count(failures), failures > 0 ? 'warn' : undefined],
              ['Dead letters', count(dead), dead > 0 ? 'warn' : undefined],
            ]}
          />
          <ul class="list">
            {topics.slice(0, 6).map(({ name, depth, dead: letters }) => (
              <li key={name}>
                <b>{name}</b>
                <span class="soft">
                  {count(depth)} waiting{letters > 0 ? `, ${count(letters)} dead` : ''}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
