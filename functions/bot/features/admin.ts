import { Composer } from 'grammy/web';
import type { Document } from 'grammy/types';
import { joinHtml, rich } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import { commandOf } from '../addressing.ts';
import { acknowledge, button, replace, reply } from '../answer.ts';
import { encodePress } from '../callbacks.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { lastDays } from '../gap-store.ts';
import { onPress } from '../presses.ts';
import {
  type Asker,
  MAX_UPLOAD_BYTES,
  type Upload,
  type UploadCheck,
  UploadRefusedError,
  type Uploads,
} from '../uploads.ts';

const MAX_NAME = 100;
/** How much of the time left a check may take. */
const CHECK_SHARE = 0.6;
const MAX_REASON = 500;
const GAP_DAYS = 30;
const MAX_GAPS = 30;
const SHOWN_GAP = 100;

/** The commands of administrators alone; for everybody else they do not exist. */
export function admin(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  const admins = composer.filter((ctx) => ctx.isAdmin);

  // A group's documents are not for the bot, unless they come as a command.
  admins.on('message:document', (ctx, next) => {
    const { message } = ctx;
    const isPrivate = message.chat.type === 'private';
    const isMeant = commandOf(message)?.split('@')[0] === 'kb_upload';
    if (!isMeant && !isPrivate) return next();
    return isPrivate ? checkUpload(deps, ctx, message.document) : explainUpload(deps, ctx);
  });

  admins.command('kb_upload', (ctx) => explainUpload(deps, ctx));

  admins.command('kb_reindex', async (ctx) => {
    const { uploads } = deps;
    if (uploads === undefined) return reply(ctx, { text: ctx.texts.admin.notSetUp });
    await ctx.tenure.run((signal) => uploads.beginReindex(askerOf(ctx), signal));
    await reply(ctx, { text: ctx.texts.admin.reindexStarted });
  });

  admins.command('kb_gaps', async (ctx) => {
    const { texts } = ctx;
    if (ctx.chat.type !== 'private') return reply(ctx, { text: texts.admin.gapsPrivately });
    if (!deps.settings.recordGaps) return reply(ctx, { text: texts.admin.gapsOff });
    const nowMs = deps.clock.wallMs();
    const days = lastDays(GAP_DAYS, nowMs);
    const gaps = await ctx.tenure.waiting(deps.gaps.list({ days, limit: MAX_GAPS, nowMs }));
    if (gaps.length === 0) return reply(ctx, { text: texts.admin.noGaps(GAP_DAYS) });
    const lines = gaps.map(({ query, count }) => rich`${texts.number(count)} × ${shorten(query, SHOWN_GAP)}`);
    await reply(ctx, { text: rich`${texts.admin.gapsTitle(GAP_DAYS)}\n\n${joinHtml(lines, '\n')}` });
  });

  onPress(admins, 'upload', async (ctx, { confirmed }) => {
    const { uploads } = deps;
    if (!confirmed) return replace(ctx, { text: ctx.texts.admin.cancelled });
    // The question was asked as a reply to the document, so nothing needs to be remembered until now.
    const document = ctx.callbackQuery?.message?.reply_to_message?.document;
    if (document === undefined || uploads === undefined)
      return acknowledge(ctx, ctx.texts.admin.documentGone);
    await ctx.tenure.run((signal) => uploads.begin(uploadOf(ctx, document), signal));
    await replace(ctx, { text: ctx.texts.admin.started });
  });

  return composer;
}

function explainUpload({ uploads }: BotDeps, ctx: BotContext): Promise<void> {
  const { notSetUp, upload, uploadPrivately } = ctx.texts.admin;
  if (uploads === undefined) return reply(ctx, { text: notSetUp });
  return reply(ctx, { text: ctx.chat?.type === 'private' ? upload : uploadPrivately });
}

async function checkUpload(deps: BotDeps, ctx: BotContext, document: Document): Promise<void> {
  const { admin: texts } = ctx.texts;
  if (deps.uploads === undefined) return reply(ctx, { text: texts.notSetUp });
  if ((document.file_size ?? 0) > MAX_UPLOAD_BYTES) {
    return reply(ctx, { text: texts.tooLarge });
  }
  const checking = await checkInTime(deps, deps.uploads, ctx, document);
  if (checking.kind === 'too-slow') return reply(ctx, { text: texts.tooSlow });
  if (checking.kind === 'refused')
    return reply(ctx, { text: texts.unreadable(shorten(checking.why, MAX_REASON)) });
  const { check } = checking;
  const hasChanges = check.added + check.changed > 0;
  const choice = (label: string, confirmed: boolean) =>
    button(label, encodePress({ op: 'upload', confirmed }));
  const keyboard = hasChanges ? [[choice(texts.confirm, true), choice(texts.cancel, false)]] : [];
  const { problems, problemCount, repeatedIds } = check;
  const kept = repeatedIds > 0 ? texts.repeatedIds(repeatedIds) : undefined;
  const told = problemCount === 0 ? undefined : texts.problems(problems, problemCount);
  await reply(
    ctx,
    { text: joinHtml([texts.checked(check), kept, told], '\n\n'), keyboard },
    { quotes: true },
  );
}

type Checking =
  { kind: 'checked'; check: UploadCheck } | { kind: 'refused'; why: string } | { kind: 'too-slow' };

/**
 * A deadline that passes hands the update back and has it delivered again, for a day: a document that takes too long
 * to check must be answered before that.
 */
async function checkInTime(
  { clock }: BotDeps,
  uploads: Uploads,
  ctx: BotContext,
  document: Document,
): Promise<Checking> {
  const late = new AbortController();
  const cancel = clock.after(ctx.tenure.remainingMs() * CHECK_SHARE, () => late.abort());
  try {
    const check = await ctx.tenure.run((signal) =>
      uploads.check(uploadOf(ctx, document), AbortSignal.any([signal, late.signal])),
    );
    return { kind: 'checked', check };
  } catch (error) {
    if (error instanceof UploadRefusedError) return { kind: 'refused', why: error.message };
    if (late.signal.aborted) return { kind: 'too-slow' };
    throw error;
  } finally {
    cancel();
  }
}

/** The end of a long name tells its kind. */
function uploadOf(ctx: BotContext, { file_id: fileId, file_name: name = '' }: Document): Upload {
  return { fileId, fileName: name.slice(-MAX_NAME), asker: askerOf(ctx) };
}

function askerOf({ from }: BotContext): Asker {
  const { id: userId = 0, language_code: languageCode } = from ?? {};
  return { userId, ...(languageCode !== undefined && { languageCode }) };
}
