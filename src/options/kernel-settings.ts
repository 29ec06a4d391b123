import type { OptionProblem } from '../diagnostics/errors.js';
import { configuredEnvironment, type ConfiguredEnvironment } from './configuration-file.js';
import { readEnvironment, type EnvironmentSettings } from './environment.js';

/** What environment and configuration file say to a kernel, before any option. */
export interface KernelSettings extends ConfiguredEnvironment {
  readonly settings: EnvironmentSettings;
  readonly isDisabled: boolean;
  /** Of variables that are not used; the kernel starts without them. */
  readonly warnings: readonly { readonly name: string; readonly message: string }[];
  /** Values of the file that its format allows and the kernel does not: as with `problems`, it does not start. */
  readonly refused: readonly OptionProblem[];
}

/** Read alike by initObservability and by doctor, which says before the start what the start would say. */
export function kernelSettings(variables: ConfiguredEnvironment['env']): KernelSettings {
  const file = configuredEnvironment(variables);
  const { env, pathOf } = file;
  const warnings: { name: string; message: string }[] = [];
  const refused: OptionProblem[] = [];
  const settings = readEnvironment(env, (name, message, accepted = '') => {
    if (pathOf === undefined) warnings.push({ name, message });
    else refused.push({ path: pathOf(name), received: JSON.stringify(env[name]), code: 'range', accepted });
  });
  const isDisabled = file.problems.length === 0 && settings.get('OTEL_SDK_DISABLED') === true;
  return { ...file, settings, isDisabled, warnings, refused };
}
