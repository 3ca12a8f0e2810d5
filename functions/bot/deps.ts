import type { UserFromGetMe } from 'grammy/types';
import type { HealthReport } from '../status/report.ts';
import type { KnowledgeBase } from '../knowledge/port.ts';
import type { Clock } from '../lease/clock.ts';
import type { ScriptStore } from '../scripts/store.ts';
import type { Settings } from '../settings/settings.ts';
import type { TelegramAccess, TelegramCall } from '../telegram/tenure-bot.ts';
import type { FeedbackStore } from './feedback-store.ts';
import type { GapStore } from './gap-store.ts';
import type { LanguageStore } from './language-store.ts';
import type { PersonalData } from './personal-data.ts';
import type { QueryStore } from './query-store.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Uploads } from './uploads.ts';

/** All that the bot needs from outside; only entry points put it together. */
export interface BotDeps {
  telegram: TelegramAccess;
  botId: string;
  /** The answer of getMe; expected to be kept in memory. */
  botInfo: () => Promise<UserFromGetMe>;
  knowledge: KnowledgeBase;
  scripts: ScriptStore;
  rateLimiter: RateLimiter;
  queries: QueryStore;
  feedback: FeedbackStore;
  gaps: GapStore;
  languages: LanguageStore;
  personalData: PersonalData;
  /** Without it the answer to an administrator's upload is that uploads are not set up here. */
  uploads?: Uploads;
  health: () => Promise<HealthReport>;
  settings: Pick<
    Settings,
    'allowedUserIds' | 'adminUserIds' | 'rateLimitPerMinute' | 'scriptTtlDays' | 'recordGaps'
  >;
  clock: Clock;
  /** Told of every Bot API call, for metrics. */
  onCall?: (call: TelegramCall) => void;
}
