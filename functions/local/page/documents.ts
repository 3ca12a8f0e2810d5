/** Nothing but the page's own files runs or is loaded; entities of messages are nodes, never HTML. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function pageDocument(actionToken: string): string {
  return document(
    `<meta name="page-token" content="${actionToken}">
<link rel="stylesheet" href="/page/main.css">
<script type="module" src="/page/main.js"></script>`,
    '<div id="app"><noscript>This page needs JavaScript. The chat in the terminal does not.</noscript></div>',
  );
}

/** For a browser that came without the key. */
export function lockedDocument(): string {
  return document(
    '<link rel="stylesheet" href="/page/main.css">',
    `<main class="locked"><h1>Agent Factory Bot</h1>
<p>This page is for the person who started the bot. Open the address that the bot printed at its start: it holds a key.</p>
<p>The bot's health is at <a href="/health">/health</a>.</p></main>`,
  );
}

function document(head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Agent Factory Bot</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
${body}
</body>
</html>
`;
}
