import { isObject, listOf } from '../../../fhir/json.ts';
import type { FhirResource } from '../../../fhir/patch.ts';
import type { OutboundEntry } from '../contract.ts';
import { addressOf, isResource } from './item.ts';

const NONE: readonly FhirResource[] = [];

/** The resources of an input, by type and by what references call them. */
export class Pool {
  readonly #byType = new Map<string, FhirResource[]>();
  readonly #byName = new Map<string, FhirResource>();

  constructor(entries: readonly OutboundEntry[]) {
    for (const { resource, fullUrl } of entries) {
      const list = this.#byType.get(resource.resourceType);
      if (list === undefined) this.#byType.set(resource.resourceType, [resource]);
      else list.push(resource);
      if (typeof resource['id'] === 'string') this.#byName.set(addressOf(resource), resource);
      if (fullUrl !== undefined) this.#byName.set(fullUrl, resource);
    }
  }

  all(): readonly FhirResource[] {
    return [...this.#byType.values()].flat();
  }

  ofType(type: string): readonly FhirResource[] {
    return this.#byType.get(type) ?? NONE;
  }

  /** The resource of an address or full URL; of an absolute URL also by its end (`https://…/Patient/1`). */
  find(reference: string): FhirResource | undefined {
    const plain = reference.replace(/\/_history\/[^/]+$/u, '');
    return this.#byName.get(plain) ?? this.#byName.get(plain.split('/').slice(-2).join('/'));
  }

  /** The resource that a reference points at; `#x` is one that its holder contains. */
  resolve(reference: string, holder: FhirResource | undefined): FhirResource | undefined {
    if (!reference.startsWith('#')) return this.find(reference);
    const found = listOf(holder?.['contained']).find((one) => isObject(one) && one['id'] === reference.slice(1));
    return isResource(found) ? found : undefined;
  }
}
