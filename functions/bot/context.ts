import type { Context, MiddlewareFn } from 'grammy/web';
import type { KnowledgeVersion } from '../knowledge/port.ts';
import type { Tenure } from '../lease/tenure.ts';
import type { BotDeps } from './deps.ts';
import { choiceOf } from './languages.ts';
import { personIn, type Sender, senderOf } from './sender.ts';
import type { Texts } from './texts/catalogue.ts';
import { textsFor } from './texts/texts.ts';

export interface BotFlavour {
  tenure: Tenure;
  texts: Texts;
  /** The language that the asker chose; `undefined`: as Telegram says. */
  chosenLanguage: string | undefined;
  /** Present on updates that ask something of the bot. */
  sender: Sender | undefined;
  isAdmin: boolean;
  /**
   * The live version, the same one for the whole update; `undefined` when there is none.
   * @throws StoreUnavailableError
   */
  knowledge(): Promise<KnowledgeVersion | undefined>;
}

export type BotContext = Context & BotFlavour;

/** The same version, whose reads are waited for as the tenure's. */
function versionUnderTenure(tenure: Tenure, version: KnowledgeVersion): KnowledgeVersion {
  return {
    version: version.version,
    publishedAtMs: version.publishedAtMs,
    index: version.index,
    stats: version.stats,
    get: (id) => tenure.waiting(version.get(id)),
    getMany: (ids) => tenure.waiting(version.getMany(ids)),
    excerptsOf: (ids) => tenure.waiting(version.excerptsOf(ids)),
    briefsOf: (ids) => tenure.waiting(version.briefsOf(ids)),
  };
}

/** Gives every update its tenure, its language and its knowledge base. */
export function contextOf(deps: BotDeps, tenure: Tenure): MiddlewareFn<BotContext> {
  return async (ctx, next) => {
    let current: Promise<KnowledgeVersion | undefined> | undefined;
    ctx.tenure = tenure;
    ctx.chosenLanguage = await tenure.waiting(choiceOf(deps.languages, personIn(ctx.update)));
    ctx.texts = textsFor(ctx.chosenLanguage ?? ctx.from?.language_code);
    const sender = senderOf(ctx);
    ctx.sender = sender;
    ctx.isAdmin = sender?.isPerson === true && deps.settings.adminUserIds.includes(sender.id);
    ctx.knowledge = () => {
      current ??= tenure
        .waiting(deps.knowledge.current())
        .then((version) => version && versionUnderTenure(tenure, version));
      return current;
    };
    return next();
  };
}
