import { buildId } from '../functions/settings/build-id.ts';

/** What this synth deploys: in each bundle, in the stack's output, and what the registration is keyed by. */
export const BUILD = buildId();
