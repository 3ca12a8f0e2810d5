/** The body of a Bot API answer. https://core.telegram.org/bots/api#making-requests */
export interface Answer {
  body: string;
  /** Absent: the call was carried out. */
  errorCode?: number;
}

/**
 * Reads an answer, and puts one of the Bot API's form in its place where it is not one: a proxy or a firewall answers
 * with pages of its own, some of them JSON.
 */
export function answerIn(body: string, status: number): Answer {
  try {
    const answer = JSON.parse(body) as { ok?: unknown; error_code?: unknown } | null;
    if (answer?.ok === true) return { body };
    if (answer?.ok === false && Number.isInteger(answer.error_code)) {
      return { body, errorCode: Number(answer.error_code) };
    }
  } catch {
    // Not JSON.
  }
  // A proxy knows of floods, of bodies too large and of outages; what else it refuses says nothing of the update.
  const errorCode = status === 429 || status === 413 || status >= 500 ? status : 502;
  const description = `the answer (${status}) was not the Bot API's`;
  return { body: JSON.stringify({ ok: false, error_code: errorCode, description }), errorCode };
}

/** `fetch` whose answers all have the Bot API's form. */
export function botApiFetch(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init);
    return new Response(answerIn(await response.text(), response.status).body);
  };
}
