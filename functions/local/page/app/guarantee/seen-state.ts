import { signal } from '@preact/signals';
import type { GuaranteeState } from '../../guarantee-state.ts';
import { post } from '../server.ts';

export const state = signal<GuaranteeState | undefined>(undefined);
export const problem = signal('');

/** Asks for something, shows what was refused, and looks at what came of it. */
export async function ask(path: string, body: object = {}): Promise<void> {
  try {
    problem.value = '';
    await post(`guarantee/${path}`, body);
  } catch (error) {
    problem.value = (error as Error).message;
  }
  await look();
}

/** Reads the state anew; the last one stays where the bot does not answer. */
export async function look(): Promise<void> {
  state.value = await post<GuaranteeState>('guarantee/state').catch(() => state.value);
}
