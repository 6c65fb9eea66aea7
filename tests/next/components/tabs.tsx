'use client';

import { useState } from 'react';
import type { Scope } from 'threadkeep/react';
import { SpecChat } from './spec-chat';

interface Props {
  readonly user: string;
  readonly workerUrl: string;
  readonly tabs: readonly { readonly scope: Scope; readonly threadId: string }[];
}

/** The same component on another scope, without a `key` that would make it another one; or on none. */
export function Tabs({ tabs, ...who }: Props) {
  const [open, setOpen] = useState<number>();
  const tab = open === undefined ? undefined : tabs[open];
  return (
    <main>
      {tabs.map(({ scope }, at) => (
        <button key={scope.scopeId} onClick={() => setOpen(at)}>
          {scope.scopeId}
        </button>
      ))}
      <button onClick={() => setOpen(undefined)}>none</button>
      {tab && <SpecChat {...who} {...tab} stored={NOTHING} />}
    </main>
  );
}

const NOTHING: never[] = [];
