// Somebody at the app's page, in the words of what one does there. Finds things as assistive technology does.

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

/** Milliseconds. Generous: two busy cores are shared. */
const DEADLINE_MS = 90_000;

export class Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors and warnings of the console, and uncaught exceptions. */
  readonly complaints: string[];

  private constructor(context: BrowserContext, page: Page, complaints: string[]) {
    this.context = context;
    this.page = page;
    this.complaints = complaints;
  }

  static async arrive(browser: Browser, url: string): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: url, viewport: { width: 1200, height: 800 } });
    context.setDefaultTimeout(DEADLINE_MS);
    const complaints: string[] = [];
    context.on('console', (message) => {
      // Without the host: its port is any number.
      const path = message.location().url.replace(/^\w+:\/\/[^/]*/, '');
      if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} (${path})`);
    });
    context.on('weberror', (error) => complaints.push(String(error.error())));
    return new Visitor(context, await context.newPage(), complaints);
  }

  /** The same person in another tab. */
  async newTab(): Promise<Visitor> {
    return new Visitor(this.context, await this.context.newPage(), this.complaints);
  }

  async signIn(name: string): Promise<void> {
    await this.page.goto('/');
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.ready();
  }

  /** The thread has been loaded: one can write. */
  async ready(): Promise<void> {
    await this.composer.waitFor();
  }

  /** Writes and sends; waits for nothing. */
  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.getByRole('button', { name: 'Send' }).click();
  }

  /** The last message is a reply, it is whole, and these are its words. */
  async replied(words: string): Promise<void> {
    await this.messages.last().and(this.page.locator('[aria-label="Reply"][aria-busy="false"]')).filter({ hasText: words }).waitFor();
  }

  /** Who said what, from the top. */
  async talk(): Promise<string[]> {
    const talk: string[] = [];
    for (const message of await this.messages.all()) {
      talk.push(`${await message.getAttribute('aria-label')}: ${(await message.locator('.text').allInnerTexts()).join(' ')}`);
    }
    return talk;
  }

  /** The thread that the address names. */
  get stateKey(): string {
    return new URL(this.page.url()).pathname.replace('/chat/', '');
  }

  get composer(): Locator {
    return this.page.getByLabel('Message', { exact: true });
  }

  get messages(): Locator {
    return this.page.getByRole('log').getByRole('article');
  }

  get threads(): Locator {
    return this.page.getByRole('navigation', { name: 'Threads' });
  }

  get alert(): Locator {
    return this.page.getByRole('alert').filter({ visible: true, hasText: /\S/ });
  }
}
