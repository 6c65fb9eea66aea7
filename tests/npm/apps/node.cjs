// Node's own `require` of an ES module.
const { createAccumulator, ThreadkeepError } = require('threadkeep');

const accumulator = createAccumulator({ messageId: 'm' });
accumulator.push({ type: 'text_delta', delta: 'Hello wörld 🌍' });
accumulator.push({ type: 'done', finishReason: 'stop' });
console.log(JSON.stringify({ pushed: accumulator.finish(), error: new ThreadkeepError('internal').status }));
