// Somebody who reads a spec and chats about it, in a browser.

import type { Browser, Locator } from 'playwright-core';
import { until } from '../../worker/support/until.ts';
import { Visitor } from './visitor.ts';

/** Somebody who reads a spec and chats about it. */
export class Reader {
  readonly visitor: Visitor;

  private constructor(visitor: Visitor) {
    this.visitor = visitor;
  }

  static async arrive(browser: Browser, url: string, name: string): Promise<Reader> {
    const visitor = await Visitor.arrive(browser, url);
    await visitor.page.goto('/sign-in');
    await visitor.page.getByLabel('Your name').fill(name);
    await visitor.page.getByRole('button', { name: 'Sign in' }).click();
    await visitor.page.waitForURL(/\/chat\//);
    return new Reader(visitor);
  }

  async open(path: string): Promise<void> {
    await this.visitor.page.goto(path);
    await this.ready();
  }

  /** Goes there, and waits for no thread. */
  async visit(path: string): Promise<void> {
    await this.visitor.page.goto(path);
  }

  /** Turns to another thread on the same page. */
  async tab(name: string): Promise<void> {
    await this.visitor.page.getByRole('button', { name, exact: true }).click();
    await this.ready();
  }

  async reload(): Promise<void> {
    await this.visitor.page.reload();
    await this.ready();
  }

  async ask(words: string): Promise<void> {
    await this.write(words);
    await this.button('Ask').click();
  }

  async note(words: string): Promise<void> {
    await this.write(words);
    await this.button('Note').click();
  }

  /** Writes and leaves it in the composer. */
  async write(words: string): Promise<void> {
    await this.#chat.getByLabel('Message', { exact: true }).fill(words);
  }

  /** These words stand in the composer. */
  async holds(words: string): Promise<void> {
    await until(`"${words}" in the composer`, async () => (await this.#chat.getByLabel('Message', { exact: true }).inputValue()) === words);
  }

  button(name: string): Locator {
    return this.#chat.getByRole('button', { name });
  }

  /** A message of this person with these words. */
  async sees(author: string, words: string): Promise<void> {
    await this.#chat.getByRole('article', { name: author, exact: true }).filter({ hasText: words }).waitFor();
  }

  /** The last reply is whole. */
  async saw(words: string): Promise<void> {
    await this.messages.last().and(this.visitor.page.locator('[aria-busy="false"]')).filter({ hasText: words }).waitFor();
  }

  async talk(): Promise<string[]> {
    const talk: string[] = [];
    for (const message of await this.messages.all()) talk.push(`${await message.getAttribute('aria-label')}: ${await message.locator('.text').textContent()}`);
    return talk;
  }

  get messages(): Locator {
    return this.#chat.getByRole('log').getByRole('article');
  }

  get #chat(): Locator {
    return this.visitor.page.getByRole('complementary', { name: 'Chat' });
  }

  /** What is wrong, in the page's words. */
  get alert(): Locator {
    return this.#chat.getByRole('alert');
  }

  async ready(): Promise<void> {
    await this.visitor.page.locator('[data-live="true"][data-loaded="true"]').waitFor();
  }
}
