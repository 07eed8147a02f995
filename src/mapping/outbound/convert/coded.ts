import type { RepetitionValue } from '../../../hl7/write-message.ts';
import type { Run } from '../run/run.ts';
import { fieldsOf, objectsOf, orNothing, parts, textOf, type Converter } from './converter.ts';

type Coding = Readonly<Record<string, unknown>>;

interface Words {
  readonly code: string;
  readonly display: string;
  readonly system: string;
  readonly version: string;
}

/**
 * A code of no system is a local one (table 0396: L), which is read as a code of no system again. One that a table put
 * back says so by an empty system: it is of the table that HL7 has for the field.
 */
function localName(coding: Coding): string {
  return coding['system'] === undefined && textOf(coding['code']) !== '' ? 'L' : '';
}

const NONE: Words = { code: '', display: '', system: '', version: '' };

function wordsOf(coding: Coding | undefined, run: Run): Words {
  if (coding === undefined) return NONE;
  const uri = textOf(coding['system']);
  return {
    code: textOf(coding['code']),
    display: textOf(coding['display']),
    system: uri === '' ? localName(coding) : run.setting.receiver.codeSystem(uri),
    version: textOf(coding['version']),
  };
}

/** CWE of up to three codings; its original text only where no display says the same. */
function cweOf(codings: readonly Coding[], text: string, run: Run): RepetitionValue | undefined {
  const [first, second, third] = [0, 1, 2].map((index) => wordsOf(codings[index], run));
  const [a, b, c] = [first ?? NONE, second ?? NONE, third ?? NONE];
  const shown = a.display === '' ? b.display : a.display;
  if (codings.length === 0) return parts('', text);
  if (!run.setting.receiver.hasCwe) return parts(a.code, shown || text, a.system, b.code, b.display, b.system);
  return parts(
    ...[a.code, a.display, a.system, b.code, b.display, b.system, a.version, b.version, text === shown ? '' : text],
    ...[c.code, c.display, c.system, c.version],
  );
}

const CHILDREN = ['coding[0]', 'coding[1]', 'coding[2]', 'text'];

/** CodeableConcept to CWE. */
export const conceptToCwe: Converter = {
  children: CHILDREN,
  write: ({ value }, run) => {
    const { coding, text } = fieldsOf(value);
    return cweOf(objectsOf(coding), textOf(text), run);
  },
};

/** CodeableConcept to the first component of FC and DLD. */
export const conceptInside: Converter = {
  children: ['coding[0]', 'text'],
  write: ({ value }, run) => {
    const { coding, text } = fieldsOf(value);
    const { code, display, system } = wordsOf(objectsOf(coding)[0], run);
    const shown = display === '' ? textOf(text) : display;
    return parts([code, shown, system]);
  },
};

/** Coding to CWE. */
export const codingToCwe: Converter = { write: ({ value }, run) => cweOf([fieldsOf(value)], '', run) };

/** A code to CWE. */
export const codeToCwe: Converter = { write: ({ value }) => orNothing(textOf(value)) };

/** The code of the first coding of a CodeableConcept; `''` where it has none. */
export const conceptCode = (concept: unknown): string => textOf(objectsOf(fieldsOf(concept)['coding'])[0]?.['code']);

/** CodeableConcept to the code of its first coding. */
export const conceptToCode: Converter = {
  children: ['coding[0]', 'text'],
  write: ({ value }) => orNothing(conceptCode(value)),
};

/** Coding to its code. */
export const codingToCode: Converter = { write: ({ value }) => orNothing(textOf(fieldsOf(value)['code'])) };

/** What a coded value is called: its text, else what its first coding shows, else the code. */
function conceptText(value: unknown): string {
  const { coding, text } = fieldsOf(value);
  const first = objectsOf(coding)[0] ?? {};
  return textOf(text) || textOf(first['display']) || textOf(first['code']);
}

/** CodeableConcept to what it is called. */
export const conceptToText: Converter = {
  children: ['coding[0]', 'text'],
  write: ({ value }) => orNothing(conceptText(value)),
};

/** Coding to what it is called. */
export const codingToText: Converter = { write: ({ value }) => orNothing(conceptText({ coding: [value] })) };
