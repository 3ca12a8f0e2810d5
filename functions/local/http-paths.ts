/** The HTTP contract's two paths, the same here and at API Gateway. */
export const WEBHOOK_PATH = '/telegram/webhook';
export const HEALTH_PATH = '/health';
