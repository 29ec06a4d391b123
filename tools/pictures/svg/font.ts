import { createRequire } from 'node:module';

export const FONT = 'Inter';

/** Those of Grafana, so that pictures look the same on every machine. */
export function fontFiles(): string[] {
  const require = createRequire(import.meta.url);
  return [
    require.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
    require.resolve('@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf'),
  ];
}
