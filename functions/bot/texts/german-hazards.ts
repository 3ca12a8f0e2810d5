import { rich } from '../../telegram/limits-html.ts';
import type { Texts } from './catalogue.ts';

export const germanHazards: Texts['hazards'] = {
  person: rich`⛔ <b>Drück sofort den Not-Halt und ruf Hilfe.</b> Nichts einschalten, zurückfahren oder bewegen, bis alle befreit sind und die Maschine gegen Einschalten gesichert ist.`,
  fire: rich`⛔ <b>Halte die Maschine an und schalte die Spannung ab, wenn das gefahrlos geht.</b> Bleib aus dem Rauch, schlag Alarm, kein Wasser auf elektrische Anlagen. Erst wieder einschalten, wenn die Ursache gefunden ist.`,
  shock: rich`⛔ <b>Fass nichts mehr an: Spannung abschalten und gegen Einschalten sichern.</b> Wer einen Schlag bekommen hat, muss zum Arzt, auch wenn nichts wehtut. Ruf Hilfe, wenn es jemandem schlecht geht.`,
  bypass: rich`⛔ <b>Überbrücke nie eine Schutzeinrichtung oder einen Not-Halt.</b> Halte die Maschine an, sichere sie gegen Einschalten und finde heraus, warum sie nicht laufen darf.`,
  live: rich`⛔ <b>Nicht unter Spannung oder Druck.</b> Abschalten, gegen Einschalten sichern, gespeicherte Energie abbauen und Spannungsfreiheit feststellen, bevor du etwas anfasst.`,
};
