// Someone at the page, in the words of what one does there. Finds things as assistive technology does: by role and name.

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';

export class Visitor {
  readonly name: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors and warnings of the console, and uncaught exceptions, of every tab. */
  readonly complaints: string[] = [];
  readonly #url: string;

  private constructor(context: BrowserContext, page: Page, url: string, name: string) {
    this.context = context;
    this.page = page;
    this.#url = url;
    this.name = name;
  }

  static async arrive(browser: Browser, url: string, name: string): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: url, viewport: { width: 1200, height: 800 } });
    const visitor = new Visitor(context, await context.newPage(), url, name);
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) visitor.complaints.push(message.text());
    });
    context.on('weberror', (error) => visitor.complaints.push(String(error.error())));
    return visitor;
  }

  /** The same person in a second tab: same context, same complaints. */
  async secondTab(): Promise<Visitor> {
    const tab = new Visitor(this.context, await this.context.newPage(), this.#url, this.name);
    await tab.page.goto(this.page.url());
    return tab;
  }

  async leave(): Promise<void> {
    await this.context.close();
  }

  /** What a screen reader would find, for the report of a failure. */
  async seen(): Promise<string> {
    return `${this.page.url()}\n${await this.page.locator('body').ariaSnapshot()}`;
  }

  async signIn(name = this.name): Promise<void> {
    await this.page.goto('/');
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByRole('button', { name: 'Start chatting' }).click();
    await this.composer.waitFor();
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await this.page.getByLabel('Your name').waitFor();
  }

  /** Writes and sends, and waits for nothing: a refusal may take the message back at once. */
  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.page.getByRole('button', { name: 'Send' }).click();
  }

  /** Writes and sends; the reply is then under way. */
  async say(text: string): Promise<void> {
    const before = await this.messages.count();
    await this.send(text);
    await this.messages.nth(before).waitFor();
  }

  /** Says something and waits for the whole reply. */
  async converse(text: string): Promise<void> {
    await this.say(text);
    await this.replied();
  }

  /** The last message is a reply, and it is whole. */
  async replied(): Promise<void> {
    const whole = this.page.locator('[aria-label="Reply"][aria-busy="false"]');
    await this.messages.last().and(whole).waitFor();
  }

  async startThread(): Promise<void> {
    await this.page.getByRole('button', { name: 'New thread' }).click();
    await this.page.getByRole('heading', { name: 'What is on your mind?' }).waitFor();
  }

  /** Deletes the thread of this title, and confirms. */
  async delete(title: string): Promise<void> {
    await this.rows.filter({ hasText: title }).getByRole('button', { name: 'Delete thread' }).click();
    const dialog = this.page.getByRole('dialog', { name: 'Delete this thread?' });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** The words of a message, as they stand on the page. */
  async wordsOf(message: Locator): Promise<string> {
    return (await message.locator(':scope > .text').allInnerTexts()).join('\n');
  }

  /** Titles of the list, from the top. */
  async titles(): Promise<string[]> {
    return this.rows.locator('.thread-title').allInnerTexts();
  }

  get composer(): Locator {
    return this.page.getByLabel('Message');
  }

  get messages(): Locator {
    return this.page.getByRole('log').getByRole('article');
  }

  get replies(): Locator {
    return this.page.getByRole('log').getByRole('article', { name: 'Reply' });
  }

  /** The words of the newest reply. */
  get text(): Locator {
    return this.replies.last().locator(':scope > .text').last();
  }

  get stopButton(): Locator {
    return this.page.getByRole('button', { name: 'Stop the reply' });
  }

  get alert(): Locator {
    return this.page.getByRole('alert');
  }

  get rows(): Locator {
    return this.page.getByRole('navigation', { name: 'Threads' }).getByRole('listitem');
  }
}
