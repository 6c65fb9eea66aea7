// The app with its project: the worker behind it answers the browser too, and its executor is scripted.

import { after, afterEach } from 'node:test';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Worker } from '../../worker/harness.ts';
import { createScopedThreads } from 'threadkeep/scoped-threads';
import { EventsUpstream, type EventsTurn } from '../../worker/support/events-upstream.ts';
import { until } from '../../worker/support/until.ts';
import { NextApp } from './app.ts';

const JWT_SECRET = 'a-worker-secret-of-the-tests-0123456789';
const SERVICE_TOKEN = 'service-token-of-the-tests-0123456789';

export class ProjectScene {
  readonly app: NextApp;
  readonly worker: Worker;
  readonly upstream: EventsUpstream;

  private constructor(app: NextApp, worker: Worker, upstream: EventsUpstream) {
    this.app = app;
    this.worker = worker;
    this.upstream = upstream;
  }

  static async open(): Promise<ProjectScene> {
    const [upstream, port] = await Promise.all([EventsUpstream.start(), freePort()]);
    const worker = await Worker.start({
      EXECUTOR: 'events',
      EVENTS_URL: upstream.url,
      AUTH_JWT_SECRET: JWT_SECRET,
      SERVICE_TOKEN,
      CORS_ORIGINS: `http://localhost:${port}`,
    });
    const app = await NextApp.start({ THREADKEEP_URL: worker.url, THREADKEEP_SERVICE_TOKEN: SERVICE_TOKEN, THREADKEEP_JWT_SECRET: JWT_SECRET }, port);
    afterEach((context) => {
      if ('passed' in context && context.passed === false) console.log(`# the app said:\n${app.output.slice(-2_000)}\n# the worker said:\n${worker.output.slice(-2_000)}`);
    });
    after(async () => {
      await app.stop();
      await worker.discard();
      upstream.stop();
    });
    return new ProjectScene(app, worker, upstream);
  }

  /** The turn about a question; its reply has begun. */
  async turnOf(question: string): Promise<EventsTurn> {
    const asked = () => this.upstream.turns.find(({ request }) => request.messages.at(-1)?.content === question);
    return (await until(`a turn about "${question}"`, asked, 90_000)).accept();
  }

  /** The project's threads as a server of its has them. */
  get threads() {
    return createScopedThreads({ url: this.worker.url, serviceToken: SERVICE_TOKEN });
  }
}

// The worker has to know the page's origin before the page is there.
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
