import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import type { MessageEntity } from 'grammy/types';
import { entityTree, type Piece } from './entity-tree.ts';
import { Link } from './link.tsx';

/** A message's text as Telegram shows it. Each entity is a node of its own: no text becomes HTML. */
export function FormattedText(props: {
  text: string;
  entities?: readonly MessageEntity[] | undefined;
  /** A tap on a command sends it. */
  onCommand: (command: string) => void;
}): JSX.Element {
  return <>{entityTree(props.text, props.entities).map((piece) => shown(piece, props.onCommand))}</>;
}

function shown(piece: Piece, onCommand: (command: string) => void): ComponentChildren {
  if (typeof piece === 'string') return piece;
  const { entity, pieces } = piece;
  const inner = pieces.map((each) => shown(each, onCommand));
  const text = plain(piece);
  switch (entity.type) {
    case 'bold':
      return <b>{inner}</b>;
    case 'italic':
      return <i>{inner}</i>;
    case 'underline':
      return <u>{inner}</u>;
    case 'strikethrough':
      return <s>{inner}</s>;
    case 'code':
      return <code>{inner}</code>;
    case 'pre':
      return (
        <pre data-language={entity.language} tabIndex={0}>
          <code>{inner}</code>
        </pre>
      );
    case 'spoiler':
      return <Spoiler hidden={text}>{inner}</Spoiler>;
    case 'blockquote':
      return <blockquote dir="auto">{inner}</blockquote>;
    case 'expandable_blockquote':
      return <ExpandableQuote>{inner}</ExpandableQuote>;
    case 'text_link':
      return <Link href={entity.url}>{inner}</Link>;
    case 'url':
      return <Link href={/^[a-z]+:/i.test(text) ? text : `https://${text}`}>{inner}</Link>;
    case 'email':
      return <Link href={`mailto:${text}`}>{inner}</Link>;
    case 'bot_command':
      return (
        <button type="button" class="link" onClick={() => onCommand(text)}>
          {inner}
        </button>
      );
    case 'mention':
    case 'text_mention':
    case 'hashtag':
    case 'cashtag':
    case 'phone_number':
      return <span class="mention">{inner}</span>;
    default:
      return inner;
  }
}

const plain = (piece: Piece): string =>
  typeof piece === 'string' ? piece : piece.pieces.map(plain).join('');

/** Only its text is there, covered: a link in it works once it is uncovered. */
function Spoiler(props: { hidden: string; children: ComponentChildren }): JSX.Element {
  const [isOpen, open] = useState(false);
  if (isOpen) return <span class="spoiler open">{props.children}</span>;
  return (
    <button type="button" class="spoiler" aria-label="Hidden text: show it" onClick={() => open(true)}>
      <span aria-hidden="true">{props.hidden}</span>
    </button>
  );
}

/** One that is short enough to be seen whole has nothing to expand. */
function ExpandableQuote(props: { children: ComponentChildren }): JSX.Element {
  const [isOpen, open] = useState(false);
  const [isLong, setLong] = useState(false);
  const quoted = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { scrollHeight = 0, clientHeight = 0 } = quoted.current ?? {};
    if (!isOpen) setLong(scrollHeight > clientHeight + 1);
  }, [props.children]);
  return (
    <blockquote class={isOpen ? 'expandable open' : 'expandable'} dir="auto">
      <div ref={quoted}>{props.children}</div>
      {isLong && (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          {isOpen ? 'Show less' : 'Show more'}
        </button>
      )}
    </blockquote>
  );
}
