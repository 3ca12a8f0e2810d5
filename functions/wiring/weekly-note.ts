import { AdminNotes } from '../bot/admin-notes.ts';
import { WeeklyNote } from '../bot/weekly-note.ts';
import type { TableOptions } from '../dynamodb/conditional-update.ts';
import { DynamoFeedbackStore } from '../dynamodb/feedback-store.ts';
import { DynamoGapStore } from '../dynamodb/gap-store.ts';
import { DynamoWeeklyStore } from '../dynamodb/weekly-store.ts';
import type { Pointer } from '../knowledge/store.ts';
import type { Settings } from '../settings/settings.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';

/** The weekly note over one table. */
export function weeklyNoteOver(
  options: TableOptions & {
    settings: Pick<Settings, 'adminUserIds' | 'weeklyNote'>;
    telegram: TelegramAccess;
    readPointer: () => Promise<Pointer | undefined>;
  },
): WeeklyNote {
  const { settings, telegram, readPointer, ...table } = options;
  return new WeeklyNote({
    isWanted: settings.weeklyNote,
    readPointer,
    store: new DynamoWeeklyStore(table),
    gaps: new DynamoGapStore(table),
    feedback: new DynamoFeedbackStore(table),
    admins: new AdminNotes({ telegram, settings }),
    nowMs: Date.now,
  });
}
