import { SCRIPT_MINUTES } from '../../scripts/script.ts';
import { joinHtml, rich } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import { displayName } from '../names.ts';
import { MAX_UPLOAD_MEGABYTES } from '../uploads.ts';
import type { Texts } from './catalogue.ts';
import { germanHazards } from './german-hazards.ts';
import { germanLanguage } from './german-language.ts';
import { germanPrivacy } from './german-privacy.ts';
import { germanSearch } from './german-search.ts';
import { germanTalk } from './german-talk.ts';
import { weekText } from './week.ts';

const number = (value: number): string => value.toLocaleString('de-DE');
const signed = (value: number): string => value.toLocaleString('de-DE', { signDisplay: 'exceptZero' });
// Not a formatter of the module's own: making one takes 20 ms, and every cold start would pay for it.
const oneDecimal = (value: number): string =>
  value.toLocaleString('de-DE', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const TYPES = {
  concept: 'Grundlagen',
  procedure: 'Anleitungen',
  specification: 'Datenblätter',
  pattern: 'Muster',
  fault: 'Fehlerbilder',
  reference: 'Nachschlagewerke',
};
const STOPPED = { retired: 'durch eine Umstellung angehalten', missing: 'fehlt' };

export const german: Texts = {
  number,
  typeName: (type) => (TYPES as Record<string, string | undefined>)[type] ?? displayName(type),

  start: ({ isAdmin, username, isGroup }) => rich`👋 <b>Willkommen beim Agent Factory Bot!</b>

Ich beantworte Fragen zu SPS und Instandhaltung aus einer Wissensbasis mit belegten Artikeln („Atomen“).

${
  isGroup
    ? rich`Hier beantworte ich Befehle und Texte, die mich erwähnen, zum Beispiel:
• <code>@${username} motor overload trips</code>
• <code>/kb_search S7-1200 goes to STOP</code>`
    : rich`Schreib einfach, was du suchst, zum Beispiel:
• motor overload trips
• analog input 4-20 mA scaling
• S7-1200 goes to STOP`
}

Die Artikel sind meist auf Englisch: Gängige deutsche Fachwörter verstehe ich, mit englischen Wörtern findest du mehr.

/help zeigt alle Befehle.${isAdmin && '\n\nDu bist hier Administrator: /kb_upload, /kb_reindex und /kb_gaps sind für dich.'}`,

  help: ({ isAdmin, username, isGroup }) => rich`📖 <b>Befehle</b>

${
  isGroup
    ? rich`Hier beantworte ich Befehle und Texte, die mich erwähnen: <code>@${username} motor control</code>. Filter grenzen eine Suche ein:`
    : 'Jeder Text, den du schickst, ist eine Suche. Filter grenzen sie ein:'
}
<code>overload type:fault difficulty:beginner</code>

/kb_search &lt;Thema&gt; – suchen, z. B. <code>/kb_search motor control</code>
/kb_get &lt;Artikel-ID&gt; – einen Artikel lesen, z. B. <code>/kb_get generic:plc:scan-cycle</code>
/kb_stats – was die Wissensbasis enthält
/generate_script &lt;Thema&gt; – ein Videoskript von bis zu etwa ${SCRIPT_MINUTES} Minuten (auf Englisch), z. B. <code>/generate_script ladder logic basics</code>
/scripts – deine Skripte
/status – ob es dem Bot gut geht
/language – die Sprache, die ich mit dir spreche, z. B. <code>/language en</code>
/privacy – was ich über dich speichere; /forgetme löscht es
/help – diese Liste

Um in einem anderen Chat einen Artikel zu teilen, schreib dort <code>@${username} motor control</code>.${
    isAdmin &&
    rich`

<b>Für Administratoren</b>
/kb_upload – ein JSON- oder JSONL-Dokument importieren
/kb_reindex – den Suchindex neu aufbauen
/kb_gaps – wonach vergeblich gesucht wurde`
  }`,

  unknownCommand: (command) => rich`🤔 Den Befehl ${command} kenne ich nicht.

Mit /kb_search &lt;Thema&gt; suchst du; /help zeigt alle Befehle.`,

  notText: rich`💬 Ich kann nur Text lesen. Sag mir in wenigen Worten, was du suchst, zum Beispiel: <i>motor overload trips at start</i>

/help zeigt, was ich sonst kann.`,

  noKnowledge: rich`📭 Die Wissensbasis ist noch leer. Sobald Artikel importiert sind, kann ich antworten; bitte schau etwas später wieder vorbei.`,
  noKnowledgeToast: 'Die Wissensbasis ist noch leer.',

  refused: (userId) =>
    rich`🔒 Dieser Bot ist für einen geschlossenen Kreis. Wenn du dazugehören solltest, nenne dem Betreiber deine Benutzer-ID: <code>${userId}</code>`,
  refusedAnonymous: rich`🔒 Dieser Bot ist nur für bestimmte Personen da, und du hast im Namen eines Chats geschrieben. Schreib unter deinem eigenen Namen.`,
  refusedToast: 'Dieser Bot ist für einen geschlossenen Kreis.',

  tooMany: ({ limit, seconds }) =>
    rich`⏳ Das war viel auf einmal: Ich beantworte bis zu ${limit} Nachrichten in der Minute. In ${seconds} s geht es weiter.`,
  tooManyToast: (seconds) => `Das war viel auf einmal. In ${seconds} s geht es weiter.`,

  passedOn: rich`↪️ Einen weitergeleiteten Befehl, oder einen von einem anderen Bot, führe ich nicht aus. Tippe ihn selbst.`,
  apology: (reference) =>
    rich`😔 Entschuldige, ich konnte deine Nachricht nicht beantworten: Bei mir ist etwas schiefgegangen, und die Betreiber wissen davon. Falls du nachfragst, nenne diese Nummer: <code>${reference}</code>`,

  usage: {
    kb_search: rich`🔍 Was suchst du?

So geht es: /kb_search &lt;Thema&gt;
Beispiel: <code>/kb_search motor control</code>`,
    kb_get: rich`📄 Welchen Artikel?

So geht es: /kb_get &lt;Artikel-ID&gt;
Beispiel: <code>/kb_get generic:plc:scan-cycle</code>`,
    generate_script: rich`🎬 Wovon soll das Skript handeln?

So geht es: /generate_script &lt;Thema&gt;
Beispiel: <code>/generate_script ladder logic basics</code>`,
  },

  stats: {
    title: 'Die Wissensbasis in Zahlen',
    total: 'Artikel gesamt',
    byManufacturer: 'Nach Hersteller',
    byType: 'Nach Art',
    more: (count) => `und ${number(count)} weitere`,
    hint: rich`💡 Mit /kb_search &lt;Thema&gt; kannst du suchen`,
  },

  hazards: germanHazards,
  talk: germanTalk,

  search: germanSearch,

  atom: {
    unknown: (id, hasNearest) => rich`🤷 Diesen Artikel gibt es nicht: <code>${id}</code>

${hasNearest ? 'Meintest du einen von diesen?' : rich`Such stattdessen danach: /kb_search &lt;Thema&gt;`}`,
    gone: 'Diesen Artikel gibt es in der Wissensbasis nicht mehr.',
    safety: { info: 'Hinweis', caution: 'VORSICHT', warning: 'WARNUNG', danger: 'GEFAHR' },
    safetyLevel: 'Gefahrenstufe',
    safetyLevels: { info: 'Hinweis', caution: 'Vorsicht', warning: 'Warnung', danger: 'Gefahr' },
    difficulty: {
      beginner: 'für Einsteiger',
      intermediate: 'für Fortgeschrittene',
      advanced: 'anspruchsvoll',
      expert: 'für Experten',
    },
    keywords: 'Stichwörter',
    source: 'Quelle',
    pages: (count) => (count === 1 ? 'Seite' : 'Seiten'),
    link: 'Zum Original',
    version: 'Version',
    quality: 'Qualität',
    checked: 'Geprüft',
    id: 'ID',
    back: '« Zurück zu den Ergebnissen',
    useful: '👍 Hilfreich',
    notUseful: '👎 Nicht hilfreich',
    thanksUp: 'Danke! Als hilfreich vermerkt.',
    thanksDown: 'Danke! Als nicht hilfreich vermerkt.',
    tally: ({ up, down }) => `Rückmeldungen: 👍 ${number(up)} · 👎 ${number(down)}`,
  },

  script: {
    summary: (script, asked) => rich`🎬 Skript zum Thema: ${shorten(asked, 120)}
✅ <b>Das Skript ist fertig!</b>

<b>Titel:</b> ${shorten(script.title, 160)}
<b>Dauer:</b> ${script.durationSeconds} s
<b>Verwendete Artikel:</b> ${script.citations.length}

<b>Aufhänger:</b> ${shorten(script.hook, 200)}
<b>Einleitung:</b> ${shorten(script.intro, 250)}
<b>Hauptteil:</b> ${script.sections.length} Abschnitte`,
    topicEmpty: rich`🎬 Darin erkenne ich kein Thema. Nenne es in wenigen Worten, zum Beispiel: <code>/generate_script ladder logic basics</code>`,
    topicTooLong: ({ characters, maxCharacters }) =>
      rich`🎬 Das Thema hat ${number(characters)} Zeichen, höchstens ${maxCharacters} sind möglich. Am besten sind wenige Worte.`,
    tooLittle: (
      { words, wordsNeeded, titles },
      topic,
    ) => rich`🎬 Dazu gibt es zu wenig, was sich vorlesen lässt: ${shorten(topic, 120)}

Es sind ${number(words)} Wörter, und ein Skript braucht ${number(wordsNeeded)}. Tabellen, Programmcode und Bruchstücke lese ich nicht vor.

Gefunden: ${shorten(titles.join(' · '), 500)}`,
    unknown: (topic, nearest) => rich`🎬 Kein Artikel handelt von: ${shorten(topic, 120)}

${nearest.length === 0 ? '' : rich`Es kommt vielleicht vor in: ${shorten(nearest.join(' · '), 500)}\n\n`}Versuch es mit anderen Worten, oder sieh mit /kb_search nach, was es gibt.`,
    isMaker: (topic) =>
      rich`🎬 ${shorten(topic, 120)} ist ein Hersteller und noch kein Thema. Sag, worum es gehen soll, zum Beispiel: <code>/generate_script ${shorten(topic, 40)} timers</code>`,
    none: rich`🎬 Du hast noch keine Skripte. So bekommst du eines: <code>/generate_script ladder logic basics</code>`,
    listTitle: rich`🎬 Deine Skripte, die neuesten zuerst. Tippe auf eines, um es noch einmal zu bekommen.`,
    gone: 'Dieses Skript gibt es nicht mehr.',
    noDocuments: rich`🎬 In diesem Chat darf ich keine Dokumente schicken. Frag mich in unserem privaten Chat, oder lass sie hier erlauben.`,
  },

  status: {
    running: 'Der Bot läuft',
    degraded: 'Der Bot läuft, aber eingeschränkt',
    version: 'Version',
    uptime: (seconds) => `Laufzeit: ${number(seconds)} Sekunden (${oneDecimal(seconds / 60)} Minuten)`,
    knowledge: (count) => `Wissensbasis: ${number(count)} Artikel`,
    noKnowledge: 'Wissensbasis: noch keine',
    reasons: 'Gründe',
    lease: 'Lease',
    webhook: 'Webhook',
    webhookOn: 'unserer',
    webhookOff: 'aus',
    webhookForeign: 'fehlt oder ist fremd',
    more: (partitions, free) => `${number(partitions)} weitere Partitionen, davon ${number(free)} frei`,
    leaseStates: { idle: 'ruht', busy: 'arbeitet', free: 'frei', expired: 'abgelaufen', ...STOPPED },
    pending: (count) => `${number(count)} wartend`,
    lastError: 'letzter Fehler',
    neverChecked: 'noch nicht geprüft',
  },

  language: germanLanguage,
  privacy: germanPrivacy,

  inline: {
    nothingFound: 'Nichts gefunden: frag mich direkt',
    unknown: 'Kein Artikel beantwortet das: nur Ähnliches folgt',
    howTo: 'Schreib, was du suchst',
    danger: 'Gefahr',
  },

  admin: {
    upload: rich`📥 Schick mir ein Dokument mit Artikeln, höchstens ${MAX_UPLOAD_MEGABYTES} MB: JSON, CSV, Excel, Markdown oder Text, auch als .zip oder .gz. Ich prüfe es zuerst und importiere nichts, bevor du zustimmst.`,
    uploadPrivately: rich`📥 Dokumente nehme ich nur in unserem privaten Chat an: Schick mir dort /kb_upload.`,
    gapsPrivately: rich`🕳 Wonach gesucht wurde, zeige ich nur in unserem privaten Chat: Schick mir dort /kb_gaps.`,
    notSetUp: rich`📥 Importe aus dem Chat sind in dieser Installation nicht eingerichtet.`,
    tooLarge: rich`📥 Das Dokument ist zu groß: Bots können höchstens ${MAX_UPLOAD_MEGABYTES} MB herunterladen. Teile es auf, oder importiere es auf der Kommandozeile.`,
    tooSlow: rich`📥 Die Prüfung dieses Dokuments dauert hier zu lange. Teile es auf, oder importiere es auf der Kommandozeile.`,
    unreadable: (reason) => rich`❌ Das Dokument lässt sich nicht importieren: ${reason}`,
    checked: (check) => rich`📥 <b>${check.fileName}</b> ist geprüft; importiert ist noch nichts.

Neu: ${number(check.added)} · geändert: ${number(check.changed)} · unverändert: ${number(check.unchanged)} · ungültig: ${number(check.rejected)}`,
    repeatedIds: (count) =>
      rich`Kennungen, die noch einmal mit anderem Inhalt vorkommen: ${number(count)}. Jeder dieser Artikel bleibt, unter einer eigenen Kennung.`,
    problems: (problems, count) => rich`Probleme: ${number(count)}. Ungültige Artikel werden ausgelassen.
${joinHtml(
  problems.map((problem) => rich`• ${problem}`),
  '\n',
)}${count > problems.length && '\n…'}`,
    confirm: '✅ Importieren',
    cancel: '✖️ Abbrechen',
    cancelled: rich`✖️ Abgebrochen. Es wurde nichts importiert.`,
    started: rich`⏳ Der Import hat begonnen. Ich melde mich, sobald er fertig ist.`,
    documentGone: 'Ich finde das Dokument nicht mehr. Bitte schick es noch einmal.',
    reindexStarted: rich`⏳ Der Suchindex wird neu aufgebaut. Ich melde mich, sobald er fertig ist.`,
    gapsTitle: (days) => rich`🕳 <b>In den letzten ${days} Tagen vergeblich gesucht</b>`,
    noGaps: (days) => rich`🕳 In den letzten ${days} Tagen hat jede Suche etwas gefunden.`,
    gapsOff: rich`🕳 Vergebliche Suchen werden hier nicht aufgezeichnet: RECORD_GAPS steht auf off.`,
    parked: (
      update,
    ) => rich`🚨 Update <code>${update.reference}</code> ist beiseitegelegt: Der letzte Versuch ist fehlgeschlagen.

${update.error}

<code>bot updates show ${update.reference}</code>`,
    imported: ({ fileName, added, changed, rejected, total }) =>
      rich`📥 <b>${fileName}</b>: ${number(added)} neu, ${number(changed)} geändert, ${number(rejected)} ungültig. Die Wissensbasis enthält jetzt ${number(total)} Artikel.`,
    published: ({ total, before }) =>
      rich`📚 Eine neue Fassung der Wissensbasis ist online: ${number(total)} Artikel${before !== undefined && ` (vorher ${number(before)})`}.`,
    week: (week) =>
      weekText(week, {
        title: rich`🗓 <b>Die Woche der Wissensbasis</b>`,
        total: rich`📚 ${number(week.atoms)} Artikel (diese Woche ${signed(week.added)})`,
        gaps: rich`🕳 <b>Vergeblich gesucht</b>`,
        badlyVoted: rich`👎 <b>Nicht hilfreich gefunden</b>`,
        stop: rich`<i>WEEKLY_NOTE=off stellt diese Nachricht ab.</i>`,
        number,
      }),
    reindexed: (total) => rich`🔁 Der Suchindex ist neu aufgebaut, über ${number(total)} Artikel.`,
    importUnderWay: ({ name, minutes }) =>
      rich`⏳ <b>${name}</b> läuft bereits und wurde nicht noch einmal begonnen. Ich melde mich, sobald es fertig ist; wenn nicht innerhalb von ${minutes} Minuten, wurde es abgebrochen: Dann beginne es noch einmal.`,
    importFailed: ({ name, reason }) =>
      rich`❌ <b>${name}</b> ist fehlgeschlagen, geändert wurde nichts: ${reason}`,
  },

  commands: {
    kb_search: 'In der Wissensbasis suchen',
    kb_get: 'Einen Artikel über seine ID lesen',
    kb_stats: 'Was die Wissensbasis enthält',
    generate_script: `Ein Videoskript von bis zu etwa ${SCRIPT_MINUTES} Minuten schreiben`,
    scripts: 'Deine Skripte',
    status: 'Ob es dem Bot gut geht',
    language: 'Die Sprache, die ich mit dir spreche',
    privacy: 'Was ich über dich speichere, und wie lange',
    forgetme: 'Löschen, was ich über dich speichere',
    help: 'Alle Befehle, mit Beispielen',
    start: 'Hier geht es los',
    kb_upload: 'Ein JSON- oder JSONL-Dokument importieren',
    kb_reindex: 'Den Suchindex neu aufbauen',
    kb_gaps: 'Wonach vergeblich gesucht wurde',
  },
  description:
    'Ich beantworte Fragen aus der Instandhaltung mit einer Wissensbasis über SPS: Siemens, Allen Bradley und allgemeine Praxis. Schreib mit eigenen Worten oder als Bestellnummer, was du suchst. Ich zeige, woher jede Antwort stammt. Die Artikel sind meist auf Englisch.',
  shortDescription: 'Antworten zu SPS und Instandhaltung, aus einer Wissensbasis mit Quellen.',
};
