import { GrammyError, InputFile } from 'grammy/web';
import type { Script } from '../scripts/script.ts';
import { reply, replyTo } from './answer.ts';
import type { BotContext } from './context.ts';

const MAX_NAME = 60;

/** A group may allow text and no documents. */
const NO_DOCUMENTS = /not enough rights to send documents|CHAT_SEND_DOCS_FORBIDDEN/i;

/**
 * Sends a script as two documents. The one that people read comes last, with the summary as its caption: when it has
 * gone out nothing is left that could fail and have it sent again.
 */
export async function sendScript(ctx: BotContext, script: Script, asked: string): Promise<void> {
  const { scriptToJson, scriptToMarkdown } = await import('../scripts/make-script.ts');
  const name = fileName(script.title);
  const json = new InputFile(Buffer.from(scriptToJson(script)), `${name}.json`);
  const markdown = new InputFile(Buffer.from(scriptToMarkdown(script)), `${name}.md`);
  try {
    await ctx.replyWithDocument(json, { disable_notification: true, ...replyTo(ctx) });
  } catch (error) {
    if (!(error instanceof GrammyError && NO_DOCUMENTS.test(error.description))) throw error;
    return reply(ctx, { text: ctx.texts.script.noDocuments });
  }
  await ctx.replyWithDocument(markdown, {
    caption: ctx.texts.script.summary(script, asked).markup,
    parse_mode: 'HTML',
    ...replyTo(ctx),
  });
}

/** A title as a file name that every system takes. */
function fileName(title: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_NAME)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'script' : `script-${slug}`;
}
