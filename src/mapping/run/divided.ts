import { decimalText, isObject } from '../../fhir/json.ts';
import type { ResourcePatch } from '../../fhir/patch.ts';
import { allParts } from '../../hl7/parts.ts';
import { componentType, STANDARD_SEGMENTS } from '../types/hl7-model.ts';
import type { LeftPart } from './account.ts';
import { withoutControls } from './cell.ts';
import type { Run } from './run.ts';

/** Types that say something in words; the others are codes, times and numbers, which elements write otherwise. */
const WORDS: ReadonlySet<string> = new Set(['ST', 'TX', 'FT', 'IS']);

/** Shorter texts are codes too. */
const SHORTEST = 3;

/** Stands between the texts of the resources, and in none of them. */
const BREAK = '\u0001';

function collect(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, into);
  else if (isObject(value)) {
    const decimal = decimalText(value);
    if (decimal !== undefined) into.push(decimal);
    else for (const name in value) collect(value[name], into);
  }
}

/** Longer texts are not looked through for every word: what is no text by itself counts as said nowhere. */
const LONGEST = 250_000;

/** All texts of the resources. */
class Said {
  readonly #texts: ReadonlySet<string>;
  readonly #whole: string;
  readonly #known = new Map<string, boolean>();

  constructor(patches: readonly ResourcePatch[]) {
    const texts: string[] = [];
    for (const { elements } of patches) collect(elements, texts);
    this.#texts = new Set(texts);
    const whole = [...this.#texts].join(BREAK);
    this.#whole = whole.length > LONGEST ? '' : whole;
  }

  /** True where a text is one of them, or a part of one. */
  has(text: string): boolean {
    let known = this.#known.get(text);
    if (known === undefined) {
      known = this.#texts.has(text) || this.#whole.includes(text);
      this.#known.set(text, known);
    }
    return known;
  }
}

function isInWords(type: string, text: string): boolean {
  return WORDS.has(type) && text.length >= SHORTEST && /\p{L}/u.test(text);
}

/** Numbers of the subcomponents of a part whose words are nowhere in the texts. */
function unsaid({ segment, field, repetition, component }: LeftPart, said: Said, run: Run): readonly number[] {
  const { separators } = run.message;
  const type = STANDARD_SEGMENTS.get(segment.name)?.[field - 1]?.type;
  // The third of an HD says of which kind the second is, and the like.
  if (type === undefined) return [];
  const own = componentType(type, component);
  const parts = allParts(segment.component(field, repetition, component), separators.subcomponent);
  return parts.flatMap((raw, index): readonly number[] => {
    const text = withoutControls(segment.unescape(raw)).trim();
    return isInWords(componentType(own, index + 1), text) && !said.has(text) ? [index + 1] : [];
  });
}

/**
 * Which subcomponents of what was read are in no resource (the name of an authority that is known by its OID, the kind of
 * an organization): whether a component was read is known, of its subcomponents it is not.
 */
export function unsaidParts(divided: readonly LeftPart[], run: Run): readonly LeftPart[] {
  if (divided.length === 0) return divided;
  const said = new Said(run.patches.all());
  return divided.flatMap((part): readonly LeftPart[] => {
    const subcomponents = unsaid(part, said, run);
    return subcomponents.length === 0 ? [] : [{ ...part, subcomponents, reason: undefined }];
  });
}
