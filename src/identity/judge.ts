import { compareBirths, type BirthLevel } from './birth.ts';
import { residentIds, type MatchCopy } from './match-copy.ts';
import { compareNames, motherOf, type NameLevel } from './name.ts';

/** Rules of matching that forbid or hold back an automatic link (docs/architecture.md, identity). */
export type Guard = 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8' | 'G9' | 'G10' | 'G12' | 'source';

/** Evidence that links two records by itself. */
export type LinkRule = 'identifier' | 'accession' | 'id-number';

/** How two copies agree, field by field. */
export interface Agreement {
  readonly name: NameLevel;
  readonly birth: BirthLevel;
  readonly sex: 'equal' | 'different' | 'missing';
  readonly idNumber: 'equal' | 'different' | 'missing';
  readonly phone: 'equal' | 'different' | 'missing';
  readonly number: 'equal' | 'none';
}

/** What is known about a pair beside the two copies. */
export interface PairFacts {
  /** An exact accession or order number ties them. */
  readonly accession: boolean;
  /** They share a number of a declared identifier domain, or one is keyed by a number that the other carries. */
  readonly number: boolean;
  /** Phones that too many people share to be evidence. */
  readonly hotPhones: ReadonlySet<string>;
}

/** Judgement of a pair: linked by a rule, to be reviewed, known to be apart, or `none`: nothing to remember. */
export interface Judgement {
  readonly verdict: 'link' | 'review' | 'apart' | 'none';
  /** `adt`: as good as a merge message; `score`: may be put in review by the cluster rules. */
  readonly rank: 'adt' | 'score';
  readonly rules: readonly LinkRule[];
  readonly guards: readonly Guard[];
  readonly fields: Agreement;
}

/** Compares two copies field by field. */
export function compareCopies(a: MatchCopy, b: MatchCopy, facts: PairFacts): Agreement {
  const phones = overlap(a.phones, b.phones);
  const usable = phones.some((phone) => !facts.hotPhones.has(phone));
  return {
    name: a.unknown === true || b.unknown === true ? 'missing' : compareNames(a.names, b.names),
    birth: compareBirths(a.birth, b.birth),
    sex: a.sex === undefined || b.sex === undefined ? 'missing' : a.sex === b.sex ? 'equal' : 'different',
    idNumber: compareIds(a, b),
    phone: a.phones.length === 0 || b.phones.length === 0 ? 'missing' : usable ? 'equal' : 'different',
    number: facts.number ? 'equal' : 'none',
  };
}

/** Two valid different resident IDs (G1). */
export function hasTwoIds(a: MatchCopy, b: MatchCopy): boolean {
  const [x, y] = [residentIds(a), residentIds(b)];
  return x.length > 0 && y.length > 0 && overlap(x, y).length === 0;
}

/** Name, birth date and sex are known and all in conflict: another human being (G12). */
export function allConflict(fields: Agreement): boolean {
  return isNameConflict(fields) && isBirthConflict(fields) && fields.sex === 'different';
}

const isNameConflict = ({ name }: Agreement): boolean => name === 'different' || name === 'surname';

const isBirthConflict = ({ birth }: Agreement): boolean => birth === 'different' || birth === 'part';

/** Judges a pair by the linking rules and guards; the same for (a, b) and (b, a). */
export function judgePair(a: MatchCopy, b: MatchCopy, facts: PairFacts): Judgement {
  const fields = compareCopies(a, b, facts);
  for (const step of STEPS) {
    const found = step(a, b, { facts, fields });
    if (found !== undefined) return { rank: 'score', rules: [], guards: [], ...found, fields };
  }
  return { verdict: 'none', rank: 'score', rules: [], guards: [], fields };
}

interface Known {
  readonly facts: PairFacts;
  readonly fields: Agreement;
}

type Found = Partial<Judgement> & Pick<Judgement, 'verdict'>;
type Step = (a: MatchCopy, b: MatchCopy, known: Known) => Found | undefined;

const SIMILAR: ReadonlySet<NameLevel> = new Set(['equal', 'pinyin', 'wildcard']);
const CLOSE: ReadonlySet<BirthLevel> = new Set(['equal', 'one-edit', 'year', 'missing']);

/** G1: two valid different resident IDs are two people; a shared number or a full agreement is worth a look. */
const twoIds: Step = (a, b, { facts, fields }) => {
  if (!hasTwoIds(a, b)) return undefined;
  const alike = SIMILAR.has(fields.name) && fields.birth === 'equal';
  const review = facts.number || facts.accession || (fields.name === 'equal' && alike && fields.phone === 'equal');
  return { verdict: review ? 'review' : alike ? 'apart' : 'none', guards: ['G1'] };
};

