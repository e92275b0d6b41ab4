import { SaxesParser } from 'saxes';
import { malformed } from './malformed.ts';

/** Elements within elements. XML-RPC takes four for each array or struct within another. */
const MAX_DEPTH = 64;

/** An element with what it contains; attributes, comments and processing instructions mean nothing in XML-RPC. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** All text directly in it, CDATA included. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads a whole XML document strictly; no entity is known but XML's own five, and a DTD is refused.
 * @throws InitvisorError MALFORMED_XMLRPC.
 */
export function readXml(text: string): XmlElement {
  // Holds the root once that is closed.
  const top: OpenElement = { name: '', children: [], text: '' };
  const open: OpenElement[] = [top];
  const innermost = () => open.at(-1) ?? top;
  const addText = (added: string) => {
    innermost().text += added;
  };
  const parser = new SaxesParser({ position: false, defaultXMLVersion: '1.0', forceXMLVersion: true });
  parser.on('error', (error) => {
    throw malformed(error.message, error);
  });
  parser.on('doctype', () => {
    throw malformed('it has a DTD');
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('opentag', ({ name }) => {
    if (open.length > MAX_DEPTH) throw malformed(`its elements are more than ${MAX_DEPTH} deep`);
    const element: OpenElement = { name, children: [], text: '' };
    innermost().children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  const [root] = top.children;
  if (root === undefined) throw malformed('it has no root element');
  return root;
}
