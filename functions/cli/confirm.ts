import { UsageError } from './usage-error.ts';

/**
 * Asks before something that cannot be undone.
 * @throws UsageError where nobody can be asked and `--yes` was not given
 */
export async function confirmed(question: string, options: { yes?: boolean }): Promise<boolean> {
  if (options.yes === true) return true;
  if (!process.stdin.isTTY) throw new UsageError(`${question} Add --yes, since nobody can be asked here.`);
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: question, initialValue: false });
  return !isCancel(answer) && answer;
}
