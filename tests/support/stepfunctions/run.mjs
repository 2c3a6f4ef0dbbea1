// Runs a Step Functions definition from the command line; see execution.mjs for what happens.
//
// Standard output: one JSON object per line for each event, the last line is {"type":"Result",…}.
// Exit status: 0 the execution succeeded, 1 it failed or timed out, 2 it could not be run.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Execution, HarnessError, substitute } from './execution.mjs';

const USAGE = `usage: node run.mjs --definition FILE --lambda URL --function NAME --input JSON|@FILE
  [--substitute NAME=VALUE]…   value for \${NAME} in the definition; FunctionArn is made from --function
  [--wait real|skip|SECONDS]   how long each wait and each pause before a retry really takes (default real)
  [--clock URL]                POSTed for each wait; {seconds} stands for the seconds asked for
  [--clock-body TEXT]          its body (default {"seconds": {seconds}})
  [--execution-name NAME]      default execution-1`;

const OPTIONS = {
  definition: { type: 'string' },
  lambda: { type: 'string' },
  function: { type: 'string' },
  input: { type: 'string' },
  substitute: { type: 'string', multiple: true, default: [] },
  wait: { type: 'string', default: 'real' },
  clock: { type: 'string' },
  'clock-body': { type: 'string', default: '{"seconds": {seconds}}' },
  'execution-name': { type: 'string', default: 'execution-1' },
};
const REQUIRED = ['definition', 'lambda', 'function', 'input'];

function parseCommandLine() {
  let values;
  try {
    ({ values } = parseArgs({ options: OPTIONS }));
  } catch (error) {
    throw new HarnessError(`${error.message}\n${USAGE}`);
  }
  const missing = REQUIRED.filter((name) => values[name] === undefined);
  if (missing.length) throw new HarnessError(`missing --${missing.join(', --')}\n${USAGE}`);
  return values;
}

function pauseMs(wait) {
  if (wait === 'real') return undefined;
  const seconds = wait === 'skip' ? 0 : Number(wait);
  if (!(seconds >= 0)) throw new HarnessError(`--wait ${wait}: write real, skip, or a number of seconds`);
  return seconds * 1000;
}

function substitutions({ function: name, substitute: pairs }) {
  const arn = name.startsWith('arn:') ? name : `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
  const given = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new HarnessError(`--substitute ${pair}: write NAME=VALUE`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { FunctionArn: arn, ...Object.fromEntries(given) };
}

async function readJson(what, text) {
  try {
    return JSON.parse(text.startsWith('@') ? await readFile(text.slice(1), 'utf8') : text);
  } catch (error) {
    throw new HarnessError(`${what}: ${error.message}`);
  }
}

async function readDefinition(options) {
  const text = await readFile(options.definition, 'utf8').catch((error) => {
    throw new HarnessError(`--definition: ${error.message}`);
  });
  return readJson(`--definition ${options.definition}`, substitute(text, substitutions(options)));
}

async function main() {
  const options = parseCommandLine();
  const report = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
  const execution = new Execution({
    definition: await readDefinition(options),
    lambda: options.lambda,
    name: options['execution-name'],
    pauseMs: pauseMs(options.wait),
    clock: options.clock && { url: options.clock, body: options['clock-body'] },
    report,
  });
  const result = await execution.run(await readJson('--input', options.input));
  report({ type: 'Result', ...result });
  return result.status === 'SUCCEEDED' ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof HarnessError)) throw error;
  process.stderr.write(`stepfunctions harness: ${error.message}\n`);
  process.exitCode = 2;
}
