import { rich } from '../../telegram/limits-html.ts';
import type { Texts } from './catalogue.ts';

export const englishHazards: Texts['hazards'] = {
  person: rich`⛔ <b>Press the emergency stop now and call for help.</b> Do not start, reverse or move anything until everybody is free and the machine is locked out.`,
  fire: rich`⛔ <b>Stop the machine, and switch the power off if that is safe.</b> Keep clear of the smoke, raise the alarm, use no water on electrical equipment. Do not switch on again before the cause is found.`,
  shock: rich`⛔ <b>Touch nothing more: switch the power off and lock it out.</b> Whoever got a shock needs a doctor, even if nothing hurts. Call for help if somebody is unwell.`,
  bypass: rich`⛔ <b>Never bypass a guard, an interlock or an emergency stop.</b> Stop the machine, lock it out, and find out why it is not allowed to run.`,
  live: rich`⛔ <b>Not while it is live or under pressure.</b> Switch off, lock out, release stored energy, and prove it dead before you touch anything.`,
};
