import { fieldsOf, orNothing, textOf, type Converter } from './converter.ts';

/** Any primitive to text. */
export const toText: Converter = { write: ({ value }) => orNothing(textOf(value)) };

/** A text where a code and its text are wanted: the text alone. */
export const toCodedText: Converter = {
  write: ({ value }) => (textOf(value) === '' ? undefined : ['', textOf(value)]),
};

/** boolean to `Y` and `N` (HL7 table 0136). */
export const toYesNo: Converter = {
  write: ({ value }) => (typeof value === 'boolean' ? (value ? 'Y' : 'N') : undefined),
};

/** date, dateTime and instant to DTM, with the precision that they have. */
export const toTime: Converter = {
  write: (item, run) => {
    const text = textOf(item.value);
    const time = run.setting.receiver.time(text);
    if (time === undefined && text !== '') run.lose(item, 'invalid-value', 'the value is no date or time of FHIR');
    return time;
  },
};

/** The same to DT: a time of day is left out. */
export const toDay: Converter = {
  write: (item, run) => {
    const time = toTime.write(item, run);
    return typeof time === 'string' ? time.slice(0, 8).replace(/[+-].*$/u, '') : undefined;
  },
};

/** time to TM. */
export const toTimeOfDay: Converter = { write: ({ value }) => orNothing(textOf(value).replaceAll(':', '')) };

/** Period to DR. */
export const toRange: Converter = {
  children: ['start', 'end'],
  write: (item, run) => {
    const { start, end } = fieldsOf(item.value);
    const [from, until] = [start, end].map((at) => run.setting.receiver.time(textOf(at)) ?? '');
    return from === '' && until === '' ? undefined : [from ?? '', until ?? ''];
  },
};

/** Annotation to its text. */
export const annotationText: Converter = {
  children: ['text'],
  write: ({ value }) => orNothing(textOf(fieldsOf(value)['text'])),
};
