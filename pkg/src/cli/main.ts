#!/usr/bin/env node
// `npx threadkeep`: moving house between a worker and a PostgreSQL.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ThreadkeepError } from '../error.ts';
import { Complaint } from './complaint.ts';
import { exportThreads } from './export.ts';
import { importThreads } from './import.ts';
import { openPlace, type Place } from './place.ts';
import { Progress } from './progress.ts';
import { verifyThreads } from './verify.ts';

const HELP = `Moves threads between a worker and a PostgreSQL.

  threadkeep export --from PLACE --out FILE [--resume] [OWNERS]
  threadkeep import --to PLACE --in FILE [--start-line N]
  threadkeep verify --from PLACE --to PLACE [OWNERS]

PLACE   postgres://…, or the https://… of a worker. A worker wants its service token
        in THREADKEEP_SERVICE_TOKEN; the one of --to may be in THREADKEEP_TO_SERVICE_TOKEN.
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

const { env, stderr, stdout } = process;
const say = (line: string) => void stderr.write(`${line}\n`);

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  // The code, and never another library's words: they may be anybody's.
  say(`threadkeep: ${error instanceof Complaint ? error.message : error instanceof ThreadkeepError ? `${error.code} (${causeOf(error)})` : wordOf(error)}`);
  return 2;
});

async function run(args: string[]): Promise<number> {
  const { values, positionals } = read(args);
  const [command, ...more] = positionals;
  if (values.help || command === undefined) {
    stdout.write(HELP);
    return 0;
  }
  if (more.length > 0) throw new Complaint('one command at a time; `threadkeep --help` lists them');
  const progress = new Progress(command, say);
  const places: Place[] = [];
  const place = async (name: 'from' | 'to') => {
    const token = (name === 'to' ? env['THREADKEEP_TO_SERVICE_TOKEN'] : undefined) ?? env['THREADKEEP_SERVICE_TOKEN'];
    const opened = await openPlace(wanted(name), token);
    places.push(opened);
    return opened;
  };
  const wanted = (name: 'from' | 'to' | 'in' | 'out') => values[name] ?? complain(`${command} wants --${name}`);
  const owners = async (place: Place) => (await named(values)) ?? place.owners();
  let refusals = 0;
  try {
    switch (command) {
      case 'export': {
        const from = await place('from');
        await exportThreads({ place: from, owners: await owners(from), file: wanted('out'), resume: values.resume, progress });
        break;
      }
      case 'import': {
        const refused = (line: number, code: string) => {
          refusals += 1;
          say(`line ${line}: ${code}`);
        };
        await importThreads({ place: await place('to'), file: wanted('in'), startLine: Number(values['start-line']), progress, refused });
        break;
      }
      case 'verify': {
        const [from, to] = [await place('from'), await place('to')];
        const differs = (difference: object) => {
          refusals += 1;
          stdout.write(`${JSON.stringify(difference)}\n`);
        };
        await verifyThreads({ from, to, owners: await owners(from), progress, differs });
        break;
      }
      default:
        throw new Complaint('there is no such command; `threadkeep --help` lists them');
    }
  } finally {
    for (const each of places) await each.close();
  }
  progress.say();
  return refusals === 0 ? 0 : 1;
}

function read(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Complaint((error as Error).message);
  }
}

async function named({ owner, owners }: { owner?: string[]; owners?: string }): Promise<string[] | undefined> {
  const lines = owners === undefined ? [] : (await readFile(owners, 'utf8')).split(/\r?\n/).filter((line) => line !== '');
  const all = [...(owner ?? []), ...lines];
  return all.length > 0 || owners !== undefined ? all : undefined;
}

function complain(why: string): never {
  throw new Complaint(why);
}

function causeOf({ cause }: ThreadkeepError): string {
  return cause instanceof Error ? cause.message : 'no cause';
}

function wordOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'internal';
}
