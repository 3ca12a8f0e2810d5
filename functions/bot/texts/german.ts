import { html, joinHtml } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import type { Texts } from './catalogue.ts';

const number = (value: number): string => value.toLocaleString('de-DE');
const articles = (count: number): string => `${number(count)} Artikel`;

export const german: Texts = {
  number,

  start: (isAdmin) =>
    html`👋 <b>Willkommen beim Agent Factory Bot!</b>

      Ich beantworte Fragen zu SPS und Instandhaltung aus einer Wissensbasis mit belegten Artikeln („Atomen“).
      Schreib einfach, was du suchst, zum Beispiel: • motor overload • analog input 4-20 mA • 6ES7
      214-1AG40-0XB0 Die Artikel sind auf Englisch, darum findest du mit englischen Wörtern am meisten. /help
      zeigt alle
      Befehle.${isAdmin && ' Du bist hier Administrator: /kb_upload, /kb_reindex und /kb_gaps gehören dir.'}`,

  help: ({ isAdmin, username }) =>
    html`📖 <b>Befehle</b>

      Jeder Text, den du schickst, ist eine Suche. So grenzt du sie ein:
      <code>overload type:fault manufacturer:siemens difficulty:beginner</code>

      /kb_search &lt;Thema&gt; – suchen, z. B. <code>/kb_search motor control</code> /kb_get
      &lt;Artikel-ID&gt; – einen Artikel lesen, z. B. <code>/kb_get generic:plc:scan-cycle</code> /kb_stats –
      was die Wissensbasis enthält /generate_script &lt;Thema&gt; – ein Videoskript von drei Minuten, z. B.
      <code>/generate_script ladder logic basics</code> /scripts – deine Skripte /status – ob es dem Bot gut
      geht /help – diese Liste In jedem anderen Chat teilst du mit
      <code>@${username} motor control</code> einen
      Artikel.${
        isAdmin &&
        html` <b>Für Administratoren</b>
          /kb_upload – ein JSON- oder JSONL-Dokument importieren /kb_reindex – den Suchindex neu aufbauen
          /kb_gaps – wonach vergeblich gesucht wurde`
      }`,

  unknownCommand: (command) =>
    html`🤔 Den Befehl ${command} kenne ich nicht. Schreib deine Frage einfach als Text, um zu suchen; /help
    zeigt alle Befehle.`,

  editedMessage: html`✏️ Ich lese nur neue Nachrichten, keine bearbeiteten. Bitte schick deine Frage noch
  einmal als neue Nachricht.`,

  notText: html`💬 Ich kann nur Text lesen. Beschreib in wenigen Worten, was du suchst, zum Beispiel:
    <i>motor overload trips at start</i>. /help zeigt, was ich sonst kann.`,

  noKnowledge: html`📭 Die Wissensbasis ist noch leer. Bitte schau etwas später wieder vorbei: Sobald Artikel
  importiert sind, kann ich antworten.`,
  noKnowledgeToast: 'Die Wissensbasis ist noch leer.',

  refused: (userId) =>
    html`🔒 Dieser Bot ist für einen geschlossenen Kreis. Wenn du dazugehören solltest, nenne dem Betreiber
      deine Benutzer-ID: <code>${userId}</code>`,
  refusedToast: 'Dieser Bot ist für einen geschlossenen Kreis.',

  tooMany: ({ limit, seconds }) =>
    html`⏳ Das war viel auf einmal: Ich beantworte bis zu ${limit} Nachrichten pro Minute. In ${seconds} s
    geht es weiter.`,
  tooManyToast: (seconds) => `Das war viel auf einmal. In ${seconds} s geht es weiter.`,

  apology: (reference) =>
    html`😔 Entschuldigung, ich konnte deine Nachricht nicht beantworten: Bei mir ist etwas schiefgegangen.
      Die Betreiber wissen Bescheid. Wenn du nachfragst, nenne diese Nummer: <code>${reference}</code>`,

  usage: (command) =>
    ({
      kb_search: html`🔍 Was suchst du? So geht es: /kb_search &lt;Thema&gt; Beispiel:
        <code>/kb_search motor control</code>`,
      kb_get: html`📄 Welchen Artikel? So geht es: /kb_get &lt;Artikel-ID&gt; Beispiel:
        <code>/kb_get generic:plc:scan-cycle</code>`,
      generate_script: html`🎬 Wovon soll das Skript handeln? So geht es: /generate_script &lt;Thema&gt;
        Beispiel: <code>/generate_script ladder logic basics</code>`,
    })[command],

  stats: {
    title: 'Die Wissensbasis in Zahlen',
    total: 'Artikel gesamt',
    byManufacturer: 'Nach Hersteller',
    byType: 'Nach Art',
    more: (count) => `und ${number(count)} weitere`,
    hint: html`💡 Mit /kb_search &lt;Thema&gt; kannst du suchen`,
  },

  search: {
    title: 'Suchergebnisse für',
    found: (total) => `${articles(total)} gefunden`,
    manufacturer: 'Hersteller',
    hint: html`💡 Mit /kb_get &lt;Artikel-ID&gt; liest du einen Artikel ganz`,
    filters: 'Filter',
    unknownFilter: ({ name, typed, known }) =>
      html`⚠️ Kein Artikel hat ${name} „${typed}“, darum habe ich diesen Filter weggelassen. Es gibt:
      ${known.join(', ')}`,
    nothingFound: (query) =>
      html`🔍 Nichts gefunden für: ${query} Versuch es mit weniger oder anderen (englischen) Wörtern, mit der
      Bestellnummer allein oder ohne Filter. /kb_stats zeigt, was die Wissensbasis enthält.`,
    didYouMean: (query) => `Meintest du: ${query}?`,
    staleKeyboard: 'Diese Knöpfe sind veraltet. Bitte such noch einmal.',
    freshSearch: 'Diese Knöpfe waren veraltet, darum habe ich neu gesucht.',
  },

  atom: {
    unknown: (id, hasNearest) =>
      html`🤷 Einen Artikel <code>${id}</code> gibt es nicht.
        ${hasNearest ? 'Meintest du einen von diesen?' : 'Such stattdessen danach: Schreib einfach, worum es geht.'}`,
    gone: 'Diesen Artikel gibt es in der Wissensbasis nicht mehr.',
    safety: { info: 'Hinweis', caution: 'VORSICHT', warning: 'WARNUNG', danger: 'GEFAHR' },
    safetyLevel: 'Gefahrenstufe',
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
    updated: 'Geprüft',
    id: 'ID',
    back: '« Zurück zu den Ergebnissen',
    useful: '👍 Hilfreich',
    notUseful: '👎 Nicht hilfreich',
    thanksUp: 'Danke! Als hilfreich vermerkt.',
    thanksDown: 'Danke! Als nicht hilfreich vermerkt.',
    tally: ({ up, down }) => `Rückmeldungen: 👍 ${number(up)} · 👎 ${number(down)}`,
  },

  script: {
    summary: (script, asked) =>
      html`🎬 Skript zum Thema: ${shorten(asked, 120)} ✅ <b>Das Skript ist fertig!</b>

        <b>Titel:</b> ${shorten(script.title, 160)} <b>Dauer:</b> ${script.durationSeconds} s
        <b>Verwendete Artikel:</b> ${script.citations.length}

        <b>Aufhänger:</b> ${shorten(script.hook, 220)} <b>Einleitung:</b> ${shorten(script.intro, 260)}
        <b>Hauptteil:</b> ${script.sections.length} Abschnitte`,
    missing: (missing, topic) => {
      switch (missing.reason) {
        case 'topic-empty':
          return html`🎬 Darin erkenne ich kein Thema. Nenne es in wenigen Worten, zum Beispiel:
            <code>/generate_script ladder logic basics</code>`;
        case 'topic-too-long':
          return html`🎬 Das Thema ist zu lang: ${missing.characters} Zeichen, höchstens
          ${missing.maxCharacters} sind möglich. Am besten sind wenige Worte.`;
        case 'too-little-material':
          return html`🎬 Die Wissensbasis enthält zu wenig für ein Skript von drei Minuten über:
          ${shorten(topic, 120)} Passende Artikel, die sich sprechen lassen: ${missing.usableAtoms}, mit etwa
          ${missing.words} von ${missing.wordsNeeded} nötigen
          Wörtern.${
            missing.missingTypes.length > 0 && html` Vor allem fehlt: ${missing.missingTypes.join(', ')}.`
          }
          Versuch es mit einem weiteren Thema. Das sage ich dir lieber, als das Skript mit Leerem zu füllen.`;
      }
    },
    none: html`🎬 Du hast noch keine Skripte. Eines bekommst du mit
      <code>/generate_script ladder logic basics</code>`,
    listTitle: 'Deine Skripte, die neuesten zuerst. Drück auf eines, um es noch einmal zu bekommen.',
    gone: 'Dieses Skript gibt es nicht mehr.',
  },

  status: {
    running: 'Der Bot läuft',
    degraded: 'Der Bot läuft, aber eingeschränkt',
    version: 'Version',
    uptime: (seconds) =>
      `Laufzeit: ${number(seconds)} Sekunden (${(seconds / 60).toLocaleString('de-DE', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} Minuten)`,
    knowledge: (count) => `Wissensbasis: ${articles(count)}`,
    noKnowledge: 'Wissensbasis: noch keine',
    reasons: 'Gründe',
    lease: 'Lease',
    webhook: 'Webhook',
    webhookOn: 'unserer',
    webhookOff: 'aus',
    webhookForeign: 'fremd oder nicht gesetzt',
    pending: (count) => `${number(count)} wartend`,
    lastError: 'letzter Fehler',
    neverChecked: 'noch nicht geprüft',
  },

  inline: { nothingFound: 'Nichts gefunden. Frag im Bot', howTo: 'Schreib, was du suchst' },

  admin: {
    upload: html`📥 Schick mir ein <b>.json</b>- oder <b>.jsonl</b>-Dokument mit Artikeln, höchstens 20 MB.
      Ich prüfe es zuerst und importiere nichts, bevor du zustimmst.`,
    notSetUp: html`📥 Importe aus dem Chat sind in dieser Installation nicht eingerichtet.`,
    tooLarge: (megabytes) =>
      html`📥 Das Dokument ist zu groß: Bots können höchstens ${megabytes} MB herunterladen. Teile es auf,
      oder importiere es auf der Kommandozeile.`,
    notJson: html`📥 Das ist kein JSON- oder JSONL-Dokument. Der Name muss auf .json, .jsonl oder .ndjson
    enden.`,
    unreadable: (reason) => html`❌ Das Dokument lässt sich nicht importieren: ${reason}`,
    checked: (check) =>
      html`📥 <b>${check.fileName}</b> ist geprüft; importiert ist noch nichts. Neu: ${number(check.added)} ·
        geändert: ${number(check.changed)} · unverändert: ${number(check.unchanged)} · ungültig:
        ${number(check.rejected)}${
          check.problemCount > 0 &&
          html` Probleme (${number(check.problemCount)}), ungültige Artikel werden ausgelassen:
          ${joinHtml(
            check.problems.map((problem) => html`• ${problem}`),
            '\n',
          )}${check.problemCount > check.problems.length && '\n…'}`
        }`,
    confirm: '✅ Importieren',
    cancel: '✖️ Abbrechen',
    cancelled: html`✖️ Abgebrochen. Es wurde nichts importiert.`,
    started: html`⏳ Der Import hat begonnen. Ich melde mich, sobald er fertig ist.`,
    documentGone: 'Ich finde das Dokument nicht mehr. Bitte schick es noch einmal.',
    reindexStarted: html`⏳ Der Suchindex wird neu aufgebaut. Ich melde mich, sobald er fertig ist.`,
    gaps: (gaps, days) =>
      html`🕳 <b>In den letzten ${days} Tagen vergeblich gesucht</b>

        ${joinHtml(
          gaps.map(({ query, count }) => html`${number(count)} × ${query}`),
          '\n',
        )}`,
    noGaps: (days) => html`🕳 In den letzten ${days} Tagen fand jede Suche etwas.`,
    gapsOff: html`🕳 Vergebliche Suchen werden hier nicht aufgezeichnet: RECORD_GAPS steht auf off.`,
    parked: ({ reference, error }) =>
      html`🚨 Update <code>${reference}</code> wurde nach dem letzten fehlgeschlagenen Versuch zurückgelegt.
        ${shorten(error, 300)}

        <code>bot updates show ${reference}</code>`,
    imported: ({ fileName, added, changed, rejected, total }) =>
      html`📥 <b>${fileName}</b>: ${number(added)} neu, ${number(changed)} geändert, ${number(rejected)}
        ungültig. Die Wissensbasis enthält jetzt ${articles(total)}.`,
    reindexed: (total) => html`🔁 Der Suchindex ist neu aufgebaut, über ${articles(total)}.`,
    importFailed: ({ name, reason }) =>
      html`❌ <b>${name}</b> ist fehlgeschlagen, geändert wurde nichts: ${shorten(reason, 500)}`,
  },

  commands: {
    kb_search: 'In der Wissensbasis suchen',
    kb_get: 'Einen Artikel über seine ID lesen',
    kb_stats: 'Was die Wissensbasis enthält',
    generate_script: 'Ein Videoskript von drei Minuten schreiben',
    scripts: 'Deine Skripte',
    status: 'Ob es dem Bot gut geht',
    help: 'Alle Befehle, mit Beispielen',
    start: 'Hier geht es los',
    kb_upload: 'Ein JSON- oder JSONL-Dokument importieren',
    kb_reindex: 'Den Suchindex neu aufbauen',
    kb_gaps: 'Wonach vergeblich gesucht wurde',
  },
  description:
    'Ich beantworte Fragen aus der Instandhaltung mit einer Wissensbasis über SPS: Siemens, Allen Bradley und allgemeine Praxis. Schreib mit eigenen Worten oder als Bestellnummer, was du suchst. Ich zeige, woher jede Antwort stammt. Die Artikel sind auf Englisch.',
  shortDescription: 'Antworten zu SPS und Instandhaltung, aus einer Wissensbasis mit Quellen.',
};
