// Whether a text says nothing: blanks, and signs that nobody sees.  The same
// rule as the server's (desk.must_say() in sql/functions/replies.sql): what it
// would refuse is not sent.
const NOTHING =
  /^[\s\u00A0\u00AD\u115F\u1160\u1680\u180E\u2000-\u200F\u2028-\u202F\u205F-\u2064\u2800\u3000\u3164\uFEFF]*$/;

export const isBlank = (text: string): boolean => NOTHING.test(text);
