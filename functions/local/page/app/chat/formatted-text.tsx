import { useState } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import type { MessageEntity } from 'grammy/types';
import { entityTree, type Piece } from './entity-tree.ts';

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
        <pre>
          <code>{inner}</code>
        </pre>
      );
    case 'spoiler':
      return <Spoiler>{inner}</Spoiler>;
    case 'blockquote':
      return <blockquote>{inner}</blockquote>;
    case 'expandable_blockquote':
      return <ExpandableQuote>{inner}</ExpandableQuote>;
    case 'text_link':
      return <SafeLink href={entity.url}>{inner}</SafeLink>;
    case 'url':
      return <SafeLink href={/^[a-z]+:/i.test(text) ? text : `https://${text}`}>{inner}</SafeLink>;
    case 'email':
      return <SafeLink href={`mailto:${text}`}>{inner}</SafeLink>;
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

/** Only addresses that cannot run script become links. */
export function SafeLink(props: { href: string; class?: string; children: ComponentChildren }): JSX.Element {
  if (!/^(https?|tg|mailto):/i.test(props.href)) return <span>{props.children}</span>;
  return (
    <a class={props.class} href={props.href} target="_blank" rel="noopener noreferrer" title={props.href}>
      {props.children}
    </a>
  );
}

function Spoiler(props: { children: ComponentChildren }): JSX.Element {
  const [isOpen, open] = useState(false);
  if (isOpen) return <span class="spoiler open">{props.children}</span>;
  return (
    <button type="button" class="spoiler" aria-label="Hidden text: show it" onClick={() => open(true)}>
      <span aria-hidden="true">{props.children}</span>
    </button>
  );
}

function ExpandableQuote(props: { children: ComponentChildren }): JSX.Element {
  const [isOpen, open] = useState(false);
  return (
    <blockquote class={isOpen ? 'expandable open' : 'expandable'}>
      <div>{props.children}</div>
      <button type="button" class="link" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
        {isOpen ? 'Show less' : 'Show more'}
      </button>
    </blockquote>
  );
}
