// Answers expressions as jsonata-js does. A line of JSON in, {"source", "input", "bindings"}; a line out: {"value"}, {"undefined": true},
// {"function": true}, {"code", "message"}, or {"odd": "why"} where it has no answer that could be compared.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const jsonata = createRequire(`${process.argv[2]}/`)('jsonata');

// A JSON value nested so deep, or so long, is no result of ours either.
const LONGEST = 4_000_000;

async function answer({ source, input, bindings }) {
  let expression;
  try {
    expression = jsonata(source, { timeout: 500, stack: 300, RegexEngine: RegExp });
  } catch (error) {
    return failure(error);
  }
  try {
    const value = await expression.evaluate(input, bindings);
    if (value === undefined) return { undefined: true };
    if (typeof value === 'function' || value?._jsonata_lambda || value?._jsonata_function) return { function: true };
    const text = JSON.stringify(value, (_, it) => (typeof it === 'number' && !Number.isFinite(it) ? { odd: String(it) } : it));
    if (text === undefined) return { odd: 'no JSON' };
    if (text.length > LONGEST) return { odd: 'long' };
    return { value: JSON.parse(text) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error) {
  if (typeof error?.code === 'string') return { code: error.code, message: String(error.message) };
  return { odd: String(error?.message ?? error) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = JSON.stringify(await answer(JSON.parse(line)));
  } catch (error) {
    said = JSON.stringify({ odd: String(error) });
  }
  process.stdout.write(`${said}\n`);
}
