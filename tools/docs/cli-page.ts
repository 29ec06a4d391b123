import { helpOf, helpOfAll, NAME } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands.js';
import type { GeneratedFile } from '../generated-files.js';
import { VERDICTS } from './doctor-verdicts.js';
import { code, page, table } from './markdown.js';

/** docs/cli.md: the help of every command. */
export function cliPage(): GeneratedFile {
  const fenced = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;
  return page(
    'docs/cli.md',
    '# The command line',
    `The package brings a program, ${code(`npx ${NAME}`)}, with what is needed around a kernel. It is loaded in parts and is no part of ` +
      'the library: what you import is as large as without it. Lines are for people, and coloured at a terminal alone (never ' +
      `with ${code('NO_COLOR')}); ${code('--json')} gives programs the same.`,
    fenced(helpOfAll(COMMANDS)),
    ...COMMANDS.flatMap((command) => [
      `## ${command.name}`,
      fenced(helpOf(command)),
      ...(command.name === 'doctor' ? sabotages() : []),
    ]),
  );
}

function sabotages(): string[] {
  const rows = Object.entries(VERDICTS).map(([what, { hop, fix }]) => [what, hop, `… ${fix} …`]);
  return [
    'Each of these is done to a running stack by the end-to-end tests, one after the other. It has one finding then, and the healthy stack has none:',
    table(['What is broken', 'Hop that is named', 'Fix'], rows),
  ];
}
