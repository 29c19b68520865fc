/** Answers of the older AWS services, which are XML without attributes that matter: elements as objects, lists as arrays. */

export type XmlValue = string | readonly XmlValue[] | { readonly [name: string]: XmlValue };

interface Open {
  readonly name: string;
  readonly children: (readonly [name: string, value: XmlValue])[];
  text: string;
}

/** @returns the value of the root element; an empty element is '' */
export function parseXml(xml: string): XmlValue {
  const stack: Open[] = [{ name: '', children: [], text: '' }];
  for (const [, declaration, close, name = '', empty, text = ''] of xml.matchAll(
    /<(?:([?!][^>]*)|(\/)?([\w:.-]+)[^>]*?(\/)?)>([^<]*)/g,
  )) {
    if (declaration !== undefined) continue;
    if (close) {
      const ended = stack.pop();
      const parent = stack.at(-1);
      if (!ended || !parent || ended.name !== name) throw new Error('the answer is not XML');
      parent.children.push([name, plain(ended)]);
      parent.text += text;
    } else if (empty) stack.at(-1)?.children.push([name, '']);
    else stack.push({ name, children: [], text });
  }
  const [root] = stack[0]?.children ?? [];
  if (stack.length !== 1 || !root) throw new Error('the answer is not XML');
  return root[1];
}

/**
 * AWS names the elements of a list `member`, those of a map `entry`, or either by the list's own name without its s. By
 * any other name a list of one looks like an object.
 */
function plain({ name, children, text }: Open): XmlValue {
  const [first] = children;
  if (!first) return unescaped(text);
  const isNamedSo = ['member', 'entry'].includes(first[0]) || `${first[0]}s` === name;
  const isList = (isNamedSo || children.length > 1) && children.every(([one]) => one === first[0]);
  return isList ? children.map(([, value]) => value) : Object.fromEntries(children);
}

/** A list whose elements have a name of their own: AWS's `Items` of `DistributionSummary`. */
export const listOf = <T>(list: unknown, element: string): T[] => {
  if (!list) return [];
  return [(list as Readonly<Record<string, unknown>>)[element] ?? list].flat() as T[];
};

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unescaped = (text: string) =>
  text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
    decimal || hex ? String.fromCodePoint(Number(decimal ?? `0x${hex}`)) : (entities[name] ?? whole),
  );
