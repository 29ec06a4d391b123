/** An application of Next.js that starts us as its documentation says, and records by the OpenTelemetry API alone. */
export const NEXT_FILES: Readonly<Record<string, string>> = {
  'instrumentation.ts': `export async function register() {
      if (process.env.NEXT_RUNTIME !== 'nodejs') return;
      const { initObservability } = await import('agent-os-observability');
      const { MATRIX_PORT: port, MATRIX_RECEIVER: endpoint } = process.env;
      if (port === undefined || endpoint === undefined) return; // while it is built
      const obs = initObservability({ serviceName: 'host', prometheus: { port: Number(port) }, otlp: { endpoint } });
      obs.kernel.recordKernelCrash();
    }`,
  'app/act/route.ts': `import { metrics, trace } from '@opentelemetry/api';
    export const dynamic = 'force-dynamic';
    export function GET() {
      metrics.getMeter('host').createCounter('host_acts').add(1);
      trace.getTracer('host').startSpan(process.env.MATRIX_SPAN ?? '').end();
      return new Response('done');
    }`,
  'app/layout.tsx': `import type { ReactNode } from 'react';
    export default function Layout({ children }: { children: ReactNode }) {
      return <html><body>{children}</body></html>;
    }`,
  'app/page.tsx': 'export default function Page() { return <p>host</p>; }',
};

/** The folder of the host is the root, whatever lock file lies above it. */
export function nextConfig(settings: Readonly<Record<string, unknown>>): string {
  return `export default {
    ...${JSON.stringify(settings)},
    turbopack: { root: import.meta.dirname },
    outputFileTracingRoot: import.meta.dirname,
  };`;
}
