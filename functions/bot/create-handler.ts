import { Composer } from 'grammy/web';
import type { UpdateHandler } from '../lease/verdict.ts';
import { botForTenure } from '../telegram/tenure-bot.ts';
import { withPlainCommand } from './addressing.ts';
import { type BotContext, contextOf } from './context.ts';
import type { BotDeps } from './deps.ts';
import { admin } from './features/admin.ts';
import { feedback } from './features/feedback.ts';
import { generateScript } from './features/generate-script.ts';
import { help } from './features/help.ts';
import { inline } from './features/inline.ts';
import { kbGet } from './features/kb-get.ts';
import { kbSearch } from './features/kb-search.ts';
import { kbStats } from './features/kb-stats.ts';
import { language } from './features/language.ts';
import { plainText } from './features/plain-text.ts';
import { privacy } from './features/privacy.ts';
import { scripts } from './features/scripts.ts';
import { start } from './features/start.ts';
import { status } from './features/status.ts';
import { gates } from './gates.ts';
import { typingWhileSlow } from './typing.ts';

/**
 * The handler of updates: it answers what a user asks under the tenure that was granted for it. Every failure is thrown
 * on to the consumer, whose judge decides whose fault it is.
 */
export function createUpdateHandler(deps: BotDeps): UpdateHandler {
  const features = featuresOf(deps);
  return async (update, tenure) => {
    const { telegram: access, onCall } = deps;
    const botInfo = await tenure.waiting(deps.botInfo());
    const bot = botForTenure<BotContext>({ access, botInfo, tenure, ...(onCall && { onCall }) });
    bot.use(contextOf(deps, tenure), features);
    await bot.handleUpdate(withPlainCommand(update));
  };
}

function featuresOf(deps: BotDeps): Composer<BotContext> {
  return new Composer<BotContext>(
    gates(deps),
    typingWhileSlow(deps.clock),
    start(deps),
    help(),
    kbStats(),
    kbSearch(deps),
    kbGet(deps),
    generateScript(deps),
    scripts(deps),
    status(deps),
    language(deps),
    privacy(deps),
    feedback(deps),
    inline(deps),
    admin(deps),
    // Last: it takes whatever is left.
    plainText(deps),
  );
}
