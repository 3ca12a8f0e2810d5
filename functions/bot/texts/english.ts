import { html, joinHtml } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import type { Texts } from './catalogue.ts';

const number = (value: number): string => value.toLocaleString('en-US');
const atoms = (count: number): string => `${number(count)} ${count === 1 ? 'atom' : 'atoms'}`;

export const english: Texts = {
  number,

  start: (isAdmin) =>
    html`👋 <b>Welcome to Agent Factory Bot!</b>

      I answer questions about PLCs and industrial maintenance from a knowledge base of cited articles
      ("atoms"). Just write what you are looking for, for example: • motor won't stop when I release start •
      analog input 4-20 mA scaling • 6ES7 214-1AG40-0XB0 /help lists all
      commands.${isAdmin && ' You are an administrator here: /kb_upload, /kb_reindex and /kb_gaps are yours.'}`,

  help: ({ isAdmin, username }) =>
    html`📖 <b>Commands</b>

      Any text you send is a search. You can narrow it down:
      <code>overload type:fault manufacturer:siemens difficulty:beginner</code>

      /kb_search &lt;topic&gt; – search, e.g. <code>/kb_search motor control</code> /kb_get &lt;atom id&gt; –
      read one atom, e.g. <code>/kb_get generic:plc:scan-cycle</code> /kb_stats – what the knowledge base
      holds /generate_script &lt;topic&gt; – a three-minute video script, e.g.
      <code>/generate_script ladder logic basics</code> /scripts – the scripts you generated /status – whether
      the bot is well /help – this list In any other chat, write <code>@${username} motor control</code> to
      share an
      atom.${
        isAdmin &&
        html` <b>For administrators</b>
          /kb_upload – import a JSON or JSONL document /kb_reindex – build the search index anew /kb_gaps –
          what people searched for in vain`
      }`,

  unknownCommand: (command) =>
    html`🤔 I do not know the command ${command}. Write your question as plain text to search, or see /help
    for all commands.`,

  editedMessage: html`✏️ I only read new messages, not edited ones. Please send your question again as a new
  message.`,

  notText: html`💬 I can only read text. Describe what you are looking for in a few words, for example:
    <i>motor overload trips at start</i>. /help shows what else I can do.`,

  noKnowledge: html`📭 The knowledge base is still empty. Please come back a little later: as soon as atoms
  are imported, I can answer.`,
  noKnowledgeToast: 'The knowledge base is still empty.',

  refused: (userId) =>
    html`🔒 This bot serves a closed group of users. If you should be one of them, give its operator your user
      id: <code>${userId}</code>`,
  refusedToast: 'This bot serves a closed group of users.',

  tooMany: ({ limit, seconds }) =>
    html`⏳ That was a lot at once: I answer up to ${limit} messages a minute. Please go on in ${seconds} s.`,
  tooManyToast: (seconds) => `That was a lot at once. Please go on in ${seconds} s.`,

  apology: (reference) =>
    html`😔 Sorry, I could not answer your message: something went wrong on my side. The operators have been
      told. If you ask them, give this reference: <code>${reference}</code>`,

  usage: (command) =>
    ({
      kb_search: html`🔍 What are you looking for? Usage: /kb_search &lt;topic&gt; Example:
        <code>/kb_search motor control</code>`,
      kb_get: html`📄 Which atom? Usage: /kb_get &lt;atom id&gt; Example:
        <code>/kb_get generic:plc:scan-cycle</code>`,
      generate_script: html`🎬 What is the script to be about? Usage: /generate_script &lt;topic&gt; Example:
        <code>/generate_script ladder logic basics</code>`,
    })[command],

  stats: {
    title: 'Knowledge Base Stats',
    total: 'Total Atoms',
    byManufacturer: 'By Manufacturer',
    byType: 'By Type',
    more: (count) => `and ${number(count)} more`,
    hint: html`💡 Use /kb_search &lt;topic&gt; to search atoms`,
  },

  search: {
    title: 'Search Results for',
    found: (total) => `Found ${number(total)} atom(s)`,
    manufacturer: 'Manufacturer',
    hint: html`💡 Use /kb_get &lt;atom_id&gt; for full details`,
    filters: 'Filters',
    unknownFilter: ({ name, typed, known }) =>
      html`⚠️ No atom has ${name} “${typed}”, so I left that filter out. Known: ${known.join(', ')}`,
    nothingFound: (query) =>
      html`🔍 No atoms found for: ${query} Try fewer or other words, the part number alone, or leave out
      filters. /kb_stats shows what the knowledge base holds.`,
    didYouMean: (query) => `Did you mean: ${query}?`,
    staleKeyboard: 'These buttons are out of date. Please search again.',
    freshSearch: 'These buttons were out of date, so here is a fresh search.',
  },

  atom: {
    unknown: (id, hasNearest) =>
      html`🤷 There is no atom <code>${id}</code>.
        ${hasNearest ? 'Did you mean one of these?' : 'Search for it instead: just write what it is about.'}`,
    gone: 'That atom is no longer in the knowledge base.',
    safety: { info: 'Note', caution: 'CAUTION', warning: 'WARNING', danger: 'DANGER' },
    safetyLevel: 'Safety level',
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
    updated: 'Checked',
    id: 'ID',
    back: '« Back to results',
    useful: '👍 Useful',
    notUseful: '👎 Not useful',
    thanksUp: 'Thank you! Noted as useful.',
    thanksDown: 'Thank you! Noted as not useful.',
    tally: ({ up, down }) => `Feedback: 👍 ${number(up)} · 👎 ${number(down)}`,
  },

  script: {
    summary: (script, asked) =>
      html`🎬 Generating script for: ${shorten(asked, 120)} ✅ <b>Script Generated!</b>

        <b>Title:</b> ${shorten(script.title, 160)} <b>Duration:</b> ${script.durationSeconds}s
        <b>Atoms Used:</b> ${script.citations.length}

        <b>Hook:</b> ${shorten(script.hook, 220)} <b>Intro:</b> ${shorten(script.intro, 260)}
        <b>Main Content:</b> ${script.sections.length} sections`,
    missing: (missing, topic) => {
      switch (missing.reason) {
        case 'topic-empty':
          return html`🎬 I cannot make out a topic in that. Name it in a few words, for example:
            <code>/generate_script ladder logic basics</code>`;
        case 'topic-too-long':
          return html`🎬 That topic is too long: ${missing.characters} characters, and
          ${missing.maxCharacters} is the most. A few words are best.`;
        case 'too-little-material':
          return html`🎬 The knowledge base holds too little for a three-minute script about:
          ${shorten(topic, 120)} Atoms that fit and can be spoken: ${missing.usableAtoms}, with about
          ${missing.words} of the ${missing.wordsNeeded} words
          needed.${
            missing.missingTypes.length > 0 && html` Missing above all: ${missing.missingTypes.join(', ')}.`
          }
          Try a broader topic. I would rather tell you so than pad the script.`;
      }
    },
    none: html`🎬 You have no scripts yet. Make one with <code>/generate_script ladder logic basics</code>`,
    listTitle: 'Your scripts, newest first. Press one to get it again.',
    gone: 'That script is no longer there.',
  },

  status: {
    running: 'Bot is RUNNING',
    degraded: 'Bot is RUNNING, but degraded',
    version: 'Version',
    uptime: (seconds) => `Uptime: ${number(seconds)} seconds (${(seconds / 60).toFixed(1)} minutes)`,
    knowledge: (count) => `Knowledge base: ${atoms(count)}`,
    noKnowledge: 'Knowledge base: none yet',
    reasons: 'Reasons',
    lease: 'Lease',
    webhook: 'Webhook',
    webhookOn: 'ours',
    webhookOff: 'off',
    webhookForeign: 'not ours',
    pending: (count) => `${number(count)} pending`,
    lastError: 'last error',
    neverChecked: 'not checked yet',
  },

  inline: { nothingFound: 'Nothing found. Ask in the bot', howTo: 'Type what you are looking for' },

  admin: {
    upload: html`📥 Send me a <b>.json</b> or <b>.jsonl</b> document with atoms, up to 20 MB. I check it first
      and import nothing before you confirm.`,
    notSetUp: html`📥 Imports from the chat are not set up on this installation.`,
    tooLarge: (megabytes) =>
      html`📥 That document is too large: bots can download at most ${megabytes} MB. Split it, or import it
      from the command line.`,
    notJson: html`📥 That is no JSON or JSONL document. Its name must end in .json, .jsonl or .ndjson.`,
    unreadable: (reason) => html`❌ The document cannot be imported: ${reason}`,
    checked: (check) =>
      html`📥 <b>${check.fileName}</b> was checked; nothing is imported yet. New: ${number(check.added)} ·
        changed: ${number(check.changed)} · unchanged: ${number(check.unchanged)} · invalid:
        ${number(check.rejected)}${
          check.problemCount > 0 &&
          html` Problems (${number(check.problemCount)}), invalid atoms are left out:
          ${joinHtml(
            check.problems.map((problem) => html`• ${problem}`),
            '\n',
          )}${check.problemCount > check.problems.length && '\n…'}`
        }`,
    confirm: '✅ Import',
    cancel: '✖️ Cancel',
    cancelled: html`✖️ Cancelled. Nothing was imported.`,
    started: html`⏳ The import has begun. I tell you as soon as it is done.`,
    documentGone: 'I cannot find the document any more. Please send it again.',
    reindexStarted: html`⏳ The search index is being built anew. I tell you as soon as it is done.`,
    gaps: (gaps, days) =>
      html`🕳 <b>Searched in vain in the last ${days} days</b>

        ${joinHtml(
          gaps.map(({ query, count }) => html`${number(count)} × ${query}`),
          '\n',
        )}`,
    noGaps: (days) => html`🕳 In the last ${days} days every search found something.`,
    gapsOff: html`🕳 Unanswered searches are not recorded here: RECORD_GAPS is off.`,
    parked: ({ reference, error }) =>
      html`🚨 Update <code>${reference}</code> was parked after its last attempt failed.
        ${shorten(error, 300)}

        <code>bot updates show ${reference}</code>`,
    imported: ({ fileName, added, changed, rejected, total }) =>
      html`📥 <b>${fileName}</b>: ${atoms(added)} added, ${number(changed)} changed, ${number(rejected)}
        invalid. The knowledge base now holds ${atoms(total)}.`,
    reindexed: (total) => html`🔁 The search index was built anew, over ${atoms(total)}.`,
    importFailed: ({ name, reason }) =>
      html`❌ <b>${name}</b> failed, and nothing was changed: ${shorten(reason, 500)}`,
  },

  commands: {
    kb_search: 'Search the knowledge base',
    kb_get: 'Read one atom by its id',
    kb_stats: 'What the knowledge base holds',
    generate_script: 'Write a three-minute video script',
    scripts: 'The scripts you generated',
    status: 'Whether the bot is well',
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
