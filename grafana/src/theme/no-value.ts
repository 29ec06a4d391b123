// What an empty panel says. A panel that shows 0 for nothing is empty only when no data arrives; the others cannot tell,
// and say where to look.
export const NO_DATA = 'No data arrives';

export const nothingOrNoData = (nothing: string): string =>
  `${nothing} in this time range. If Kernel Uptime is empty too, no data arrives.`;
