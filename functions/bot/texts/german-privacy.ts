import { type Html, joinHtml, rich } from '../../telegram/limits-html.ts';
import type { Kept, NamedData, NamelessData } from '../personal-data.ts';
import type { Texts } from './catalogue.ts';

const NAMES: Record<NamedData | NamelessData, string> = {
  language: 'die Sprache, die du gewählt hast (/language)',
  scripts: 'deine Skripte, und wovon sie handeln (/scripts)',
  votes: 'deine 👍 und 👎 zu Artikeln',
  parked: 'eine Nachricht von dir, die nicht beantwortet werden konnte, ganz, bis jemand nachgesehen hat',
  counts: 'wie oft du abgewiesen oder als Administrator über einen Fehler benachrichtigt wurdest',
  gaps: 'wonach vergeblich gesucht wurde',
  queries: 'lange Suchanfragen, damit die Knöpfe darunter funktionieren',
  voted: 'über welche Artikel an einem Tag abgestimmt wurde',
};

const days = (count: number): string => `${count} ${count === 1 ? 'Tag' : 'Tage'}`;
const inDays = (count: number): string => `${count} ${count === 1 ? 'Tag' : 'Tagen'}`;
const listed = (kept: readonly Kept<NamedData | NamelessData>[]): Html =>
  joinHtml(
    kept.map(
      (each) =>
        rich`• ${NAMES[each.kind]}: ${each.days === undefined ? 'bis du neu wählst' : days(each.days)}`,
    ),
    '\n',
  );

export const germanPrivacy: Texts['privacy'] = {
  kept: ({ named, nameless }, { userId, backupDays }) => rich`🔏 <b>Was ich über dich speichere</b>

Unter deiner ID, <code>${userId}</code>, und wie lange:
${listed(named)}

Ohne zu wissen, von wem es ist:
${listed(nameless)}

Deinen Namen speichere ich nicht, und in meinen Protokollen stehen weder deine Worte noch deine ID. Der Chat selbst liegt bei Telegram.

/forgetme löscht, was unter deiner ID steht. Sicherungen meiner Tabelle, falls der Betreiber welche hat, vergessen es ${days(backupDays)} später.`,
  question: (named) => rich`🗑 <b>Soll ich löschen, was ich über dich speichere?</b>

${joinHtml(
  named.map(({ kind }) => rich`• ${NAMES[kind]}`),
  '\n',
)}

Das lässt sich nicht rückgängig machen. Danach kannst du mich weiter benutzen.`,
  privately: rich`🔏 Schreib mir /forgetme in unserem privaten Chat: Dort ist sicher, wer fragt.`,
  confirm: '🗑 Löschen',
  keep: '✖️ Behalten',
  nothingDone: rich`✖️ Gelöscht wurde nichts.`,
  forgotten: ({ atWork, backupDays }) =>
    rich`🗑 Unter deiner ID ist nichts mehr gespeichert; Sicherungen meiner Tabelle vergessen es in höchstens ${inDays(backupDays)}.${
      atWork > 0 &&
      ' Eine Nachricht von dir wird gerade neu beantwortet und blieb stehen: Sollte keine Antwort kommen, schreib in einer Stunde noch einmal /forgetme.'
    }`,
};
