// Stands for Lambda's own runtime client: loads a bundle's handler, then asks for one event after the other.
import { pathToFileURL } from 'node:url';

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const report = (path, error) =>
  fetch(`${api}/${path}`, {
    method: 'POST',
    body: JSON.stringify({ errorType: error?.name, errorMessage: error?.message, stack: error?.stack }),
  });

let handler;
try {
  ({ handler } = await import(pathToFileURL(process.argv[2]).href));
} catch (error) {
  await report('init/error', error);
  process.exit(1);
}
for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    const result = await handler(await next.json(), context);
    await fetch(`${api}/invocation/${id}/response`, { method: 'POST', body: JSON.stringify(result ?? null) });
  } catch (error) {
    await report(`invocation/${id}/error`, error);
  }
}
