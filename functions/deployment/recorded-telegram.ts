/** A Bot API that does nothing, says yes, and remembers which methods were called. */
export function recordedTelegram(nowMs: () => number): { fetch: typeof fetch; calls: string[] } {
  const calls: string[] = [];
  const answer = async (input: string | URL | Request): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const method = url.pathname.split('/').at(-1) ?? '';
    calls.push(method);
    return Response.json({ ok: true, result: method.startsWith('send') ? messageAt(nowMs()) : true });
  };
  return { fetch: answer, calls };
}

function messageAt(nowMs: number): object {
  return {
    message_id: 2,
    date: Math.floor(nowMs / 1000),
    chat: { id: 1, type: 'private', first_name: 'Probe' },
  };
}
