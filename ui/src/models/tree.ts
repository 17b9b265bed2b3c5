import type { Field } from './queries';

/** One visible line of a model drawn as a tree. */
export type Line = {
  field: Field;
  /** From 1. */
  level: number;
  parent?: string | undefined;
  expanded?: boolean | undefined;
  /** Its place among its siblings, from 1, and how many they are. */
  place: number;
  siblings: number;
};

/** The lines in sight: with a search, what fits it and the way to it; without, what is not folded away. */
export function lines(fields: Field[], folded: ReadonlySet<string>, search = ''): Line[] {
  const words = search.trim().toLowerCase();
  return words ? found(fields, words) : open(fields, folded);
}

function open(fields: Field[], folded: ReadonlySet<string>, level = 1, parent?: string): Line[] {
  return fields.flatMap((field, index) => {
    const expanded = field.fields.length === 0 ? undefined : !folded.has(field.path);
    const line = { field, level, parent, expanded, place: index + 1, siblings: fields.length };
    return expanded ? [line, ...open(field.fields, folded, level + 1, field.path)] : [line];
  });
}

function found(fields: Field[], words: string, level = 1, parent?: string): Line[] {
  const kept = fields
    .map((field) => {
      // Whoever looks for an object looks for what is in it.
      const below = fits(field, words)
        ? open(field.fields, new Set(), level + 1, field.path)
        : found(field.fields, words, level + 1, field.path);
      return { field, below };
    })
    .filter(({ field, below }) => below.length > 0 || fits(field, words));
  return kept.flatMap(({ field, below }, index) => [
    {
      field,
      level,
      parent,
      expanded: below.length > 0 ? true : undefined,
      place: index + 1,
      siblings: kept.length,
    },
    ...below,
  ]);
}

function fits(field: Field, words: string): boolean {
  return field.path.toLowerCase().includes(words) || field.description.toLowerCase().includes(words);
}

/** Every field of a model, in the order of the tree. */
export function allFields(fields: Field[]): Field[] {
  return fields.flatMap((field) => [field, ...allFields(field.fields)]);
}

/** A path without the mark of its last list: `mac_address[]` and `mac_address` name the same field. */
export function fieldPath(path: string): string {
  return path.endsWith('[]') ? path.slice(0, -2) : path;
}

/** The field that a row's path names; for a name of its own in an open object, that object. */
export function fieldAt(all: Field[], path: string): Field | undefined {
  const wanted = fieldPath(path);
  return (
    all.find((field) => fieldPath(field.path) === wanted) ??
    all.find((field) => field.open && wanted.startsWith(`${fieldPath(field.path)}.`))
  );
}

const TYPES: Record<Field['type'], string> = {
  TEXT: 'text',
  INTEGER: 'whole number',
  DECIMAL: 'number',
  BOOLEAN: 'yes or no',
  INSTANT: 'time',
  SEVERITY: 'severity 1–5',
  OBJECT: 'object',
};

const PLURALS: Record<Field['type'], string> = {
  TEXT: 'texts',
  INTEGER: 'whole numbers',
  DECIMAL: 'numbers',
  BOOLEAN: 'yes or no',
  INSTANT: 'times',
  SEVERITY: 'severities 1–5',
  OBJECT: 'objects',
};

/** A field's type in words, such as "text" or "list of objects". */
export function typeInWords(field: Pick<Field, 'type' | 'list'>): string {
  return field.list ? `list of ${PLURALS[field.type]}` : TYPES[field.type];
}

const SIGNS: Record<Field['type'], string> = {
  TEXT: 'Aa',
  INTEGER: '123',
  DECIMAL: '1.5',
  BOOLEAN: 'y/n',
  INSTANT: 'time',
  SEVERITY: '1–5',
  OBJECT: '{ }',
};

/** A field's type as a short sign, where there is no room for words. */
export function typeSign(field: Pick<Field, 'type'>): string {
  return SIGNS[field.type];
}
