import { createRequire } from 'node:module';

export const FONT = 'Inter';

const { resolve } = createRequire(import.meta.url);

/** Those of Grafana, so that pictures look the same on every machine. */
export const fontFiles = (): string[] =>
  [
    '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
    '@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf',
  ].map((file) => resolve(file));
