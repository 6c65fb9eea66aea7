// One scene per spec file: a worker on fresh data, a scripted upstream behind it, and clients in front of it.
// The specs of a file share it and keep apart by owner and stateKey.

import { after, afterEach } from 'node:test';
import { Worker, type WorkerVars } from '../harness.ts';
import { done, type AiEvent } from './ai-event.ts';
import type { ChatStream } from './chat-stream.ts';
import { Client, JWT_SECRET, SERVICE_TOKEN } from './client.ts';
import { EventsUpstream, type EventsTurn } from './events-upstream.ts';
import { UsageHook } from './usage-hook.ts';

export const EVENTS_TOKEN = 'events-token-of-the-tests-0123456789';
export const HOOK_TOKEN = 'hook-token-of-the-tests-0123456789';

/** Variables to set, or with `undefined` to take away. */
export type VarChanges = Record<string, string | undefined>;

/** A turn under way: the client's end and the upstream's end of it. */
export type Running = { stream: ChatStream; turn: EventsTurn };

export class Scene {
  readonly worker: Worker;
  readonly upstream: EventsUpstream;
  readonly hook: UsageHook;
  #vars: WorkerVars;
  #keys = 0;

  private constructor(worker: Worker, upstream: EventsUpstream, hook: UsageHook, vars: WorkerVars) {
    this.#vars = vars;
    this.worker = worker;
    this.upstream = upstream;
    this.hook = hook;
  }

  /** Opens the scene for the calling spec file and closes it after the last spec. */
  static async open(vars: VarChanges = {}): Promise<Scene> {
    const [upstream, hook] = await Promise.all([EventsUpstream.start(), UsageHook.start()]);
    const all = overlay(defaultVars(upstream, hook), vars);
    const worker = await Worker.start(all);
    const scene = new Scene(worker, upstream, hook, all);
    showOutputOfFailures(worker);
    after(async () => {
      await worker.discard();
      upstream.stop();
      hook.stop();
    });
    return scene;
  }

  /** This scene's variables with changes, for a restart. */
  vars(changes: VarChanges): WorkerVars {
    return overlay(this.#vars, changes);
  }

  /** A stateKey that no other spec of this file uses. */
  key(name: string): string {
    this.#keys += 1;
    return `${name}-${this.#keys}`;
  }

  user(owner: string): Promise<Client> {
    return Client.user(owner, () => this.worker.url);
  }

  service(owner: string): Client {
    return Client.service(owner, () => this.worker.url);
  }

  bare(headers: Record<string, string> = {}): Client {
    return Client.bare(() => this.worker.url, headers);
  }

  /** Starts a turn and brings it to the point where the upstream has accepted it and sent nothing. */
  async begin(client: Client, stateKey: string, text: string): Promise<Running> {
    const answer = client.say(stateKey, text);
    // A refusal ends the wait for the upstream at once; a stream leaves it to the upstream.
    const refused = answer.then(() => new Promise<never>(() => {}));
    const turn = (await Promise.race([this.upstream.next(stateKey), refused])).accept();
    return { stream: await answer, turn };
  }

  /** Runs a whole turn in good order. */
  async talk(client: Client, stateKey: string, text: string, ...events: AiEvent[]): Promise<Running> {
    const running = await this.begin(client, stateKey, text);
    running.turn.end(...events, done());
    await running.stream.whole();
    return running;
  }
}

function defaultVars(upstream: EventsUpstream, hook: UsageHook): WorkerVars {
  return {
    EXECUTOR: 'events',
    EVENTS_URL: upstream.url,
    EVENTS_TOKEN,
    AUTH_JWT_SECRET: JWT_SECRET,
    SERVICE_TOKEN,
    USAGE_HOOK_URL: hook.url,
    USAGE_HOOK_TOKEN: HOOK_TOKEN,
  };
}

function overlay(vars: WorkerVars, changes: VarChanges): WorkerVars {
  const entries = Object.entries({ ...vars, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

/** When a spec fails, what workerd said since it began is part of the story. */
export function showOutputOfFailures(worker: Worker): void {
  let told = 0;
  afterEach((context) => {
    const said = worker.output.slice(told);
    told = worker.output.length;
    if ('passed' in context && context.passed === false && said !== '') console.log(`# workerd said:\n${said.slice(-4_000)}`);
  });
}
