// tsx tools/stack/init.ts [--demo]
// Makes the .env that docker-compose.yml needs; --demo adds the demo as kernel. Exit code 1 when the stack cannot work as
// .env asks for.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { initStack } from './init-stack.js';

const { values } = parseArgs({ options: { demo: { type: 'boolean', default: false } } });
const { lines, problems } = initStack({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  demo: values.demo,
});
console.log(lines.join('\n'));
if (problems.length > 0) {
  console.error(
    ['', 'Nobody would be told of all alerts:', ...problems.map((problem) => `  ${problem}`)].join('\n'),
  );
  console.error('prometheus/alertmanager/secrets/README.md says what belongs there.');
  process.exitCode = 1;
}
