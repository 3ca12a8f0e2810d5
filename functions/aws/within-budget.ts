import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CallBudget } from './call-budgets.ts';

/** The options by which a client of the SDK keeps a budget: without them some of its waits have no end. */
export function withinBudget({ attempts, connectMs, answerMs }: CallBudget): {
  maxAttempts: number;
  requestHandler: NodeHttpHandler;
} {
  return {
    maxAttempts: attempts,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      // Without this the SDK only warns. It covers the wait for the head of the answer; socketTimeout its body.
      throwOnRequestTimeout: true,
      socketTimeout: answerMs,
    }),
  };
}
