import { compact, type Converting } from './converting.ts';

/** A resource that is known by a value in a namespace. */
interface Named {
  readonly type: string;
  readonly value: string;
  readonly namespace: string;
  readonly display?: string | undefined;
}

/** A Reference to a resource that is made known with these elements. */
export function refer(
  { type, value, namespace, display }: Named,
  elements: Readonly<Record<string, unknown>> | undefined,
  to: Converting,
): unknown {
  const reference = to.stub({ type, key: { namespace, kind: type, value }, elements: elements ?? {} });
  return compact({ reference, display });
}
