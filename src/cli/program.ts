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
  if (command === undefined) {
    io.err(
      `${NAME}: ${JSON.stringify(name)} is no command; there are ${COMMANDS.map((one) => one.name).join(', ')}`,
    );
    return 2;
  }
  try {
    const called = given(command, rest);
    if (called.flags['help'] === true) {
      io.out(helpOf(command));
      return 0;
    }
    return await (await command.load()).run(called, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.err(`${NAME} ${name}: ${error.message}`);
    return 2;
  }
}
