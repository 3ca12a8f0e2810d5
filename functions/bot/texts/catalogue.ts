import type { Difficulty, SafetyLevel } from '../../knowledge/atom.ts';
import type { Missing, Script, TooLittle } from '../../scripts/script.ts';
import type { FacetName } from '../../search/port.ts';
import type { LeaseReport } from '../../status/report.ts';
import type { Html } from '../../telegram/limits-html.ts';
import type { CommandName } from '../commands.ts';
import type { Hazard } from '../hazard-signs.ts';
import type { keptOf } from '../personal-data.ts';
import type { Talk } from '../talk.ts';
import type { UploadCheck, UploadResult } from '../uploads.ts';
import type { Week } from './week.ts';

/** `{name: 'manufacturer', typed: 'simens', known: 'siemens, ...'}`: a filter that matches nothing. */
export interface UnknownFilter {
  name: FacetName;
  typed: string;
  /** All on one line. */
  known: string;
}

/**
 * Everything the bot says, in one language. {@link Html} is the text of a message; strings are for places that know
 * no markup: buttons, toasts, menus. To add a language, write one more object of this type and list it in ./texts.ts.
 */
export interface Texts {
  /** With the language's separators. */
  number: (value: number) => string;
  /** The name of an atom's type, as a heading has it: `procedure` -> `Procedure`. */
  typeName: (type: string) => string;
  /** In a group only commands and mentions are answered. */
  start(options: { isAdmin: boolean; username: string; isGroup: boolean }): Html;
  help(options: { isAdmin: boolean; username: string; isGroup: boolean }): Html;
  unknownCommand(command: string): Html;
  notText: Html;
  noKnowledge: Html;
  noKnowledgeToast: string;
  refused(userId: number): Html;
  /** To somebody who writes on behalf of a group or a channel. */
  refusedAnonymous: Html;
  refusedToast: string;
  tooMany(options: { limit: number; seconds: number }): Html;
  tooManyToast(seconds: number): string;
  /** A command that was forwarded, or came by way of another bot. */
  passedOn: Html;
  apology(reference: string): Html;

  /** Example and all. */
  usage: Record<'kb_search' | 'kb_get' | 'generate_script', Html>;

  stats: {
    title: string;
    total: string;
    byManufacturer: string;
    byType: string;
    more(count: number): string;
    hint: Html;
  };

  /** Before anything else, to somebody who may be in danger. */
  hazards: Record<Hazard, Html>;

  /** To what asks nothing of the knowledge base. */
  talk: Record<Talk, Html>;

  search: {
    title: string;
    found(count: number): string;
    manufacturer: string;
    hint: Html;
    filters: string;
    unknownFilter(filter: UnknownFilter): Html;
    /** Words of the query that no atom has. */
    missing(words: string): Html;
    /** Before anything else where nothing answers the question; `words`: those that no atom has, or empty. */
    unknown(words: string): Html;
    /** Instead of how many were found. */
    near: string;
    /** Instead of it below a reply to an article or a list. */
    about: string;
    /** For a message that is longer than a query may be. */
    cut(characters: number): Html;
    nothingFound(query: string): Html;
    didYouMean(query: string): string;
    staleKeyboard: string;
    freshSearch: string;
  };

  atom: {
    unknown(id: string, hasNearest: boolean): Html;
    gone: string;
    safety: Record<SafetyLevel, string>;
    safetyLevel: string;
    safetyLevels: Record<SafetyLevel, string>;
    difficulty: Record<Difficulty, string>;
    keywords: string;
    source: string;
    pages(count: number): string;
    link: string;
    version: string;
    quality: string;
    checked: string;
    id: string;
    back: string;
    useful: string;
    notUseful: string;
    thanksUp: string;
    thanksDown: string;
    tally(options: { up: number; down: number }): string;
  };

  script: {
    summary(script: Script, asked: string): Html;
    topicEmpty: Html;
    topicTooLong(missing: Extract<Missing, { reason: 'topic-too-long' }>): Html;
    tooLittle(missing: TooLittle, topic: string): Html;
    /**
     * Where no article is about the topic.
     * @param nearest titles of what answers a search for the topic without being about it
     */
    unknown(topic: string, nearest: readonly string[]): Html;
    /** Where the topic is a maker's name and nothing else. */
    isMaker(topic: string): Html;
    none: Html;
    listTitle: Html;
    gone: string;
    /** Where the chat takes text only. */
    noDocuments: Html;
  };

  status: {
    running: string;
    degraded: string;
    version: string;
    /** Formats the old system's users know: `Uptime: 120 seconds (2.0 minutes)`. */
    uptime(seconds: number): string;
    knowledge(atoms: number): string;
    noKnowledge: string;
    reasons: string;
    lease: string;
    webhook: string;
    webhookOn: string;
    webhookOff: string;
    webhookForeign: string;
    /** The `partitions` that have no line of their own; nobody holds `free` of them. */
    more(partitions: number, free: number): string;
    leaseStates: Record<LeaseReport['state'], string>;
    pending(count: number): string;
    lastError: string;
    neverChecked: string;
  };

  privacy: {
    /** The data that is kept of people, from `../personal-data.ts`. */
    kept(kept: ReturnType<typeof keptOf>, about: { userId: number; backupDays: number }): Html;
    /** Before it is done. */
    question(kept: ReturnType<typeof keptOf>['named']): Html;
    privately: Html;
    confirm: string;
    keep: string;
    nothingDone: Html;
    /** `atWork`: updates that are being handled again just now, and were left. */
    forgotten(options: { atWork: number; backupDays: number }): Html;
  };

  language: {
    /** In the language itself. */
    ownName: string;
    /** In lower case, as speakers of other languages call it. */
    otherNames: readonly string[];
    /** Words after the command that leave it to Telegram again, in lower case. */
    automaticWords: readonly string[];
    /** On a button. */
    automatic: string;
    question(options: { isChosen: boolean }): Html;
    /** Typed, and not among the languages that there are. */
    unknown(typed: string): Html;
    /** As a toast: 200 characters at most. */
    chosen: string;
    /** Likewise: Telegram says again, and this is the language that follows. */
    asTelegramSays: string;
    /** To somebody who writes on behalf of a group or a channel. */
    ofAPerson: Html;
  };

  /** On a button and a title: 64 characters at most. */
  inline: { nothingFound: string; unknown: string; howTo: string; danger: string };

  admin: {
    upload: Html;
    /** In a group, where everybody would see the document. */
    uploadPrivately: Html;
    gapsPrivately: Html;
    notSetUp: Html;
    tooLarge: Html;
    tooSlow: Html;
    unreadable(reason: string): Html;
    checked(check: UploadCheck): Html;
    repeatedIds(count: number): Html;
    problems(problems: readonly string[], count: number): Html;
    confirm: string;
    cancel: string;
    cancelled: Html;
    started: Html;
    documentGone: string;
    reindexStarted: Html;
    gapsTitle(days: number): Html;
    noGaps(days: number): Html;
    gapsOff: Html;
    parked(options: { reference: string; error: string }): Html;
    imported(result: UploadResult): Html;
    /** `before`: atoms of the version before, if there was one. */
    published(options: { total: number; before?: number }): Html;
    reindexed(total: number): Html;
    week(week: Week): Html;
    /** It was asked for again; `minutes`: after which it is dead for certain. */
    importUnderWay(options: { name: string; minutes: number }): Html;
    importFailed(options: { name: string; reason: string }): Html;
  };

  /** For the menu. */
  commands: Record<CommandName, string>;
  description: string;
  shortDescription: string;
}
