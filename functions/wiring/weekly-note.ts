import { AdminNotes } from '../bot/admin-notes.ts';
import { WeeklyNote } from '../bot/weekly-note.ts';
import type { TableOptions } from '../dynamodb/conditional-update.ts';
import { DynamoWeeklyStore } from '../dynamodb/weekly-store.ts';
import type { Pointer } from '../knowledge/store.ts';
import type { Settings } from '../settings/settings.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import { feedbackStoreOf, gapStoreOf, languageStoreOf } from './stores.ts';

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
    gaps: gapStoreOf(table),
    feedback: feedbackStoreOf(table),
    admins: new AdminNotes({
      telegram,
      settings,
      languages: languageStoreOf({ ...table, botId: table.scope }),
    }),
    nowMs: Date.now,
  });
}
