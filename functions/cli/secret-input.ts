import { UsageError } from './usage-error.ts';

const MAX_CHARACTERS = 1_000;

/** Asks for a secret without echoing it; where nobody can be asked, the first line of standard input. */
export async function secretFromOperator(question: string): Promise<string> {
  if (process.stdin.isTTY) {
    const { isCancel, password } = await import('@clack/prompts');
    const answer = await password({ message: question });
    if (isCancel(answer)) throw new UsageError('Nothing was stored');
    return answer.trim();
  }
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.includes('\n') || text.length > MAX_CHARACTERS) break;
  }
  const line = text.split('\n')[0]?.trim() ?? '';
  if (line === '')
    throw new UsageError('Standard input is empty: pipe the secret in, or run it in a terminal');
  return line;
}