/** G6: a newborn is neither its mother nor its twin, whatever they share. */
const newborns: Step = (a, b, known) => {
  const [x, y] = [newbornOf(a), newbornOf(b)];
  if (x === undefined && y === undefined) return undefined;
  const verdict =
    x !== undefined && y !== undefined ? twins(known) : newbornAndOther(x ?? y, x === undefined ? a : b, known);
  return verdict === undefined ? undefined : { verdict, guards: ['G6'] };
};

type NewbornStep = Judgement['verdict'] | undefined;

function twins(known: Known): NewbornStep {
  if (known.fields.name === 'equal') return undefined;
  return isTied(known) ? 'apart' : 'none';
}

function newbornAndOther(mother: string | undefined, other: MatchCopy, known: Known): NewbornStep {
  const { facts, fields } = known;
  const tied = isTied(known);
  if (other.names.some((name) => name.text === mother)) return tied ? 'apart' : 'none';
  // The same number and the same day of birth: the newborn has been given its name.
  if (fields.birth === 'equal' && (facts.number || facts.accession)) return undefined;
  return tied && (fields.phone !== 'equal' || fields.birth === 'equal') ? 'review' : 'none';
}

function isTied({ facts, fields }: Known): boolean {
  return facts.number || facts.accession || fields.idNumber === 'equal' || fields.phone === 'equal';
}

/** The same number of an identifier domain, or the same accession number: evidence of ADT rank. */
const exactNumbers: Step = (_a, _b, { facts, fields }) => {
  if (!facts.number && !facts.accession) return undefined;
  const rules: LinkRule[] = facts.number ? ['identifier'] : [];
  if (facts.accession) rules.push('accession');
  const nameConflict = isNameConflict(fields);
  const birthConflict = isBirthConflict(fields);
  // Order numbers start again every year or day in some departments: by them alone nobody is linked under another name.
  const strange = facts.number ? nameConflict && birthConflict : nameConflict && fields.birth !== 'equal';
  if (strange || allConflict(fields)) return { verdict: 'review', rank: 'adt', guards: ['G12'] };
  return { verdict: 'link', rank: 'adt', rules };
};

/** The same ID number: linked with equal name and birth date, else a borrowed card or a rename. */
const sameIdNumber: Step = (a, b, { fields }) => {
  if (fields.idNumber !== 'equal') return undefined;
  const guards: Guard[] = [];
  if (a.unknown === true || b.unknown === true) guards.push('G2');
  else if (fields.name !== 'equal') guards.push('G3');
  if (fields.birth !== 'equal') guards.push('G4');
  if (a.idContradictsBirth === true || b.idContradictsBirth === true) guards.push('G5');
  const resident = overlap(residentIds(a), residentIds(b)).length > 0;
  if (guards.length === 0 && resident) return { verdict: 'link', rules: ['id-number'] };
  return { verdict: 'review', guards };
};

/** No rule links them: worth a clerk's look, or nothing. */
const similar: Step = (a, b, { fields }) => {
  if (a.unknown === true || b.unknown === true || !isPlausible(fields)) return undefined;
  const guards: Guard[] = [];
  if (fields.sex === 'different' || !CLOSE.has(fields.birth)) guards.push('G4');
  if (fields.phone !== 'equal') guards.push('G7');
  if (fields.name !== 'equal') guards.push('G8');
  return { verdict: 'review', guards };
};

function isPlausible({ name, birth, sex, phone }: Agreement): boolean {
  if (sex === 'different' && !(name === 'equal' && birth === 'equal')) return false;
  if (SIMILAR.has(name)) return phone === 'equal' || CLOSE.has(birth);
  return name === 'one-char' && phone === 'equal' && (birth === 'equal' || birth === 'one-edit');
}

const STEPS: readonly Step[] = [twoIds, newborns, exactNumbers, sameIdNumber, similar];

function newbornOf(copy: MatchCopy): string | undefined {
  return copy.names.map((name) => motherOf(name.text)).find((mother) => mother !== undefined);
}

function compareIds(a: MatchCopy, b: MatchCopy): Agreement['idNumber'] {
  const texts = (copy: MatchCopy): readonly string[] => copy.ids.map((id) => `${id.type}|${id.value}`);
  const [x, y] = [texts(a), texts(b)];
  if (x.length === 0 || y.length === 0) return 'missing';
  return overlap(x, y).length > 0 ? 'equal' : 'different';
}

function overlap(a: readonly string[], b: readonly string[]): readonly string[] {
  return a.filter((value) => b.includes(value));
}
