import type { NextConfig } from 'next';

const config: NextConfig = {
  // This project stands inside another one; an app of its own needs no such line.
  turbopack: { root: import.meta.dirname },
};

export default config;
