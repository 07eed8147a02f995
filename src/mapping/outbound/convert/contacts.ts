import { EXTENSIONS } from '../../types/extensions.ts';
import { fieldsOf, orNothing, parts, textOf, textsOf, type Converter } from './converter.ts';
import { extensionText } from './extensions.ts';

/** contact-point-system to HL7 table 0202. */
const EQUIPMENT: Readonly<Record<string, string>> = { phone: 'PH', fax: 'FX', pager: 'BP', other: 'MD', sms: 'CP' };
/** contact-point-use to HL7 table 0201; there is no code for what is old or temporary. */
const CONTACT_USES: Readonly<Record<string, string>> = { home: 'PRN', work: 'WPN', mobile: 'PRS' };
/** Extensions that hold XTN-5 to XTN-8. */
const { phoneCountry, phoneArea, phoneLocal, phoneExtension } = EXTENSIONS;
const NUMBER_PARTS = [phoneCountry, phoneArea, phoneLocal, phoneExtension];

/** ContactPoint to XTN: the number as one text beside its parts, an e-mail address in XTN-4. */
export const toXtn: Converter = {
  children: ['system', 'value', 'use', 'period', 'rank', 'extension'],
  write: ({ value: contact }, run) => {
    const { system, value, use, period, rank } = fieldsOf(contact);
    const number = textOf(value);
    if (number === '') return undefined;
    const kind = textOf(system);
    const isMail = kind === 'email' || kind === 'url';
    const equipment = isMail ? 'Internet' : use === 'mobile' ? 'CP' : (EQUIPMENT[kind] ?? '');
    const numberParts = NUMBER_PARTS.map(({ url }) => extensionText(contact, url));
    // Where XTN-7 is there, XTN-1 does not count (it was withdrawn); XTN-12 always does.
    const isDivided = !isMail && numberParts[2] !== '';
    const { start, end } = fieldsOf(period);
    const time = (at: unknown): string => run.setting.receiver.time(textOf(at)) ?? '';
    return parts(
      ...[isMail ? '' : number, CONTACT_USES[textOf(use)] ?? '', equipment, isMail ? number : '', ...numberParts],
      ...['', '', '', isDivided ? number : '', time(start), time(end), '', '', '', textOf(rank)],
    );
  },
};

/** ContactPoint to its value alone. */
export const contactText: Converter = {
  children: ['value', 'system'],
  write: ({ value }) => orNothing(textOf(fieldsOf(value)['value'])),
};

/** address-use to HL7 table 0190. */
const ADDRESS_USES: Readonly<Record<string, string>> = { home: 'H', work: 'O', temp: 'C', old: 'BA', billing: 'BI' };

/** HL7 table 0190: the kind that was sent, else use and type. */
function addressKind(address: unknown): string {
  const { use, type } = fieldsOf(address);
  const sent = extensionText(address, EXTENSIONS.addressType.url);
  const vacation = extensionText(address, EXTENSIONS.vacationHome.url);
  return sent || vacation || (ADDRESS_USES[textOf(use)] ?? (type === 'postal' ? 'M' : ''));
}

/** The lines of an address: up to three in SAD (XAD-1), the last in XAD-2; to whom mail goes (XAD-19) what is over four. */
interface Lines {
  readonly street: readonly string[];
  readonly other: string;
  readonly addressee: string;
}

function linesOf(lines: readonly string[]): Lines {
  const inStreet = Math.min(3, Math.max(1, lines.length - 1));
  const [other = '', ...more] = lines.slice(inStreet);
  return { street: lines.slice(0, inStreet), other, addressee: more.join(' ') };
}

/** Address to XAD; an address that is only a text stands in the place of the street. */
export const toXad: Converter = {
  children: [
    'use',
    'type',
    'text',
    'line',
    'city',
    'district',
    'state',
    'postalCode',
    'country',
    'period',
    'extension',
  ],
  write: ({ value }, run) => {
    const { text, line, city, district, state, postalCode, country, period } = fieldsOf(value);
    const { street, other, addressee } = linesOf(textsOf(line));
    const [town = '', county = '', province = '', code = ''] = [city, district, state, postalCode].map(textOf);
    const hasParts = [...street, town, county, province, code].some((part) => part !== '');
    const { start, end } = fieldsOf(period);
    const time = (at: unknown): string => run.setting.receiver.time(textOf(at)) ?? '';
    const tract = extensionText(value, EXTENSIONS.censusTract.url);
    return parts(
      ...[hasParts ? street : textOf(text), other, town, province, code, textOf(country), addressKind(value)],
      ...['', county, tract, '', '', time(start), time(end), '', '', '', '', addressee],
    );
  },
};

/** Address to one line. */
export const addressText: Converter = {
  children: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
  write: ({ value }) => {
    const { text, line, city, state, postalCode, country } = fieldsOf(value);
    const rest = [...textsOf(line), ...[city, state, postalCode, country].map(textOf)].filter((part) => part !== '');
    return orNothing(textOf(text) || rest.join(', '));
  },
};
