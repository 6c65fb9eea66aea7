// The Chromium of a test file, closed when the file's tests have ended.

import { after } from 'node:test';
import { chromium, type Browser } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

export async function launch(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS, timeout: 120_000 });
  after(async () => browser.close());
  return browser;
}
