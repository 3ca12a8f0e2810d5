import { SCRIPT_MINUTES } from '../../scripts/script.ts';
import { joinHtml, rich } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import { displayName } from '../names.ts';
import { MAX_UPLOAD_MEGABYTES } from '../uploads.ts';
import type { Texts } from './catalogue.ts';
import { englishHazards } from './english-hazards.ts';
import { englishLanguage } from './english-language.ts';
import { englishPrivacy } from './english-privacy.ts';
import { englishSearch } from './english-search.ts';
import { englishTalk } from './english-talk.ts';
import { weekText } from './week.ts';

const number = (value: number): string => value.toLocaleString('en-US');
const signed = (value: number): string => value.toLocaleString('en-US', { signDisplay: 'exceptZero' });
const articles = (count: number): string => `${number(count)} ${count === 1 ? 'article' : 'articles'}`;

export const english: Texts = {
  number,
  typeName: displayName,

  start: ({ isAdmin, username, isGroup }) => rich`👋 <b>Welcome to Agent Factory Bot!</b>

I answer questions about PLCs and industrial maintenance from a knowledge base of cited articles ("atoms").

${
  isGroup
    ? rich`Here I answer commands, and texts that mention me, for example:
• <code>@${username} motor won't stop when I release start</code>
• <code>/kb_search S7-1200 goes to STOP</code>`
    : rich`Just write what you are looking for, for example:
• motor won't stop when I release start
• analog input 4-20 mA scaling
• S7-1200 goes to STOP`
}

/help lists all commands.${isAdmin && '\n\nYou are an administrator here: /kb_upload, /kb_reindex and /kb_gaps are yours.'}`,

  help: ({ isAdmin, username, isGroup }) => rich`📖 <b>Commands</b>

${
  isGroup
    ? rich`Here I answer commands, and texts that mention me: <code>@${username} motor control</code>. Filters narrow a search down:`
    : 'Any text you send is a search. Filters narrow it down:'
}
<code>overload type:fault difficulty:beginner</code>

/kb_search &lt;topic&gt; – search, e.g. <code>/kb_search motor control</code>
/kb_get &lt;atom id&gt; – read one article, e.g. <code>/kb_get generic:plc:scan-cycle</code>
/kb_stats – what the knowledge base holds
/generate_script &lt;topic&gt; – a video script of up to about ${SCRIPT_MINUTES} minutes, e.g. <code>/generate_script ladder logic basics</code>
/scripts – the scripts you generated
/status – whether the bot is well
/language – the language that I speak to you, e.g. <code>/language de</code>
/privacy – what I keep of you; /forgetme deletes it
/help – this list

To share an article in any other chat, write <code>@${username} motor control</code> there.${
    isAdmin &&
    rich`

<b>For administrators</b>
/kb_upload – import a JSON or JSONL document
/kb_reindex – build the search index anew
/kb_gaps – what people searched for in vain`
  }`,

  unknownCommand: (command) => rich`🤔 I do not know the command ${command}.

To search, use /kb_search &lt;topic&gt;; /help lists all commands.`,

  notText: rich`💬 I can only read text. Tell me in a few words what you are looking for, for example: <i>motor overload trips at start</i>

/help shows what else I can do.`,

  noKnowledge: rich`📭 The knowledge base is still empty. As soon as articles are imported I can answer; please come back a little later.`,
  noKnowledgeToast: 'The knowledge base is still empty.',

  refused: (userId) =>
    rich`🔒 This bot serves a closed group of users. If you should be one of them, give its operator your user id: <code>${userId}</code>`,
  refusedAnonymous: rich`🔒 This bot serves certain people only, and you wrote on behalf of a chat. Write under your own name.`,
  refusedToast: 'This bot serves a closed group of users.',

  tooMany: ({ limit, seconds }) =>
    rich`⏳ That was a lot at once: I answer up to ${limit} messages a minute. Please go on in ${seconds} s.`,
  tooManyToast: (seconds) => `That was a lot at once. Please go on in ${seconds} s.`,

  passedOn: rich`↪️ I do not carry out a command that is forwarded, or that another bot has made. Type it yourself.`,
  apology: (reference) =>
    rich`😔 Sorry, I could not answer your message: something went wrong on my side, and the operators know of it. Should you ask them, give this reference: <code>${reference}</code>`,

  usage: {
    kb_search: rich`🔍 What are you looking for?

Usage: /kb_search &lt;topic&gt;
Example: <code>/kb_search motor control</code>`,
    kb_get: rich`📄 Which article?

Usage: /kb_get &lt;atom_id&gt;
Example: <code>/kb_get generic:plc:scan-cycle</code>`,
    generate_script: rich`🎬 What is the script to be about?

Usage: /generate_script &lt;topic&gt;
Example: <code>/generate_script ladder logic basics</code>`,
  },

  stats: {
    title: 'Knowledge Base Stats',
    total: 'Total Atoms',
    byManufacturer: 'By Manufacturer',
    byType: 'By Type',
    more: (count) => `and ${number(count)} more`,
    hint: rich`💡 Use /kb_search &lt;topic&gt; to search atoms`,
  },

  hazards: englishHazards,
  talk: englishTalk,

  search: englishSearch,

  atom: {
    unknown: (id, hasNearest) => rich`🤷 There is no article <code>${id}</code>

${hasNearest ? 'Did you mean one of these?' : rich`Search for it instead: /kb_search &lt;topic&gt;`}`,
    gone: 'That article is no longer in the knowledge base.',
    safety: { info: 'Note', caution: 'CAUTION', warning: 'WARNING', danger: 'DANGER' },
    safetyLevel: 'Safety level',
    safetyLevels: { info: 'info', caution: 'caution', warning: 'warning', danger: 'danger' },
    difficulty: {
      beginner: 'beginner',
      intermediate: 'intermediate',
      advanced: 'advanced',
      expert: 'expert',
    },
    keywords: 'Keywords',
    source: 'Source',
    pages: (count) => (count === 1 ? 'page' : 'pages'),
    link: 'Read the original',
    version: 'Version',
    quality: 'Quality',
    checked: 'Checked',
    id: 'ID',
    back: '« Back to results',
    useful: '👍 Useful',
    notUseful: '👎 Not useful',
    thanksUp: 'Thank you! Noted as useful.',
    thanksDown: 'Thank you! Noted as not useful.',
    tally: ({ up, down }) => `Feedback: 👍 ${number(up)} · 👎 ${number(down)}`,
  },

  script: {
    summary: (script, asked) => rich`🎬 Generating script for: ${shorten(asked, 120)}
✅ <b>Script Generated!</b>

<b>Title:</b> ${shorten(script.title, 160)}
<b>Duration:</b> ${script.durationSeconds}s
<b>Atoms Used:</b> ${script.citations.length}

<b>Hook:</b> ${shorten(script.hook, 200)}
<b>Intro:</b> ${shorten(script.intro, 250)}
<b>Main Content:</b> ${script.sections.length} sections`,
    topicEmpty: rich`🎬 I cannot make out a topic in that. Name it in a few words, for example: <code>/generate_script ladder logic basics</code>`,
    topicTooLong: ({ characters, maxCharacters }) =>
      rich`🎬 That topic has ${number(characters)} characters, and ${maxCharacters} is the most. A few words are best.`,
    tooLittle: (
      { words, wordsNeeded, titles },
      topic,
    ) => rich`🎬 There is too little to read aloud about: ${shorten(topic, 120)}

It makes ${number(words)} words, and a script needs ${number(wordsNeeded)}. Tables, code and fragments are not read aloud.

Found: ${shorten(titles.join(' · '), 500)}`,
    unknown: (topic, nearest) => rich`🎬 No article is about: ${shorten(topic, 120)}

${nearest.length === 0 ? '' : rich`It may be touched in: ${shorten(nearest.join(' · '), 500)}\n\n`}Try other words, or look with /kb_search what there is.`,
    isMaker: (topic) =>
      rich`🎬 ${shorten(topic, 120)} is a maker and no subject yet. Say about which part of it, for example: <code>/generate_script ${shorten(topic, 40)} timers</code>`,
    none: rich`🎬 You have no scripts yet. Make one: <code>/generate_script ladder logic basics</code>`,
    listTitle: rich`🎬 Your scripts, newest first. Press one to get it again.`,
    gone: 'That script is no longer there.',
    noDocuments: rich`🎬 This chat does not let me send documents. Ask me in our private chat, or have them allowed here.`,
  },

  status: {
    running: 'Bot is RUNNING',
    degraded: 'Bot is RUNNING, but degraded',
    version: 'Version',
    uptime: (seconds) => `Uptime: ${number(seconds)} seconds (${(seconds / 60).toFixed(1)} minutes)`,
    knowledge: (count) => `Knowledge base: ${articles(count)}`,
    noKnowledge: 'Knowledge base: none yet',
    reasons: 'Reasons',
    lease: 'Lease',
    webhook: 'Webhook',
    webhookOn: 'ours',
    webhookOff: 'off',
    webhookForeign: 'missing or not ours',
    more: (partitions, free) => `${number(partitions)} more partitions, ${number(free)} of them free`,
    leaseStates: {
      idle: 'idle',
      busy: 'busy',
      free: 'free',
      expired: 'expired',
      retired: 'stopped by a change of the layout',
      missing: 'missing',
    },
    pending: (count) => `${number(count)} pending`,
    lastError: 'last error',
    neverChecked: 'not checked yet',
  },

  language: englishLanguage,
  privacy: englishPrivacy,

  inline: {
    nothingFound: 'Nothing found: ask me directly',
    unknown: 'No article answers this: only the nearest follow',
    howTo: 'Type what you are looking for',
    danger: 'Danger',
  },

  admin: {
    upload: rich`📥 Send me a document with articles, up to ${MAX_UPLOAD_MEGABYTES} MB: JSON, CSV, Excel, Markdown or text, also as .zip or .gz. I check it first and import nothing before you confirm.`,
    uploadPrivately: rich`📥 I take documents in our private chat only: send me /kb_upload there.`,
    gapsPrivately: rich`🕳 I show what people searched for in our private chat only: send me /kb_gaps there.`,
    notSetUp: rich`📥 Imports from the chat are not set up on this installation.`,
    tooLarge: rich`📥 That document is too large: bots can download at most ${MAX_UPLOAD_MEGABYTES} MB. Split it, or import it from the command line.`,
    tooSlow: rich`📥 Checking that document takes too long here. Split it, or import it from the command line.`,
    unreadable: (reason) => rich`❌ The document cannot be imported: ${reason}`,
    checked: (check) => rich`📥 <b>${check.fileName}</b> is checked; nothing is imported yet.

New: ${number(check.added)} · changed: ${number(check.changed)} · unchanged: ${number(check.unchanged)} · invalid: ${number(check.rejected)}`,
    repeatedIds: (count) =>
      rich`Ids that stand again with other content: ${number(count)}. Each of these articles is kept under an id of its own.`,
    problems: (problems, count) => rich`Problems: ${number(count)}. Invalid articles are left out.
${joinHtml(
  problems.map((problem) => rich`• ${problem}`),
  '\n',
)}${count > problems.length && '\n…'}`,
    confirm: '✅ Import',
    cancel: '✖️ Cancel',
    cancelled: rich`✖️ Cancelled. Nothing was imported.`,
    started: rich`⏳ The import has begun. I tell you as soon as it is done.`,
    documentGone: 'I cannot find the document any more. Please send it again.',
    reindexStarted: rich`⏳ The search index is being built anew. I tell you as soon as it is done.`,
    gapsTitle: (days) => rich`🕳 <b>Searched in vain in the last ${days} days</b>`,
    noGaps: (days) => rich`🕳 In the last ${days} days every search found something.`,
    gapsOff: rich`🕳 Unanswered searches are not recorded here: RECORD_GAPS is off.`,
    parked: ({
      reference,
      error,
    }) => rich`🚨 Update <code>${reference}</code> was parked: its last attempt failed.

${error}

<code>bot updates show ${reference}</code>`,
    imported: ({ fileName, added, changed, rejected, total }) =>
      rich`📥 <b>${fileName}</b>: ${articles(added)} added, ${number(changed)} changed, ${number(rejected)} invalid. The knowledge base now holds ${articles(total)}.`,
    published: ({ total, before }) =>
      rich`📚 A new version of the knowledge base is live: ${articles(total)}${before !== undefined && ` (${number(before)} before)`}.`,
    week: (week) =>
      weekText(week, {
        title: rich`🗓 <b>The week of the knowledge base</b>`,
        total: rich`📚 ${articles(week.atoms)} (${signed(week.added)} this week)`,
        gaps: rich`🕳 <b>Searched in vain</b>`,
        badlyVoted: rich`👎 <b>Found not useful</b>`,
        stop: rich`<i>WEEKLY_NOTE=off stops this note.</i>`,
        number,
      }),
    reindexed: (total) => rich`🔁 The search index was built anew, over ${articles(total)}.`,
    importUnderWay: ({ name, minutes }) =>
      rich`⏳ <b>${name}</b> is under way already and was not begun again. I tell you as soon as it is done; should I not within ${minutes} minutes, it was interrupted: then begin it once more.`,
    importFailed: ({ name, reason }) => rich`❌ <b>${name}</b> failed, and nothing was changed: ${reason}`,
  },

  commands: {
    kb_search: 'Search the knowledge base',
    kb_get: 'Read one article by its id',
    kb_stats: 'What the knowledge base holds',
    generate_script: `Write a video script of up to about ${SCRIPT_MINUTES} minutes`,
    scripts: 'The scripts you generated',
    status: 'Whether the bot is well',
    language: 'The language that I speak to you',
    privacy: 'What I keep of you, and for how long',
    forgetme: 'Delete what I keep of you',
    help: 'All commands, with examples',
    start: 'Begin here',
    kb_upload: 'Import a JSON or JSONL document',
    kb_reindex: 'Build the search index anew',
    kb_gaps: 'What people searched for in vain',
  },
  description:
    'I answer maintenance technicians from a knowledge base about PLCs: Siemens, Allen Bradley and general practice. Write what you are looking for, in your own words or as a part number. I show where every answer comes from.',
  shortDescription: 'Answers about PLCs and industrial maintenance, from a cited knowledge base.',
};
