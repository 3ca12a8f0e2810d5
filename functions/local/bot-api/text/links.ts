/** The user a `tg://user?id=` link mentions. */
export function mentionedUserId(url: string): number | undefined {
  const id = /^tg:\/\/user\?id=(\d{1,15})$/i.exec(url)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** A link as Telegram keeps it, '' for what it takes for no link. */
export function checkedLink(url: string): string {
  if (/^tg:/i.test(url)) return url;
  try {
    const parsed = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`);
    const isWeb = parsed.protocol === 'http:' || parsed.protocol === 'https:';
    return isWeb && /\.|^localhost$|^\[/.test(parsed.hostname) ? parsed.href : '';
  } catch {
    return '';
  }
}
