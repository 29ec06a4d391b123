import { init, setPlatformAPI, type EChartsOption } from 'echarts';
import { FONT, textWidth } from './font.js';

// Without a browser ECharts guesses widths: it shall guess as we do.
setPlatformAPI({
  measureText: (text: string, font?: string) => ({
    width: textWidth(text, Number(/([\d.]+)px/.exec(font ?? '')?.[1] ?? 12)),
  }),
});

/** A chart as markup, to be nested in a larger picture. */
export function chart(width: number, height: number, option: EChartsOption): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption({ animation: false, useUTC: true, textStyle: { fontFamily: FONT }, ...option });
    return withoutStyles(instance.renderToSVGString());
  } finally {
    instance.dispose();
  }
}

const FONT_STYLE = / style="font(?:: \S+ (\S+) |-size:)([\d.]+)px(?:;font-family:| )[^"]*"/g;

/** As attributes: the policy of a page may forbid styles. What is left of them is for a pointer above the chart. */
const withoutStyles = (svg: string): string =>
  svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(FONT_STYLE, (_, weight = '400', size) => ` font-size="${size}" font-weight="${weight}"`)
    .replace(/ style="[^"]*"/g, '');
