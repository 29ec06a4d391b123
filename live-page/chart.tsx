import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

export interface Line {
  readonly label: string;
  /** The custom property of its colour. */
  readonly color: string;
  readonly values: readonly (number | undefined)[];
  readonly fill?: boolean;
}

export interface ChartProps {
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly label: string;
  readonly theme: string;
  /** Each step of the scale is ten times the one before. */
  readonly log?: boolean;
}

const HEIGHT = 168;

/** From a power of ten to a power of ten. */
function logRange(_: UPlot, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || min <= 0) return [1e-5, 1e-2];
  return [10 ** Math.floor(Math.log10(min)), 10 ** Math.ceil(Math.log10(max * 1.01))];
}

function powersOfTen(_: UPlot, __: number, min: number, max: number): number[] {
  const first = Math.round(Math.log10(min));
  return Array.from({ length: Math.round(Math.log10(max)) - first + 1 }, (_, step) => 10 ** (first + step));
}

/** Lines over the last minutes. What it shows is in its label too, for whoever cannot see it. */
export function Chart({ times, lines, format, label, theme, log = false }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const data = [
    times,
    ...lines.map(({ values }) => values.map((value) => value ?? null)),
  ] as UPlot.AlignedData;

  useEffect(() => {
    const element = box.current as HTMLDivElement;
    const style = getComputedStyle(document.documentElement);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--soft'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
    };
    const font = `11px ${style.getPropertyValue('--font')}`;
    const options: UPlot.Options = {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 8, 0, 0],
      scales: {
        y: log ? { distr: 3, range: logRange } : { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] },
      },
      axes: [
        { ...axis, font, grid: { show: false }, space: 70, size: 26, values: '{HH}:{mm}:{ss}' },
        {
          ...axis,
          font,
          size: 58,
          ...(log && { splits: powersOfTen }),
          values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : format(tick))),
        },
      ],
      series: [
        {},
        ...lines.map(({ label: name, color: property, fill }) => ({
          label: name,
          stroke: color(property),
          width: 2,
          points: { show: false },
          ...(fill && { fill: `${color(property)}22` }),
        })),
      ],
    };
    const drawn = new UPlot(options, data, element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
  }, [theme]);

  useEffect(() => plot.current?.setData(data), [times.at(-1)]);

  return (
    <figure class="chart">
      <div ref={box} role="img" aria-label={label} />
      <figcaption>
        <ul class="legend">
          {lines.map(({ label: name, color, values }) => (
            <li key={name}>
              <i class={color.slice(2)} aria-hidden="true" /> {name}{' '}
              <b>{values.at(-1) === undefined ? '–' : format(values.at(-1) as number)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}
