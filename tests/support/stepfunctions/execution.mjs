// One execution of a Step Functions definition by the interpreter aws-local-stepfunctions, which is not ours.
//
// The definition runs as it is; only its substitutions are filled in, as AWS SAM's DefinitionSubstitutions does. Around
// the interpreter this file supplies what a machine without AWS lacks:
// - Task states call Lambda through lambda.mjs.
// - $$.State is kept up to date; the interpreter's context object has no State of its own.
// - Waits, and the pauses before retries, are shortened if asked. What the definition asked for is reported, added up,
//   and told to a virtual clock before the next task starts. The total is held against the definition's TimeoutSeconds.
//
// Refused: Map and Parallel states, JSONata, Wait states with a timestamp, tasks other than lambda:invoke.

import './shim.mjs';
import { JSONPath } from 'jsonpath-plus';
import { StateMachine } from 'aws-local-stepfunctions';
import { INVOKE_RESOURCE, StatesError, invoke, post } from './lambda.mjs';

const ACCOUNT = 'us-east-1:123456789012';

/** Something that this harness can't run or reach; its message is for the person who called it. */
export class HarnessError extends Error {}

/** Fills in ${NAME} in a definition's text from `values`; a name without a value is an error. */
export function substitute(text, values) {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name) => {
    if (!(name in values)) throw new HarnessError(`the definition has ${whole}: give --substitute ${name}=VALUE`);
    return values[name];
  });
}

function refuseUnsupported(definition) {
  if ((definition.QueryLanguage ?? 'JSONPath') !== 'JSONPath') {
    throw new HarnessError('only JSONPath definitions run here');
  }
  for (const [name, state] of Object.entries(definition.States)) {
    const problem = unsupported(state);
    if (problem) throw new HarnessError(`state ${name}: ${problem} is not supported by this harness`);
  }
}

function unsupported(state) {
  if (['Map', 'Parallel'].includes(state.Type)) return `the type ${state.Type}`;
  if (state.Type === 'Task' && !INVOKE_RESOURCE.test(state.Resource)) return `the resource ${state.Resource}`;
  if (state.Type === 'Wait' && (state.Timestamp || state.TimestampPath)) return 'a Wait until a timestamp';
  return undefined;
}

/** Runs one definition once. `report` is called with one plain object per event, in order. */
export class Execution {
  /**
   * definition: the object, substituted; lambda: URL of the Lambda API; name: of the execution; pauseMs: how long each
   * wait really takes, undefined for as long as asked; clock: {url, body} templates with {seconds}, or undefined.
   */
  constructor({ definition, lambda, name, pauseMs, clock, report }) {
    refuseUnsupported(definition);
    Object.assign(this, { definition, lambda, name, pauseMs, clock, report });
    this.stateContext = {};
    this.waitedSeconds = 0;
    this.clockReached = Promise.resolve();
  }

  /** Resolves to {status, output} or {status, error, cause}, with waitedSeconds; throws a HarnessError. */
  async run(input) {
    const machine = new StateMachine(this.observed(), { validationOptions: { noValidate: true } });
    this.running = machine.run(input, { context: this.context(), overrides: this.overrides() });
    const reported = this.reportAll();
    const outcome = await this.running.result.then(succeeded, (error) => this.failed(error));
    await reported;
    if (this.broken) throw this.broken;
    return { ...outcome, waitedSeconds: this.waitedSeconds };
  }

  // The interpreter looks a state up exactly when it enters it: that is when $$.State starts anew.
  observed() {
    const enter = (name) => Object.assign(this.stateContext,
      { EnteredTime: new Date().toISOString(), Name: name, RetryCount: 0 });
    const States = new Proxy(this.definition.States, {
      get(states, name) {
        if (Object.hasOwn(states, name)) enter(name);
        return states[name];
      },
    });
    return { ...this.definition, States };
  }

  context() {
    const machine = `arn:aws:states:${ACCOUNT}:stateMachine:local`;
    return {
      Execution: { Id: `arn:aws:states:${ACCOUNT}:execution:local:${this.name}`, Name: this.name },
      State: this.stateContext,
      StateMachine: { Id: machine, Name: 'local' },
    };
  }

