// What the tests of a file share: the app, its store, its model and its billing service.

import { after, afterEach } from 'node:test';
import { bodyOf } from '../../worker/support/body.ts';
import { Loopback } from '../../worker/support/loopback.ts';
import { until } from '../../worker/support/until.ts';
import { NextApp } from './app.ts';
import { Model } from './model.ts';
import { startStore, type TestStore } from './store.ts';
import { User } from './user.ts';

export interface Billed {
  readonly owner: string;
  readonly stateKey: string;
  readonly fact: unknown;
}

export class Scene {
  readonly app: NextApp;
  readonly store: TestStore;
  readonly model: Model;
  /** What the billing service was told, in order of arrival. */
  readonly billed: Billed[];
  #names = 0;

  private constructor(app: NextApp, store: TestStore, model: Model, billed: Billed[]) {
    this.app = app;
    this.store = store;
    this.model = model;
    this.billed = billed;
  }

  /** Opens the scene for the calling file and closes it after its last test. */
  static async open(): Promise<Scene> {
    const billed: Billed[] = [];
    const billing = await Loopback.start(async (request, response) => {
      const body = await bodyOf(request);
      if (body !== undefined) billed.push(JSON.parse(body) as Billed);
      response.writeHead(204).end();
    });
    const [store, model] = await Promise.all([startStore(), Model.start()]);
    const app = await NextApp.start({
      ...store.vars,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'model-key-of-the-tests',
      OPENAI_MODEL: 'a-model',
      BILLING_URL: `${billing.origin}/usage`,
    });
    tellOutputOfFailures(app);
    after(async () => {
      await app.stop();
      await store.discard();
      model.stop();
      billing.stop();
    });
    return new Scene(app, store, model, billed);
  }

  /** A name that no other test of this file uses: of a user, a thread, a question. */
  name(what: string): string {
    this.#names += 1;
    return `${what}-${this.#names}`;
  }

  /** Somebody signed in. */
  user(name = this.name('user')): Promise<User> {
    return User.signedIn(name, () => this.app.url);
  }

  /** A whole turn in good order. */
  async talk(user: User, stateKey: string, question: string, answer: string): Promise<void> {
    const stream = await user.say(stateKey, question);
    (await this.model.next(question)).say(answer).end();
    await stream.whole();
  }

  /** Waits until the billing service was told so many facts of a thread. */
  billedAtLeast(stateKey: string, count: number): Promise<Billed[]> {
    return until(`${count} usage facts of ${stateKey}`, () => {
      const facts = this.billed.filter((usage) => usage.stateKey === stateKey);
      return facts.length >= count && facts;
    }, 90_000);
  }
}

function tellOutputOfFailures(app: NextApp): void {
  let told = 0;
  afterEach((context) => {
    const said = app.output.slice(told);
    told = app.output.length;
    if ('passed' in context && context.passed === false && said !== '') console.log(`# the app said:\n${said.slice(-4_000)}`);
  });
}
