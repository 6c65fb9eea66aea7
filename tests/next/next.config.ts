import type { NextConfig } from 'next';

const config: NextConfig = {
  // This project stands inside another one; an app of its own needs no such line.
  turbopack: { root: import.meta.dirname },
  // A browser may ask for it before the page has told of `icon.svg`, and complains when there is none.
  rewrites: async () => [{ source: '/favicon.ico', destination: '/icon.svg' }],
};

export default config;
