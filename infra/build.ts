import { buildId } from '../functions/settings/build-id.ts';

/** The build that this synth deploys. Each bundle and the stack's output name it, and the registration is keyed by it. */
export const BUILD = buildId();
