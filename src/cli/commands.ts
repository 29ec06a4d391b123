// What can be called, and its help. What a command does is loaded when it is called.
import type { Command } from './command.js';
import { DOCTOR } from './doctor/declared.js';
import { DRILL } from './drill/declared.js';
import { EXPORT, INIT, UPGRADE } from './files/declared.js';
import { REPLAY } from './replay/declared.js';

export const COMMANDS: readonly Command[] = [INIT, UPGRADE, EXPORT, DOCTOR, DRILL, REPLAY];
