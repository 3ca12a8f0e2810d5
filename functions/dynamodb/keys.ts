/** Every key of the one table, so that no two concepts can claim the same item. Layout: ./README.md. */

export interface ItemKey {
  pk: string;
  sk: string;
}

export const TTL_ATTRIBUTE = 'expires_at';

/** How many partitions the atoms are spread over, so that a full read is this many parallel Queries. */
export const ATOM_SHARDS = 8;

export const keys = {
  layout: (botId: string): ItemKey => ({ pk: `LEASE#${botId}`, sk: 'LAYOUT' }),
  lease: (botId: string, epoch: number, partition: number): ItemKey => ({
    pk: `LEASE#${botId}`,
    sk: `EPOCH#${epoch}#PARTITION#${partition}`,
  }),
  update: (botId: string, updateId: number): ItemKey => ({
    pk: `UPDATE#${botId}#${updateId}`,
    sk: 'OUTCOME',
  }),
  updatePayload: (botId: string, updateId: number, chunk: number): ItemKey => ({
    pk: `UPDATE#${botId}#${updateId}`,
    sk: `PAYLOAD#${String(chunk).padStart(4, '0')}`,
  }),
  /** Lists the parked updates without a Scan; the ledger item stays the authority. */
  dead: (botId: string, updateId: number): ItemKey => ({
    pk: `DEAD#${botId}`,
    sk: `UPDATE#${String(updateId).padStart(16, '0')}`,
  }),
  atom: (shard: number, atomId: string, version: string): ItemKey => ({
    pk: `KB#${shard}`,
    sk: `ATOM#${atomId}#${version}`,
  }),
  snapshotChunk: (version: string, chunk: number): ItemKey => ({
    pk: `KB#SNAPSHOT#${version}`,
    sk: `CHUNK#${String(chunk).padStart(4, '0')}`,
  }),
  /** Lists the snapshots that exist, published or not, so that left-overs are found without a Scan. */
  snapshot: (version: string): ItemKey => ({ pk: 'KB#CURRENT', sk: `SNAPSHOT#${version}` }),
  currentVersion: (): ItemKey => ({ pk: 'KB#CURRENT', sk: 'POINTER' }),
  script: (scriptId: string): ItemKey => ({ pk: `SCRIPT#${scriptId}`, sk: 'SCRIPT' }),
  /** Lists one user's scripts, newest last by time. */
  userScript: (userId: number, createdAtMs: number, scriptId: string): ItemKey => ({
    pk: `SCRIPTS#${userId}`,
    sk: `${String(createdAtMs).padStart(14, '0')}#${scriptId}`,
  }),
  /** The operator's wish for a webhook, and the watchdog's findings. */
  webhook: (botId: string): ItemKey => ({ pk: `STATUS#${botId}`, sk: 'WEBHOOK' }),
  /**
   * The bot that owns the table, the deployment's or else the first that ran over it: lets the health function find the
   * lease without the token.
   */
  bot: (): ItemKey => ({ pk: 'STATUS', sk: 'BOT' }),
  /** Each bot that has run over this table. */
  knownBot: (botId: string): ItemKey => ({ pk: 'STATUS', sk: `BOT#${botId}` }),
  /** The version that was deployed last, and the time. */
  deployment: (): ItemKey => ({ pk: 'STATUS', sk: 'DEPLOYMENT' }),
  /** The deployment's last settings at Telegram. */
  registration: (): ItemKey => ({ pk: 'STATUS', sk: 'REGISTRATION' }),
  /** The publication of the knowledge base that administrators know of. */
  news: (botId: string): ItemKey => ({ pk: `NEWS#${botId}`, sk: 'KNOWLEDGE' }),
  /** The time of the administrators' last weekly note. */
  weeklyNote: (botId: string): ItemKey => ({ pk: `NEWS#${botId}`, sk: 'WEEK' }),
  /** One import of an upload, so that it is begun once. */
  importRun: (botId: string, run: string): ItemKey => ({ pk: `IMPORT#${botId}`, sk: `RUN#${run}` }),
  rate: (botId: string, userId: number, minute: number): ItemKey => ({
    pk: `RATE#${botId}#${userId}`,
    sk: `MINUTE#${minute}`,
  }),
  /** The language that a person chose. */
  language: (botId: string, userId: number): ItemKey => ({
    pk: `PERSON#${botId}#${userId}`,
    sk: 'LANGUAGE',
  }),
  /** A query too long for 64 bytes of callback data, kept for its keyboard. */
  query: (queryId: string): ItemKey => ({ pk: `QUERY#${queryId}`, sk: 'QUERY' }),
  feedback: (atomId: string, userId: number): ItemKey => ({ pk: `FEEDBACK#${atomId}`, sk: `USER#${userId}` }),
  /** Lists the atoms that one user voted on, without a Scan; there before the vote is. */
  userVote: (userId: number, atomId: string): ItemKey => ({ pk: `VOTES#${userId}`, sk: `ATOM#${atomId}` }),
  /** Lists the atoms that were voted on in a day, without a Scan; the votes stay the authority. */
  voted: (day: string, atomId: string): ItemKey => ({ pk: `VOTED#${day}`, sk: `ATOM#${atomId}` }),
  gap: (day: string, query: string): ItemKey => ({ pk: `GAP#${day}`, sk: `QUERY#${query}` }),
} as const;

/** How the `sk` of each lease begins, or of those of one epoch. */
export function leasesBegin(epoch?: number): string {
  return epoch === undefined ? 'EPOCH#' : `EPOCH#${epoch}#PARTITION#`;
}
