import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { duration } from './format.js';
import { Agents, Kills } from './panels/agents.js';
import { EventStream } from './panels/events.js';
import { Health } from './panels/health.js';
import { Tiles } from './panels/tiles.js';
import { Latency, Verdicts } from './panels/charts.js';
import { Actions, Bus, Policies, Votes } from './panels/tables.js';
import { Requests } from './panels/requests.js';
import { start, useModel, type Model } from './store.js';

type Theme = 'dark' | 'light';

const preferred = (): Theme => (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');

function Page() {
  const [paused, setPaused] = useState(false);
  const [theme, setTheme] = useState<Theme>(preferred);
  const model = useModel(paused);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: light)');
    const follow = (): void => setTheme(preferred());
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the numbers
      </a>
      <Head
        model={model}
        paused={paused}
        onPause={() => setPaused(!paused)}
        theme={theme}
        onTheme={setTheme}
      />
      <main id="main" tabIndex={-1}>
        <Main model={model} theme={theme} />
      </main>
      <footer>
        This is one process; the metrics page has all workers of a service. Counts are since it began; charts
        since this page was opened. Prompts, arguments, results and the texts of exceptions never reach this
        page.
      </footer>
    </>
  );
}

interface HeadProps {
  readonly model: Model;
  readonly paused: boolean;
  readonly onPause: () => void;
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
}

function Head({ model: { state, connection, restarts }, paused, onPause, theme, onTheme }: HeadProps) {
  const service = state?.service;
  const shown = paused && connection === 'live' ? 'paused' : connection;
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <header class="top">
      <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" />
        <path d="M16 6l8 3v7c0 5-3.4 8.600-8 10-4.600-1.400-8-5-8-10V9z" />
      </svg>
      <div class="who">
        <h1>{service?.name ?? 'Agent OS live'}</h1>
        {state && service && (
          <p>
            {[
              service.version && `v${service.version}`,
              service.environment,
              `policy mode ${state.policyMode}`,
              `up ${duration(state.uptimeSeconds)}`,
              `pid ${service.pid}`,
              service.runtime,
            ]
              .filter(Boolean)
              .map((fact) => (
                <span key={fact}>{fact}</span>
              ))}
          </p>
        )}
      </div>
      <div class="controls">
        <p class={`connection ${shown}`} role="status">
          <i aria-hidden="true" />
          {shown === 'live' && restarts > 0 ? `live, restarted ${restarts}×` : WORDS[shown]}
        </p>
        <button type="button" aria-pressed={paused} onClick={onPause}>
          {paused ? 'Resume' : 'Pause'}
        </button>
        <button type="button" onClick={() => onTheme(other)} aria-label={`Use ${other} colours`}>
          {other === 'light' ? 'Light' : 'Dark'}
        </button>
      </div>
    </header>
  );
}

const WORDS = {
  live: 'live',
  paused: 'paused',
  connecting: 'connecting…',
  lost: 'no answer, trying again…',
} as const;

function Main({ model, theme }: { readonly model: Model; readonly theme: Theme }) {
  const { state } = model;
  if (state === undefined) return <p class="waiting">Waiting for the first reading…</p>;
  return (
    <>
      {state.missing.length > 0 && (
        <aside class="missing" aria-label="Not on this page">
          <strong>Not on this page.</strong>
          <ul>
            {state.missing.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </aside>
      )}
      <Tiles model={model} state={state} />
      <div class="grid">
        <Verdicts model={model} theme={theme} />
        <EventStream events={model.events} />
        <Latency model={model} theme={theme} />
        <Agents state={state} />
        <Kills state={state} events={model.events} />
        <Requests spans={model.spans} state={state} />
        <Policies state={state} />
        <Actions state={state} />
        <Votes state={state} />
        <Bus state={state} />
        <Health state={state} />
      </div>
    </>
  );
}

start();
render(<Page />, document.getElementById('page') as HTMLElement);
