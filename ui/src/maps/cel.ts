import type { Field } from '../models/queries';
import { fieldAt, fieldPath, typeInWords } from '../models/tree';

export type CelOption = { label: string; detail: string; kind: 'variable' | 'property' | 'function'; apply?: string };

const FUNCTIONS: CelOption[] = [
  call('has', 'has(record.domain)', 'whether a field has a value'),
  call('size', 'size(value)', 'length of a text or list'),
  call('string', 'string(value)', 'as text'),
  call('int', 'int(value)', 'as a whole number'),
  call('double', 'double(value)', 'as a number'),
  call('timestamp', 'timestamp(value)', 'a time of an ISO 8601 text'),
  call('dyn', 'dyn(null)', 'null in one branch of a condition: drops the value'),
  call('math.greatest', 'math.greatest(a, b)', 'the greatest'),
  call('math.least', 'math.least(a, b)', 'the least'),
  ...['true', 'false', 'null'].map((word): CelOption => ({ label: word, detail: 'constant', kind: 'variable' })),
];

const OF_TEXT: CelOption[] = [
  call('lowerAscii', 'lowerAscii()', 'in small letters', '()'),
  call('upperAscii', 'upperAscii()', 'in capitals', '()'),
  call('trim', 'trim()', 'without blanks around it', '()'),
  call('contains', 'contains("x")', 'whether it has a part'),
  call('startsWith', 'startsWith("x")', 'whether it begins so'),
  call('endsWith', 'endsWith("x")', 'whether it ends so'),
  call('matches', 'matches("^srv-[0-9]+$")', 'whether it fits a regular expression'),
  call('replace', 'replace("a", "b")', 'with parts replaced'),
  call('split', 'split(",")', 'as a list of parts'),
  call('substring', 'substring(0, 3)', 'a part of it'),
  call('indexOf', 'indexOf("x")', 'where a part begins'),
  call('size', 'size()', 'its length', '()'),
];

const OF_LIST: CelOption[] = [
  call('join', 'join(", ")', 'as one text'),
  call('exists', 'exists(x, x == "a")', 'whether one fits'),
  call('all', 'all(x, x != "")', 'whether all fit'),
  call('filter', 'filter(x, x != "")', 'those that fit'),
  call('map', 'map(x, x.trim())', 'each one changed'),
  call('size', 'size()', 'how many', '()'),
];

function call(label: string, example: string, about: string, end = '('): CelOption {
  return { label, detail: `${example} – ${about}`, kind: 'function', apply: `${label}${end}` };
}

/** What could stand at the end of an expression that is not finished, and where the word that it replaces begins. */
export function completeCel(
  before: string,
  fields: Field[],
  all: Field[],
  source: string,
): { from: number; options: CelOption[] } | undefined {
  if (insideText(before)) {
    return undefined;
  }
  const member = /([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.(\w*)$/.exec(before);
  if (member) {
    const [, path = '', word = ''] = member;
    const from = before.length - word.length;
    if (path === 'math') {
      return {
        from: before.length - word.length - 'math.'.length,
        options: FUNCTIONS.filter((one) => one.label.startsWith('math.')),
      };
    }
    return { from, options: members(path.split('.'), fields, all, source) };
  }
  if (/[)\]]\.\w*$/.test(before)) {
    // What a call gives is the server's to know: everything that texts and lists can do is offered.
    const from = before.length - (/\w*$/.exec(before)?.[0].length ?? 0);
    return { from, options: [...OF_TEXT, ...OF_LIST.filter((one) => one.label !== 'size')] };
  }
  const word = /[A-Za-z_]\w*$/.exec(before)?.[0] ?? '';
  return { from: before.length - word.length, options: [...variables(all, source), ...FUNCTIONS] };
}

function variables(all: Field[], source: string): CelOption[] {
  const field = fieldAt(all, source);
  const options: CelOption[] = [
    {
      label: 'value',
      detail: field ? `${source}: ${typeInWords(valueType(field, source))}` : source,
      kind: 'variable',
    },
    { label: 'record', detail: 'the whole source record', kind: 'variable' },
  ];
  const list = listOf(source);
  return list === undefined
    ? options
    : [...options, { label: 'item', detail: `one element of ${list}`, kind: 'variable' }];
}

/** The last list that a path goes through. */
function listOf(source: string): string | undefined {
  const end = source.lastIndexOf('[]');
  return end < 0 ? undefined : source.slice(0, end);
}

function valueType(field: Field, source: string): Pick<Field, 'type' | 'list'> {
  return { type: field.type, list: field.list && !source.endsWith('[]') };
}

function members([head = '', ...rest]: string[], fields: Field[], all: Field[], source: string): CelOption[] {
  const start = head === 'record' ? records(fields) : head === 'item' ? element(all, source) : value(all, source, head);
  let place = start;
  for (const name of rest) {
    const next = place?.fields.find((field) => field.name === name);
    place = next && { type: next.type, list: next.list, fields: next.fields };
  }
  if (!place) {
    return [...OF_TEXT, ...OF_LIST.filter((one) => one.label !== 'size')];
  }
  if (place.list) {
    return OF_LIST;
  }
  return place.type === 'OBJECT'
    ? place.fields.map((field) => ({ label: field.name, detail: typeInWords(field), kind: 'property' }))
    : place.type === 'TEXT'
      ? OF_TEXT
      : [];
}

type Place = Pick<Field, 'type' | 'list' | 'fields'> | undefined;

function records(fields: Field[]): Place {
  // Lists of objects are what rows go through: a record does not bring them along.
  return { type: 'OBJECT', list: false, fields: fields.filter((field) => !(field.list && field.type === 'OBJECT')) };
}

function element(all: Field[], source: string): Place {
  const list = listOf(source);
  const field = list === undefined ? undefined : all.find((one) => fieldPath(one.path) === list);
  return field && { type: field.type, list: false, fields: field.fields };
}

function value(all: Field[], source: string, head: string): Place {
  const field = head === 'value' ? fieldAt(all, source) : undefined;
  return field && { ...valueType(field, source), fields: field.fields };
}

function insideText(before: string): boolean {
  let quote: string | undefined;
  for (let at = 0; at < before.length; at++) {
    const sign = before[at];
    if (quote) {
      if (sign === '\\') {
        at++;
      } else if (sign === quote) {
        quote = undefined;
      }
    } else if (sign === '"' || sign === "'") {
      quote = sign;
    }
  }
  return quote !== undefined;
}
