'use client';

import type { UIMessage } from 'ai';
import { useEffect } from 'react';
import { loadMessages } from '@/lib/api';

/** Pause between two looks, in milliseconds. */
const LOOK_EVERY_MS = 1_500;

/** While `waiting`, looks at the stored thread again and again, and takes it over once it ends with a reply. */
export function useLateReply(stateKey: string, waiting: boolean, onReply: (messages: UIMessage[]) => void): void {
  useEffect(() => {
    if (!waiting) return;
    let gone = false;
    const timer = setInterval(async () => {
      // A look that fails is made again: the thread itself is on the page already.
      const messages = await loadMessages(stateKey).catch(() => undefined);
      if (!gone && messages?.at(-1)?.role === 'assistant') onReply(messages);
    }, LOOK_EVERY_MS);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [stateKey, waiting, onReply]);
}
