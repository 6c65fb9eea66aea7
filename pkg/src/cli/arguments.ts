// What stands on the command line and in the environment.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Complaint } from './complaint.ts';

export const HELP = `Moves threads between a worker and a PostgreSQL.

  threadkeep export --from PLACE --out FILE [--resume] [OWNERS]
  threadkeep import --to PLACE --in FILE [--start-line N]
  threadkeep verify --from PLACE --to PLACE [OWNERS]

PLACE   postgres://…, or the https://… of a worker. A URL with a password in it belongs in
        THREADKEEP_FROM or THREADKEEP_TO, which stand for --from and --to. A worker wants its
        service token in THREADKEEP_SERVICE_TOKEN; the one of --to may be in
        THREADKEEP_TO_SERVICE_TOKEN.
OWNERS  --owner NAME (any number of times), or --owners FILE with one on each line.
        Without them all owners, where the role of a postgres:// URL may see them.

Each can be run again: export goes on with --resume, import writes only what is missing.
verify prints a line of JSON for each difference. Exit status: 0, or 1 when something is
refused or differs, or 2 when the command could not do its work.
`;

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  in: { type: 'string' },
  out: { type: 'string' },
  owner: { type: 'string', multiple: true },
  owners: { type: 'string' },
  resume: { type: 'boolean', default: false },
  'start-line': { type: 'string', default: '1' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

export class Arguments {
  /** Absent when help is asked for. */
  readonly command: string | undefined;
  readonly resume: boolean;
  readonly #values: ReturnType<typeof parse>['values'];
  readonly #env: Environment;

  constructor(args: string[], env: Environment) {
    const { values, positionals } = parse(args);
    const [command, ...more] = positionals;
    if (more.length > 0) throw new Complaint('one command at a time; `threadkeep --help` lists them');
    this.command = values.help ? undefined : command;
    this.resume = values.resume;
    this.#values = values;
    this.#env = env;
  }

  place(name: 'from' | 'to'): { url: string; serviceToken: string | undefined } {
    const variable = name === 'from' ? 'THREADKEEP_FROM' : 'THREADKEEP_TO';
    const url = this.#values[name] ?? this.#env[variable] ?? this.#lacks(name, ` or ${variable}`);
    const own = name === 'to' ? this.#env['THREADKEEP_TO_SERVICE_TOKEN'] : undefined;
    return { url, serviceToken: own ?? this.#env['THREADKEEP_SERVICE_TOKEN'] };
  }

  file(name: 'in' | 'out'): string {
    return this.#values[name] ?? this.#lacks(name);
  }

  get startLine(): number {
    const text = this.#values['start-line'];
    if (!/^[1-9]\d{0,14}$/.test(text)) throw new Complaint('--start-line is a whole number from 1 on');
    return Number(text);
  }

  /** Those that are named, or undefined for all. */
  async owners(): Promise<string[] | undefined> {
    const { owner, owners } = this.#values;
    if (owner === undefined && owners === undefined) return undefined;
    // A table of users that some programs write begins with a byte order mark.
    const lines = owners === undefined ? [] : (await readFile(owners, 'utf8')).replace(/^\ufeff/, '').split(/\r?\n/);
    return [...(owner ?? []), ...lines.filter((line) => line !== '')];
  }

  #lacks(name: string, instead = ''): never {
    throw new Complaint(`${this.command} wants --${name}${instead}`);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Complaint((error as Error).message);
  }
}
