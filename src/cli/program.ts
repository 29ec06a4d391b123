import { NAME, UsageError, given, helpOf, helpOfAll, type Io } from './command.js';
import { COMMANDS } from './commands.js';
import { packageVersion } from './package-root.js';

/** Carries out one call, and says with which code the process ends. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.out(helpOfAll(COMMANDS));
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    io.out(packageVersion());
    return 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  const refuse = (message: string, whose = ''): number => {
    if (rest.includes('--json')) io.out(JSON.stringify({ error: message }, undefined, 2));
    else io.err(`${NAME}${whose}: ${message}`);
    return 2;
  };
  if (command === undefined)
    return refuse(
      `${JSON.stringify(name)} is no command; there are ${COMMANDS.map((one) => one.name).join(', ')}`,
    );
  try {
    const called = given(command, rest);
    if (called.flags['help'] === true) {
      io.out(helpOf(command));
      return 0;
    }
    return await (await command.load()).run(called, io);
  } catch (error) {
    const message = faultOf(error);
    if (message === undefined) throw error;
    return refuse(message, ` ${name}`);
  }
}

/** What is wrong with the call, or with a file that it names; undefined where the fault is ours. */
function faultOf(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  const { path, syscall, message } = error as NodeJS.ErrnoException;
  return path !== undefined && syscall !== undefined ? `it cannot be used: ${message}` : undefined;
}
