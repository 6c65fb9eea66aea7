// The billing hook: every usage fact goes to the app's billing service.

interface Usage {
  readonly owner: string;
  readonly stateKey: string;
  readonly fact: unknown;
}

export async function recordUsage(usage: Usage): Promise<void> {
  const url = process.env.BILLING_URL;
  if (url === undefined) return;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(usage),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`billing answered with status ${response.status}`);
}
