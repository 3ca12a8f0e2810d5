import type { ComponentChildren, JSX } from 'preact';
import { bot, startFrom } from './state.ts';

/** A link of a message. Only addresses that cannot run script become one; the bot's own deep links are followed here. */
export function Link(props: { href: string; class?: string; children: ComponentChildren }): JSX.Element {
  const { href, children } = props;
  const payload = deepLinkPayload(href, bot.value.username);
  if (payload !== undefined)
    return (
      <button
        type="button"
        class={props.class ?? 'link'}
        title={href}
        onClick={() => void startFrom(payload)}
      >
        {children}
      </button>
    );
  if (!/^(https?|tg|mailto):/i.test(href)) return <span>{children}</span>;
  return (
    <a class={props.class} href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {children}
    </a>
  );
}

/** `https://t.me/<bot>?start=payload` -> `payload`. https://core.telegram.org/api/links#bot-links */
function deepLinkPayload(href: string, username: string): string | undefined {
  const link = /^https?:\/\/(?:t|telegram)\.me\/(\w+)\?start=([\w-]{1,64})$/i.exec(href);
  return link?.[1]?.toLowerCase() === username.toLowerCase() ? link[2] : undefined;
}
