import { isListOfObjects } from './wrappers.ts';

type Fields = Record<string, unknown>;

const ASKING = /^(user|human)$/i;
const ANSWERING = /^(assistant|gpt|model|bot)$/i;

/** Pairs that a model is trained with: Alpaca's, and those of completions. An `input` belongs to the question. */
const PAIRS: readonly (readonly [question: string, answer: string])[] = [
  ['instruction', 'output'],
  ['instruction', 'response'],
  ['prompt', 'completion'],
  ['prompt', 'response'],
];

/** A record that was said rather than written, as a question and the answer to it. */
export function dialogueIn(value: Fields): { record: Fields; as: string } | undefined {
  const chat = chatIn(value);
  if (chat !== undefined) return { record: chat, as: 'chat messages' };
  for (const [asks, answers] of PAIRS) {
    const { [asks]: question, [answers]: answer, input, ...own } = value;
    if (typeof question !== 'string' || typeof answer !== 'string') continue;
    const asked = typeof input === 'string' && input.trim() !== '' ? `${question} ${input}` : question;
    return { record: { ...own, question: asked, answer }, as: 'questions and answers' };
  }
  return undefined;
}

/** `{messages: [{role, content}, ...]}`, or ShareGPT's: the first question and the answer to it. */
function chatIn({ messages, conversations, conversation }: Fields): Fields | undefined {
  const turns = [messages, conversations, conversation].find(isListOfObjects) as Fields[] | undefined;
  const said = (role: RegExp): unknown => {
    const turn = turns?.find((each) => role.test(String(each.role ?? each.from)));
    return turn?.content ?? turn?.value ?? turn?.text;
  };
  const [question, answer] = [said(ASKING), said(ANSWERING)];
  return typeof question === 'string' && typeof answer === 'string' ? { question, answer } : undefined;
}
