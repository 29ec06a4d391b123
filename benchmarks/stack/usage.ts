import { readFileSync } from 'node:fs';

/** Of Linux: others have no /proc. */
const TICKS_PER_SECOND = 100;

export interface Usage {
  readonly cpuSeconds: number;
  /** The most that was resident since the start. */
  readonly peakMiB: number;
}

export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peakKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the name, which may have blanks in it: the state is the first, utime the 12th, stime the 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    peakMiB: peakKiB / 1024,
  };
}
