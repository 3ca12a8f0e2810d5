/** The HTTP contract's two paths, the same on any machine and at API Gateway. */
export const WEBHOOK_PATH = '/telegram/webhook';
export const HEALTH_PATH = '/health';
