'use client';

import type { UIMessage } from 'ai';
import { useEffect } from 'react';
import { loadMessages } from '@/lib/api';

/** Pause between two looks, in milliseconds. */
const LOOK_EVERY_MS = 1_500;

/** Most looks, five minutes of them: no platform lets a turn run longer, so a reply that has not come by then is lost. */
const MOST_LOOKS = 200;

/**
 * While `waiting`, looks at the stored thread again and again, and takes it over once it ends with a reply. In the end it
 * gives up; the page has a button to ask again.
 */
export function useLateReply(stateKey: string, waiting: boolean, onReply: (messages: UIMessage[]) => void): void {
  useEffect(() => {
    if (!waiting) return;
    let gone = false;
    let looks = 0;
    const timer = setInterval(async () => {
      looks += 1;
      if (looks === MOST_LOOKS) clearInterval(timer);
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
