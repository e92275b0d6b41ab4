import { malformed } from './malformed.ts';
import { readScalar } from './read-scalar.ts';
import type { XmlElement } from './read-xml.ts';
import type { XmlRpcStruct, XmlRpcValue } from './value.ts';

const isBlank = (text: string): boolean => /^[ \t\r\n]*$/.test(text);

/** Child elements, between which there is blank only. */
export function childrenOf(element: XmlElement): readonly XmlElement[] {
  if (!isBlank(element.text)) throw malformed(`text in ${element.name}`);
  return element.children;
}

/** The only child element, which has this name. */
export function onlyChild(element: XmlElement, name: string): XmlElement {
  const [child, ...more] = childrenOf(element);
  if (child?.name !== name || more.length > 0) throw malformed(`${element.name} needs one ${name}`);
  return child;
}

/** Text of an element without elements. */
export function textOf(element: XmlElement): string {
  if (element.children.length > 0) throw malformed(`an element in ${element.name}`);
  return element.text;
}

function readArray(element: XmlElement): XmlRpcValue {
  return childrenOf(onlyChild(element, 'data')).map(readValue);
}

function readStruct(element: XmlElement): XmlRpcStruct {
  const struct: Record<string, XmlRpcValue> = Object.create(null);
  for (const member of childrenOf(element)) {
    const [name, value, ...more] = childrenOf(member);
    if (member.name !== 'member' || name?.name !== 'name' || value === undefined || more.length > 0)
      throw malformed('a struct needs members of one name and one value');
    const key = textOf(name);
    if (Object.hasOwn(struct, key)) throw malformed(`a struct has two members ${key.slice(0, 40)}`);
    struct[key] = readValue(value);
  }
  return struct;
}

/**
 * What a `<value>` element says; without a type it is a string.
 * @throws InitvisorError MALFORMED_XMLRPC.
 */
export function readValue(element: XmlElement): XmlRpcValue {
  if (element.name !== 'value') throw malformed(`${element.name} where a value belongs`);
  if (element.children.length === 0) return element.text;
  const [typed, ...more] = childrenOf(element);
  if (typed === undefined || more.length > 0) throw malformed('a value of several types');
  if (typed.name === 'array') return readArray(typed);
  if (typed.name === 'struct') return readStruct(typed);
  return readScalar(typed.name, textOf(typed));
}
