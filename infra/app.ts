import { createApp } from './create-app.ts';
import { ContextError } from './stage.ts';

try {
  createApp().synth();
} catch (error) {
  // A mistake in the context is the caller's: what is wrong says more than where it was found.
  if (!(error instanceof ContextError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
