import { helpOf, helpOfAll, NAME } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands.js';
import type { GeneratedFile } from '../generated-files.js';
import { code, page } from './markdown.js';

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
    ...COMMANDS.flatMap((command) => [`## ${command.name}`, fenced(helpOf(command))]),
  );
}
