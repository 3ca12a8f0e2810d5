import { button, type Keyboard } from './answer.ts';
import { encodePress } from './callbacks.ts';

/** `‹ 2/7 ›`; an arrow that would lead nowhere is left out, and so is the row where there is one page. */
export function pagerRow(options: {
  /** From 0. */
  page: number;
  pages: number;
  toPage: (page: number) => string;
}): Keyboard {
  const { page, pages, toPage } = options;
  if (pages <= 1) return [];
  return [
    [
      ...(page > 0 ? [button('‹', toPage(page - 1))] : []),
      button(`${page + 1}/${pages}`, encodePress({ op: 'nothing' })),
      ...(page < pages - 1 ? [button('›', toPage(page + 1))] : []),
    ],
  ];
}
