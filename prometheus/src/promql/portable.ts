// The one fallback: the same expressions for what has no `anchored`, as Mimir, Thanos and Prometheus before 3.16, and for
// paths on which nobody says when a series began.

/** A name with its matchers, whose values may have any character. */
const SELECTOR = String.raw`\w+(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?`;
const ANCHORED = new RegExp(String.raw`\bincrease\((${SELECTOR})\[([^\]]+)\] anchored\)`, 'g');

/** Scraped by Collectors beside them, kernels of many hosts have one address. */
const PROCESS = 'service_name, agent_os_kernel_id, service_instance_id';
const UPTIME = 'agent_os_kernel_uptime_seconds';

/**
 * What a series has now, less what it had before the window; all that it has where it is new, or began anew with less. A
 * process that began anew in the window and is past its old value already is taken for one that went on: only a start time
 * would tell. An hour without samples makes a series new.
 */
export const portable = (expr: string): string =>
  expr.replace(ANCHORED, (_, selector: string, window: string) => {
    const now = `last_over_time(${selector}[${window}])`;
    const before = `last_over_time(${selector}[1h] offset ${window})`;
    // Older than an hour when it was first seen: what it has counted till then came at an unknown time.
    const seen = `last_over_time(${UPTIME}[1h] offset ${window})`;
    const onlyNowSeen = `(min_over_time(${UPTIME}[${window}]) > 3600 unless ${seen})`;
    return `(${now} - ${before} >= 0 or ${now} unless on (${PROCESS}) ${onlyNowSeen})`;
  });
