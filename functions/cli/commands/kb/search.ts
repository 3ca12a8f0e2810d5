import { InvalidArgumentError, type Command } from 'commander';
import { searchSafely } from '../../../bot/safe-search.ts';
import { MAX_NEAR } from '../../../bot/search-results.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { commandForThisBot } from '../../invocation.ts';
import { liveKnowledge } from '../../knowledge-session.ts';
import { faint, grouped, strong } from '../../output.ts';
import { withStore } from '../../session.ts';
import { UsageError } from '../../usage-error.ts';

const SNIPPET_CHARACTERS = 160;

interface SearchOptions {
  limit: number;
}

const MAX_LIMIT = 1000;

/** `bot kb search` */
export function define(command: Command): void {
  command
    .argument('<query...>', 'as a user would type it')
    .option('--limit <number>', 'number of results', parseLimit, 5);
  defineCommand<SearchOptions>(command, {
    examples: [
      ['watchdog type:fault --limit 20', 'with a filter: manufacturer: family: type: difficulty: safety:'],
    ],
    run: search,
  });
}

async function search({ options, args, output, target }: Invocation<SearchOptions>): Promise<number> {
  const query = args.join(' ').trim();
  if (query === '') throw new UsageError('Say what to search for');
  return withStore(await target(), async (session) => {
    const version = await liveKnowledge(session, output);
    const result = searchSafely(version.index, query, { limit: options.limit });
    const excerpts = await version.excerptsOf(result.hits.map(({ id }) => id));
    const hits = result.hits.map(({ id, title, score, facets }, i) => {
      const snippet = version.index.snippet(excerpts[i] ?? '', result.terms, SNIPPET_CHARACTERS);
      return { atom_id: id, title, score, facets, snippet };
    });
    for (const { name, typed, known } of result.unknownFilters)
      output.line(
        `⚠️  ${name}:${typed} is not known and was ignored; known: ${known.slice(0, 10).join(', ')}`,
      );
    if (result.hazard !== undefined)
      output.line(`⛔ This speaks of a hazard (${result.hazard}): the bot warns before it answers`);
    output.line(`🔍 Search Results for: ${query}`);
    output.line();
    if (result.isAnswer) output.line(`Found ${grouped(result.found)} atom(s)`);
    else output.line(hits.length > 0 ? 'Nothing here answers this; the nearest:' : 'Found 0 atom(s)');
    if (result.missing.length > 0) output.line(`⚠️  Nothing here mentions: ${result.missing.join(', ')}`);
    // The JSON has all of them.
    hits
      .slice(0, result.isAnswer ? result.found : MAX_NEAR)
      .forEach(({ atom_id, title, facets, snippet }, at) => {
        output.line();
        output.line(strong(`${at + 1}. [${facets.type.toUpperCase()}] ${title}`));
        if (snippet !== '') output.line(`   ${snippet}`);
        output.line(faint(`   ${atom_id}`));
        output.line(faint(`   Manufacturer: ${facets.manufacturer}`));
      });
    output.line();
    if (result.didYouMean !== undefined) output.line(`Did you mean: ${result.didYouMean}`);
    if (hits.length > 0) output.line(`💡 ${commandForThisBot('kb get <atom id>')} shows one of them`);
    output.json({
      query,
      filters: result.filters,
      unknown_filters: result.unknownFilters,
      missing: result.missing,
      unknown_names: result.unknownNames,
      hazard: result.hazard ?? null,
      is_answer: result.isAnswer,
      found: result.found,
      total: result.total,
      did_you_mean: result.didYouMean ?? null,
      hits,
    });
    return 0;
  });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`Takes a whole number from 1 to ${MAX_LIMIT}.`);
}
