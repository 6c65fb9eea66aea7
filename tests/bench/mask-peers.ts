// Other maskers, each as its README says. They have their own packages (tests/bench/package.json), installed only here.

export type Mask = (text: string) => string;

/** What an ordinary app has: eight expressions, one after the other. */
const EXPRESSIONS: readonly (readonly [RegExp, string])[] = [
  [/AKIA[0-9A-Z]{16}/g, '[AWS_KEY]'],
  [/gh[pousr]_[A-Za-z0-9]{36,}/g, '[GITHUB_TOKEN]'],
  [/sk-[A-Za-z0-9_-]{20,}/g, '[API_KEY]'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '[JWT]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '[PRIVATE_KEY]'],
  [/[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g, '[EMAIL]'],
  [/\b(?:\d[ -]*?){13,16}\b/g, '[CARD]'],
  [/\+?\d{1,3}[ .-]?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}/g, '[PHONE]'],
];

export const byHand: Mask = (text) => EXPRESSIONS.reduce((masked, [expression, label]) => masked.replace(expression, label), text);

/** Packages whose functions give a string at once; the others are asynchronous and are not measured per call. */
export async function peers(): Promise<Record<string, Mask>> {
  const load = async (name: string) => (await import(name)) as Record<string, any>;
  const { Redactor } = await load('@redactpii/node');
  const { default: redactPii } = await load('redact-pii');
  const { default: npmcli } = await load('@npmcli/redact');
  const { redact, standardRules } = await load('@visulima/redact');
  const { DeepRedact } = await load('@hackylabs/deep-redact');
  const [redactor, sync] = [new Redactor(), new redactPii.SyncRedactor()];
  const stringTests = EXPRESSIONS.map(([pattern, label]) => ({
    pattern,
    replacer: (value: string, own: RegExp) => value.replace(own, label),
  }));
  const deep = new DeepRedact({ stringTests });
  return {
    '@redactpii/node': (text) => redactor.redact(text),
    'redact-pii': (text) => sync.redact(text),
    '@npmcli/redact': (text) => npmcli.redact(text),
    '@visulima/redact': (text) => redact(text, standardRules),
    '@hackylabs/deep-redact, the same 8': (text) => deep.redact(text),
  };
}
