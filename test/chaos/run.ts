import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../tools/stack/native/ports.js';
import { ChaosCollector } from './collector.js';
import { COMPARED } from './messages.js';
import { Heard, hostLog, HostProcess } from './processes.js';
import { JOBS, PrometheusWatch } from './prometheus-watch.js';
import { ChaosRandom, Tally } from './random.js';
import type { ChaosResult } from './report.js';
import { Hostiles } from './scrapers.js';
import type { ChaosKind, ChaosSettings } from './settings.js';
import {
  memoryVerdict,
  pageVerdict,
  pushVerdict,
  scrapeVerdict,
  spansVerdict,
  type LifeReceived,
  type Verdict,
} from './verdicts.js';

const MIB = 1024 * 1024;
const END_SECONDS = 5;
/** Past it a process that does not end is killed. */
const PATIENCE_MILLIS = 15_000;
/** How long others need to take the place of a worker. */
const SUCCESSION_MILLIS = 1500;
const PROGRESS_MILLIS = 10_000;
/** Time between two rounds of the load, which the processes of a host share. */
const TICK_MILLIS = 20;
/** Least time between two collections of memory that are forced, over all processes. */
const MEMORY_MILLIS = 1000;

/** One run, from the start of all programs to the verdicts. */
export class ChaosRun {
  private readonly tally = new Tally();
  private readonly heard = new Heard();
  private readonly random: ChaosRandom;
  private readonly folder = mkdtempSync(join(tmpdir(), 'agent-os-chaos-'));
  private hosts: HostProcess[] = [];
  private hostiles!: Hostiles;
  private collector!: ChaosCollector;
  private prometheus!: PrometheusWatch;
  private startedAt = 0;
  private stopAt = 0;
  private stopping = new AbortController();

  constructor(
    private readonly settings: ChaosSettings,
    private readonly say: (line: string) => void,
  ) {
    this.random = new ChaosRandom(settings.seed);
  }

  async run(): Promise<ChaosResult> {
    try {
      await this.start();
      await this.disturb();
      return await this.judge();
    } finally {
      await this.cleanUp();
    }
  }

  private async start(): Promise<void> {
    const { seed, workers, kinds, minutes, scrapeMillis } = this.settings;
    const ports = await freePorts();
    const port = ports.alertLog;
    this.collector = new ChaosCollector(ports.otlpHttp, this.random, this.tally);
    await this.collector.open();
    const log = hostLog(join(this.folder, 'host.log'));
    const memoryEveryMillis = Math.max(MEMORY_MILLIS * workers, minutes * 500);
    this.hosts = Array.from({ length: workers }, (_, slot) => {
      const host = {
        port,
        collector: this.collector.url,
        kinds,
        seed: seed + slot,
        tickMillis: TICK_MILLIS * workers,
        memoryEveryMillis,
        scrapeMillis,
      };
      return new HostProcess(host, { inCluster: workers > 1, log, heard: this.heard });
    });
    // One after the other: cluster has one set of arguments for all that it starts.
    for (const host of this.hosts) await host.start();
    this.prometheus = await PrometheusWatch.start({
      port: ports.prometheus,
      target: port,
      scrapeMillis,
      folder: this.folder,
    });
    this.hostiles = new Hostiles({ port, random: this.random, tally: this.tally });
    this.startedAt = Date.now();
    this.stopAt = this.startedAt + minutes * 60_000;
  }

  private has(kind: ChaosKind): boolean {
    return this.settings.kinds.includes(kind);
  }

  /** Everything at once, until the time is over; then all is as it should be again. */
  private async disturb(): Promise<void> {
    const tasks = [this.progress()];
    if (this.has('collector')) tasks.push(this.changeMoods());
    if (this.has('reload') || this.has('kill')) tasks.push(this.restart());
    if (this.has('scrapers')) tasks.push(this.hostiles.scrape());
    if (this.has('sockets')) tasks.push(this.hostiles.stayConnected());
    await this.sleep(this.stopAt - Date.now());
    this.stopping.abort();
    this.hostiles.end();
    await Promise.all(tasks);
    await this.collector.beKind();
  }

  private async changeMoods(): Promise<void> {
    while (this.goesOn) {
      await this.sleep(this.random.between(300, 2000));
      if (this.goesOn) await this.collector.beUnkind();
      await this.sleep(this.random.between(500, 4000));
      await this.collector.beKind();
    }
  }

  /** Some process shuts the package down and starts it again, or is killed; one at a time. */
  private async restart(): Promise<void> {
    const between = Math.max(3 * this.settings.scrapeMillis, this.settings.minutes * 3000);
    for (;;) {
      await this.sleep(this.random.between(0.7, 1.3) * between);
      if (Date.now() + 2000 > this.stopAt || !this.goesOn) return;
      const slot = this.random.below(this.hosts.length);
      const kills = this.has('kill') && (!this.has('reload') || this.random.next() < 0.5);
      // The memory of the first process is watched in the last third, so it lives from the half on.
      if (kills && (slot > 0 || Date.now() < (this.startedAt + this.stopAt) / 2)) {
        this.tally.add('processes killed by SIGKILL');
        await this.hosts[slot]!.kill();
      } else if (this.has('reload')) {
        this.tally.add('shutdown and start in the same process');
        await this.hosts[slot]!.reload();
      }
    }
  }

