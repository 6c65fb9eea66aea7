/** The worker said no: `{"error": {"code", "message"}}` with a status. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Reads the refusal out of an answer that is not 2xx. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const told = errorBody(await response.text());
  return new Refusal(response.status, told?.code ?? 'unknown', told?.message ?? `the server answered ${response.status}`);
}

/** What to show for any error: the server's own words where it had some, never a stack or a JSON text. */
export function humane(error: unknown): string {
  if (error instanceof Refusal) return sentence(error.message);
  if (error instanceof TypeError) return 'The server cannot be reached. Is it running, and are you online?';
  if (!(error instanceof Error)) return 'Something went wrong.';
  // The stock transport puts the body of a refusal into the message of its error.
  return sentence(errorBody(error.message)?.message ?? error.message);
}

function errorBody(text: string): { code?: string; message?: string } | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
    const { error } = body;
    return typeof error === 'object' && error !== null ? error : undefined;
  } catch {
    return undefined;
  }
}

/** Error messages are lower case without a full stop; people read sentences. */
function sentence(message: string): string {
  const text = message.trim();
  if (text === '') return 'Something went wrong.';
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? '' : '.');
}
