// The service integration arn:aws:states:::lambda:invoke, towards a Lambda Invoke API on this machine.
//
// Does what Step Functions does around the call: a good answer is wrapped together with its metadata, a function error
// becomes a States error named by the body's errorType with the body as cause, and an error of the Lambda API itself
// becomes "Lambda." and its name. (Step Functions Developer Guide, "Invoke an AWS Lambda function with Step Functions"
// and "Handling errors in Step Functions workflows".) Node's http module is used because fetch gives up after 300 s.
//
// Does not sign, does not do .waitForTaskToken, and knows no qualifier or client context.

import http from 'node:http';

export const INVOKE_RESOURCE = /^arn:aws[a-z-]*:states:::lambda:invoke$/;

// Step Functions: "Maximum input or output size for a task, state, or execution", in bytes of UTF-8.
const MAX_PAYLOAD_BYTES = 262144;

/** An error that Retry and Catch can match by name; `final` ones can be neither retried nor caught. */
export class StatesError extends Error {
  constructor(name, cause, { final = false } = {}) {
    super(cause);
    this.name = name;
    this.isRetryable = !final;
    this.isCatchable = !final;
  }
}

/** POSTs text; resolves to {status, headers, body} and rejects only when there was no answer. */
export function post(url, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent: false, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({
        status: response.statusCode,
        headers: response.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Runs the task: `parameters` is what the definition's Parameters made; resolves to the task's result. */
export async function invoke(endpoint, parameters) {
  const url = new URL(`/2015-03-31/functions/${functionName(parameters.FunctionName)}/invocations`, endpoint);
  const payload = checkSize('input', JSON.stringify(parameters.Payload ?? {}));
  const answer = await send(url, payload);
  if (answer.status >= 300) throw apiError(answer);
  if (answer.headers['x-amz-function-error']) throw functionError(answer.body);
  checkSize('result', answer.body);
  return wrap(answer);
}

// A function on this machine has a name, but no account or region to be checked.
function functionName(nameOrArn) {
  return encodeURIComponent(/:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn);
}

async function send(url, payload) {
  try {
    return await post(url, payload, { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' });
  } catch (error) {
    throw new StatesError('Lambda.SdkClientException', `Unable to execute HTTP request: ${error.message}`);
  }
}

function checkSize(what, text) {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_PAYLOAD_BYTES) return text;
  const cause = `The task's ${what} has ${bytes} bytes; Step Functions passes on at most ${MAX_PAYLOAD_BYTES}`;
  throw new StatesError('States.DataLimitExceeded', cause, { final: true });
}

// The name stands in the header up to a colon, as in "TooManyRequestsException:http://…".
function apiError({ status, headers, body }) {
  const name = (headers['x-amzn-errortype'] ?? 'ServiceException').split(':')[0];
  const message = parsed(body)?.Message ?? parsed(body)?.message ?? body;
  const request = headers['x-amzn-requestid'] ?? 'none';
  return new StatesError(`Lambda.${name}`,
    `${message} (Service: Lambda, Status Code: ${status}, Request ID: ${request})`);
}

function functionError(body) {
  return new StatesError(parsed(body)?.errorType ?? 'Lambda.Unknown', body);
}

function wrap({ status, headers, body }) {
  return {
    ExecutedVersion: headers['x-amz-executed-version'] ?? '$LATEST',
    Payload: parsed(body) === undefined ? body : parsed(body),
    SdkHttpMetadata: { HttpHeaders: headers, HttpStatusCode: status },
    SdkResponseMetadata: { RequestId: headers['x-amzn-requestid'] ?? '' },
    StatusCode: status,
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
