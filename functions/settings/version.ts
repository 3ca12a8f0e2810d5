/** What `/health`, `/status` and the stack's output call this version; a test keeps it equal to package.json's. */
export const VERSION = '1.0.0';
