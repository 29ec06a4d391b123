// The bin of the package: npx agent-os-observability
import { NAME } from './command.js';
import { run } from './program.js';
import { processIo } from './terminal.js';

let ended: number | undefined;

// Whoever reads the exit code alone must not take a run that was cut short for one that found nothing: a module of the
// user's may call process.exit, or leave us waiting for what never comes.
process.on('exit', (code) => {
  if (ended === undefined) process.stderr.write(`${NAME}: the process ended before the command did\n`);
  if (code === 0) process.exitCode = ended ?? 1;
});

/** What a policy of the user's has left open, as a timer or a socket, holds nobody up once all is written. */
function end(code: number): void {
  process.exitCode = ended = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

run(process.argv.slice(2), processIo()).then(end, (error: unknown) => {
  console.error(error);
  end(1);
});
