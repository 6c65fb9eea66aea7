import { generateId } from 'ai';
import { useCallback, useEffect, useState } from 'react';

/** Which thread is shown. A new one has a key already, but no address until its first message is sent. */
export interface Place {
  stateKey: string;
  isNew: boolean;
}

export interface Address {
  place: Place;
  open: (stateKey: string) => void;
  openNew: () => void;
  /** The new thread has its first message: from now on the address names it. */
  keep: () => void;
}

/** The address bar as state: `?thread=<stateKey>`, so that refresh, back and a copied link all work. */
export function useAddress(): Address {
  const [place, setPlace] = useState(readPlace);

  useEffect(() => {
    const onPopState = () => setPlace(readPlace());
    addEventListener('popstate', onPopState);
    return () => removeEventListener('popstate', onPopState);
  }, []);

  const open = useCallback((stateKey: string) => {
    history.pushState(null, '', threadHref(stateKey));
    setPlace({ stateKey, isNew: false });
  }, []);

  const openNew = useCallback(() => {
    if (location.search !== '') history.pushState(null, '', location.pathname);
    setPlace(newPlace());
  }, []);

  const keep = useCallback(() => {
    setPlace((current) => {
      if (!current.isNew) return current;
      history.replaceState(null, '', threadHref(current.stateKey));
      return { ...current, isNew: false };
    });
  }, []);

  return { place, open, openNew, keep };
}

export function threadHref(stateKey: string): string {
  return `?thread=${encodeURIComponent(stateKey)}`;
}

function readPlace(): Place {
  const stateKey = new URLSearchParams(location.search).get('thread');
  return stateKey ? { stateKey, isNew: false } : newPlace();
}

/** The client chooses the key, as stock `useChat` does with its chat id; 16 letters and digits. */
function newPlace(): Place {
  return { stateKey: generateId(), isNew: true };
}