  overrides() {
    const named = (type, value) => Object.fromEntries(Object.entries(this.definition.States)
      .filter(([, state]) => state.Type === type).map(([name]) => [name, value(name)]));
    const tasks = { taskResourceLocalHandlers: named('Task', (name) => (parameters) => this.task(name, parameters)) };
    if (this.pauseMs === undefined) return tasks;
    return {
      ...tasks,
      waitTimeOverrides: named('Wait', () => this.pauseMs),
      retryIntervalOverrides: named('Task', () => this.pauseMs),
    };
  }

  async task(state, parameters) {
    // Counted here, after this attempt's Parameters were made: the next attempt, if any, sees one more.
    this.stateContext.RetryCount += 1;
    // A turn of the event loop lets the events before this one be reported first.
    await new Promise(setImmediate);
    await this.clockReached;
    // The interpreter still enters the state that follows an aborted wait; nothing may be invoked from there.
    if (this.timedOut || this.broken) throw new StatesError('States.Timeout', 'the execution is over', { final: true });
    this.report({ type: 'TaskStarted', state, function: parameters.FunctionName, payload: parameters.Payload });
    const result = await invoke(this.lambda, parameters);
    this.report({ type: 'TaskSucceeded', state, payload: result.Payload });
    return result;
  }

  async reportAll() {
    for await (const event of this.running.eventLogs) {
      const handler = this.handlers[event.type];
      if (handler) handler.call(this, event);
    }
  }

  handlers = {
    ExecutionStarted({ input }) {
      this.report({ type: 'ExecutionStarted', execution: this.context().Execution.Id, input });
    },
    StateEntered({ state }) {
      this.report({ type: 'StateEntered', state: state.name, stateType: state.type, input: state.input });
      if (state.type === 'Wait') this.wait(state);
    },
    StateFailed({ state, Error: error, Cause: cause }) {
      if (state.type === 'Task') this.report({ type: 'TaskFailed', state: state.name, error, cause });
    },
    StateRetried({ state, retry: { retrier, attempt } }) {
      const longest = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** (attempt - 1);
      this.report({ type: 'Retried', state: state.name, attempt,
        atMostSeconds: Math.min(longest, retrier.MaxDelaySeconds ?? longest) });
    },
    StateCaught({ state, catch: { catcher } }) {
      this.report({ type: 'Caught', state: state.name, next: catcher.Next });
    },
  };

  wait({ name, input }) {
    const { Seconds, SecondsPath } = this.definition.States[name];
    const seconds = Seconds ?? JSONPath({ path: SecondsPath, json: input, wrap: false });
    if (!Number.isInteger(seconds)) return; // the interpreter itself ends the execution with States.Runtime
    this.report({ type: 'Wait', state: name, seconds });
    this.waitedSeconds += seconds;
    if (this.waitedSeconds > (this.definition.TimeoutSeconds ?? Infinity)) this.timeOut();
    if (this.clock) this.clockReached = this.clockReached.then(() => this.advance(seconds));
  }

  timeOut() {
    this.timedOut = true;
    this.running.abort();
  }

  async advance(seconds) {
    const fill = (template) => template.replaceAll('{seconds}', String(seconds));
    const url = fill(this.clock.url);
    const headers = { 'content-type': 'application/json' };
    const answer = await post(url, fill(this.clock.body), headers).catch((error) => ({ status: error.message }));
    if (answer.status >= 200 && answer.status < 300) return;
    this.broken = new HarnessError(`the clock at ${url} did not advance: ${answer.status}`);
    this.running.abort();
  }

  failed(error) {
    if (this.timedOut || error.name === 'ExecutionTimeoutError') {
      const cause = 'the execution took longer than its TimeoutSeconds';
      return { status: 'TIMED_OUT', error: 'States.Timeout', cause };
    }
    const reason = error.cause ?? error;
    return { status: 'FAILED', error: reason.name, cause: reason.message };
  }
}

function succeeded(output) {
  return { status: 'SUCCEEDED', output };
}
