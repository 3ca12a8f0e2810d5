import { toldAs } from './chosen-bot.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/**
 * Says before a change of the knowledge base whose it is where several bots have run over the table.
 * @returns for `--json`: these bots
 * @throws StoreUnavailableError
 */
export async function toldWhoShares({ status }: Session, output: Output): Promise<{ shared_by: string[] }> {
  const bots = (await status.bots()).map(toldAs);
  if (bots.length < 2) return { shared_by: [] };
  output.note(`The knowledge base is shared by the bots of this table: ${bots.join(', ')}`);
  return { shared_by: bots };
}
