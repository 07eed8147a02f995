import type { Rules } from '../../language/lex.ts';

/** Words of the language of outbound mappings. */
export const OUTBOUND_WORDS: Rules = [
  ['space', /\s+/y],
  ['string', /'[^']*'|"[^"]*"/y],
  ['word', /(?:https?:|urn:)[^\s,()|[\]]+/y],
  ['reference', /\$[A-Za-z]\w*/y],
  ['symbol', /->|\?\?|==|!=|[|(),[\].]/y],
  ['word', /[\p{L}_](?:[\p{L}\p{N}_/+:]|-(?!>))*/uy],
  ['number', /\d+/y],
];
