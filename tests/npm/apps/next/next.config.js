import { join } from 'node:path';

// The packages of this app stand two folders up; an app of its own needs no setting.
export default { turbopack: { root: join(import.meta.dirname, '../../..') } };
