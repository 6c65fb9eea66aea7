// How a test of the page is told: each story gets a browser of its own, a name nobody else has, and must leave no
// error behind in the browser's console.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { chromium, type Browser } from 'playwright-core';
import { Threadkeep } from './start.ts';
import { Visitor } from './visitor.ts';

const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

/** Milliseconds. Generous: the machine may build something else meanwhile. */
const STORY_WITHIN_MS = 120_000;

let threadkeep: Threadkeep;
let browser: Browser;

/** Starts what the stories of a file share. Call it once, at the top. */
export function onePageForAll(): void {
  before(async () => {
    threadkeep = await Threadkeep.start();
    browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS });
  });
  after(async () => {
    await browser?.close();
    await threadkeep?.end();
  });
}

export function story(fact: string, tell: (visitor: Visitor) => Promise<void>): void {
  test(fact, { timeout: STORY_WITHIN_MS }, async () => {
    const visitor = await Visitor.arrive(browser, threadkeep.url, newName());
    try {
      await tell(visitor);
      assert.deepEqual(visitor.complaints, [], 'the console has no errors');
    } catch (error) {
      console.error(`${fact}: the page when it failed\n${await visitor.seen()}`);
      throw error;
    } finally {
      await visitor.leave();
    }
  });
}

export function newName(): string {
  return `visitor-${randomBytes(6).toString('hex')}`;
}
