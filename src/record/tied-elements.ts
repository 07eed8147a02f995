/**
 * Elements that say something about another one and mean nothing without it: whoever sends a new value without them has
 * withdrawn them. HL7 v2 leaves OBX-8 empty where a corrected result is normal again; an empty field alone would leave
 * "critically high" beside the new value.
 */
const TIED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Observation: { 'value[x]': ['interpretation', 'dataAbsentReason'] },
};

/** Keys of the elements that go with a new value of an element. */
export function tiedTo(type: string, key: string): readonly string[] {
  return TIED[type]?.[key] ?? [];
}
