// The executor: a graph of two nodes. `model` talks; when it calls tools, `tools` runs them and leads back to `model`.

import type { AiEvent, OpenAiMessage } from 'threadkeep';
import { askModel, ModelError } from './model';
import { TOOLS } from './tools';

/** A model that still calls tools after so many rounds is going in circles. */
const MAX_ROUNDS = 8;

const INSTRUCTIONS: OpenAiMessage = { role: 'system', content: 'You are a helpful assistant. Answer briefly.' };

interface Call {
  id: string;
  name: string;
  arguments: string;
}

/** Runs the graph on a conversation. */
export async function* runGraph(conversation: readonly OpenAiMessage[]): AsyncGenerator<AiEvent> {
  const messages = [INSTRUCTIONS, ...conversation];
  try {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const calls = yield* model(messages);
      if (calls.length === 0) {
        yield { type: 'done', finishReason: 'stop' };
        return;
      }
      yield* tools(calls, messages);
    }
    yield { type: 'error', error: 'internal' };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    yield { type: 'error', error: error.status === 429 ? 'rate_limited' : 'upstream_interrupted' };
  }
}

/** Node `model`: says what it says, and gives the tools that it calls. */
async function* model(messages: OpenAiMessage[]): AsyncGenerator<AiEvent, Call[]> {
  yield { type: 'status', phase: 'thinking' };
  let content = '';
  const calls: Call[] = [];
  for await (const delta of askModel(messages)) {
    switch (delta.type) {
      case 'text':
        content += delta.text;
        yield { type: 'text_delta', delta: delta.text };
        break;
      case 'call': {
        const call = (calls[delta.index] ??= { id: '', name: '', arguments: '' });
        call.id += delta.id ?? '';
        call.name += delta.name ?? '';
        call.arguments += delta.arguments ?? '';
        break;
      }
      case 'usage':
        yield { type: 'usage_report', fact: { model: process.env.OPENAI_MODEL, promptTokens: delta.promptTokens, completionTokens: delta.completionTokens } };
    }
  }
  const toolCalls = calls.map(({ id, ...call }) => ({ id, type: 'function' as const, function: call }));
  messages.push({ role: 'assistant', content: content || null, ...(toolCalls.length > 0 && { tool_calls: toolCalls }) });
  return calls;
}

/** Node `tools`: runs the calls, and tells the model what came of them. */
async function* tools(calls: readonly Call[], messages: OpenAiMessage[]): AsyncGenerator<AiEvent> {
  yield { type: 'status', phase: 'tool_use' };
  // All are called before the first result is there: they are of one step.
  for (const { id, name, arguments: json } of calls) yield { type: 'tool_call_start', toolCallId: id, toolName: name, args: parse(json) };
  for (const { id, name, arguments: json } of calls) {
    const outcome = run(name, json);
    yield { type: 'tool_call_result', toolCallId: id, ...outcome };
    messages.push({ role: 'tool', tool_call_id: id, content: JSON.stringify(outcome.result) });
  }
}

function run(name: string, json: string): { result: unknown; isError?: boolean } {
  try {
    const tool = TOOLS[name];
    if (tool === undefined) throw new Error('there is no such tool');
    return { result: tool.run(JSON.parse(json)) };
  } catch (error) {
    return { result: error instanceof Error ? error.message : 'the tool failed', isError: true };
  }
}

/** A model may write arguments that are no JSON: then they are shown as they are. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