  private async progress(): Promise<void> {
    while (this.goesOn) {
      await this.sleep(PROGRESS_MILLIS);
      const scrapes = await this.prometheus.scrapes();
      const failed = scrapes.filter(({ up }) => !up).length;
      const samples = [...this.heard.memory.values()].map((of) => ((of.at(-1)?.bytes ?? 0) / MIB).toFixed(0));
      const seconds = Math.round((Date.now() - this.startedAt) / 1000);
      this.say(
        `${seconds} s: ${scrapes.length} scrapes, ${failed} failed (restarts with them), the last of ${scrapes.at(-1)?.samples ?? 0} samples; ` +
          `${samples.at(-1) ?? '?'} MiB held; ${this.heard.failures.length} failures`,
      );
    }
  }

  private async judge(): Promise<ChaosResult> {
    const { heard, prometheus } = this;
    const { scrapeMillis, workers } = this.settings;
    const several = workers > 1;
    await Promise.all(this.hosts.map((host) => host.quiet()));
    const to = Date.now();
    await delay(2 * scrapeMillis + 1000); // until all of it is on a page that was scraped
    const recorded = this.hosts.reduce((sum, { added }) => sum + added, 0);
    const seen = await prometheus.seen(COMPARED.exposed);
    const [scrapes, refused] = [await prometheus.scrapes(), await prometheus.refused()];
    const lastLives = new Set(this.hosts.map(({ life }) => life));
    const ends = await Promise.all(this.hosts.map((host) => host.end(PATIENCE_MILLIS)));
    const slowest = Math.max(...ends.map(({ seconds }) => seconds));
    const codes = ends.map(({ code }) => code);

    const lives = heard.ends.map((end): LifeReceived => {
      const { spans, inDoubt, added } = this.collector.receivedOf(end.life);
      const last = lastLives.has(end.life);
      return { ...end, spansReceived: spans.size, spansInDoubt: inDoubt.size, addedReceived: added, last };
    });
    const boundBytes = (this.settings.minutes < 3 ? 24 : 8) * MIB;
    const verdicts: Verdict[] = [
      scrapeVerdict({
        scrapes,
        restarts: heard.restarts,
        from: this.startedAt,
        to,
        timeoutMillis: scrapeMillis,
        graceMillis: several ? SUCCESSION_MILLIS : 0,
        jobs: JOBS,
        intervalMillis: scrapeMillis,
      }),
      {
        what: 'Prometheus takes every sample that it reads',
        holds: refused === 0,
        seen: `${refused} left out`,
      },
      pageVerdict(seen, recorded, JOBS, several),
      spansVerdict(lives),
      pushVerdict(lives),
      {
        what: 'The collector can read every request',
        holds: this.collector.unreadable.length === 0,
        seen: `${this.collector.unreadable.length} could not be read`,
      },
      memoryVerdict([...heard.memory.values()], this.startedAt, to, boundBytes),
      {
        what: 'Nothing is thrown into the host, and no exception or rejection is left to it',
        holds: heard.failures.length === 0,
        seen: `${heard.failures.length} seen`,
      },
      {
        what: `The process ends by itself within ${END_SECONDS} s`,
        holds: codes.every((code) => code === 0) && slowest <= END_SECONDS,
        seen: codes.every((code) => code === 0)
          ? `exit code 0, ${slowest <= END_SECONDS ? 'in time' : 'late'}`
          : `ended with ${codes.join(', ')}`,
      },
    ];
    this.explain();
    for (const [what, times] of Object.entries(heard.done)) this.tally.add(what, times);
    const { delayP99Millis } = heard;
    return { settings: this.settings, verdicts, done: this.tally.counts, delayP99Millis };
  }

  /** What a person needs to find out why a verdict fails; none of it is in the report. */
  private explain(): void {
    const errors = [...this.prometheus.errors].sort(([, a], [, b]) => b - a).slice(0, 8);
    for (const [what, times] of errors) this.say(`scrapes failed, ${times} times seen: ${what}`);
    for (const failure of new Set(this.heard.failures.slice(0, 20))) this.say(failure);
    for (const what of new Set(this.collector.unreadable.slice(0, 5))) this.say(`collector: ${what}`);
    for (const end of this.heard.ends) {
      const { spans, twice, inDoubt, added } = this.collector.receivedOf(end.life);
      const missing = end.spansMade - spans.size - end.spansCounted;
      if (missing !== 0 || twice > 0)
        this.say(
          `start ${end.life}: ${end.spansMade} spans made, ${spans.size} received (${twice} twice, ${inDoubt.size} in doubt), ${end.spansCounted} counted`,
        );
      if (added !== end.added)
        this.say(
          `start ${end.life}: ${end.added} recorded, ${added} received, ${end.pointsCounted} points counted`,
        );
    }
    const lines = readFileSync(join(this.folder, 'host.log'), 'utf8').split('\n');
    this.say(`the host said ${lines.length - 1} lines; the last: ${lines.at(-2)?.slice(0, 200) ?? 'none'}`);
  }

  private async cleanUp(): Promise<void> {
    this.stopping.abort();
    this.hostiles?.end();
    for (const host of this.hosts) host.destroy();
    await this.prometheus?.stop();
    await this.collector?.close();
    if (process.env.CHAOS_KEEP === undefined) rmSync(this.folder, { recursive: true, force: true });
    else this.say(`kept: ${this.folder}`);
  }

  private get goesOn(): boolean {
    return !this.stopping.signal.aborted;
  }

  /** Until the time is over at most. */
  private async sleep(millis: number): Promise<void> {
    await delay(Math.max(0, millis), undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}
