// Everything that only a request for a script needs, to be loaded with it: a tenth of what the bot would start with.

export { aboutTopic, isMaker, MAX_ATOMS } from './choose.ts';
export { composeScript } from './compose-script.ts';
export { scriptToJson, scriptToMarkdown } from './render-script.ts';
