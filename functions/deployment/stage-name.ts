/** What a stage may be called; its stack and its SSM parameters carry the name. */
export const STAGE_NAME = /^[a-z][a-z0-9-]{1,20}$/;
export const STAGE_NAME_RULE = 'takes a name of 2 to 21 of a-z, 0-9 and -, such as prod';
