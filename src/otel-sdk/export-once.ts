import type { ExportResult, ExportResultCode } from '@opentelemetry/core';

/** ExportResultCode.SUCCESS by value: the package is not loaded for it. */
export const EXPORT_SUCCESS = 0 as ExportResultCode.SUCCESS;

/**
 * Exports one batch, and tells once what became of it, whatever the exporter throws or answers twice.
 *
 * @param settled - told why the export failed, or undefined where it succeeded
 */
export function exportOnce<T>(
  exporter: { export(batch: T, done: (result: ExportResult) => void): void },
  batch: T,
  settled: (failure: unknown) => void,
): void {
  let open = true;
  const settle = (failure: unknown): void => {
    if (!open) return;
    open = false;
    settled(failure);
  };
  try {
    exporter.export(batch, ({ code, error }) =>
      settle(code === EXPORT_SUCCESS ? undefined : (error ?? 'no reason')),
    );
  } catch (error) {
    settle(error ?? 'no reason');
  }
}
