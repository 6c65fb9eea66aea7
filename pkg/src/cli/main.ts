#!/usr/bin/env node
// `npx threadkeep`: moving house between a worker and a PostgreSQL.

import { Arguments, HELP } from './arguments.ts';
import { Complaint } from './complaint.ts';
import { ExportFile } from './export-file.ts';
import { exportThreads } from './export.ts';
import { importThreads } from './import.ts';
import { openPlace, type Place } from './place.ts';
import { Progress } from './progress.ts';
import { toJsonLine } from './record.ts';
import { sayingOf } from './saying.ts';
import { verifyThreads } from './verify.ts';

/** How long places may take to let go, in milliseconds: a driver may wait for an answer that cannot come. */
const CLOSE_MS = 8_000;

const { env, stderr, stdout } = process;
const say = (line: string) => void stderr.write(`${line}\n`);
const places: Place[] = [];

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  say(`threadkeep: ${sayingOf(error)}`);
  return 2;
});
const late = setTimeout(() => process.exit(), CLOSE_MS);
await Promise.allSettled(places.map((place) => place.close()));
clearTimeout(late);

async function run(args: string[]): Promise<number> {
  const given = new Arguments(args, env);
  const { command } = given;
  if (command === undefined) {
    stdout.write(HELP);
    return 0;
  }
  const progress = new Progress(command, say);
  const open = async (name: 'from' | 'to') => {
    const { url, serviceToken } = given.place(name);
    const place = await openPlace(url, serviceToken);
    places.push(place);
    return place;
  };
  let refusals = 0;
  switch (command) {
    case 'export': {
      const path = given.file('out');
      const place = await open('from');
      const owners = (await given.owners()) ?? (await place.owners());
      const file = await (given.resume ? ExportFile.resume(path) : ExportFile.create(path));
      try {
        await exportThreads({ place, owners, file, progress });
      } finally {
        await file.close();
      }
      break;
    }
    case 'import': {
      const [file, startLine] = [given.file('in'), given.startLine];
      const refused = (line: number, code: string) => {
        refusals += 1;
        say(`line ${line}: ${code}`);
      };
      await importThreads({ place: await open('to'), file, startLine, progress, refused });
      break;
    }
    case 'verify': {
      const [from, to] = [await open('from'), await open('to')];
      const differs = (difference: object) => {
        refusals += 1;
        stdout.write(`${toJsonLine(difference)}\n`);
      };
      await verifyThreads({ from, to, owners: (await given.owners()) ?? (await from.owners()), progress, differs });
      break;
    }
    default:
      throw new Complaint('there is no such command; `threadkeep --help` lists them');
  }
  progress.say();
  return refusals === 0 ? 0 : 1;
}
