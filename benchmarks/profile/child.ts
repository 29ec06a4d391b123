// What runs in a process of its own for one hot path, or for what series are held in.
import { HOT_PATHS } from './paths.js';
import { profileHeld, profilePath } from './recorders.js';

const [what = ''] = process.argv.slice(2);
const path = HOT_PATHS[what];
const profile = path === undefined ? await profileHeld() : await profilePath(path);
process.send?.(profile, () => process.exit());
