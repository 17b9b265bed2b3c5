import { useCallback, useState } from 'react';
import type { TransformMap } from './queries';

type Steps = { text: string; past: string[]; future: string[]; group?: string | undefined };

const KEPT = 200;

export type Draft = {
  /** The version that is being changed. */
  base: TransformMap;
  text: string;
  dirty: boolean;
  /** Changes with the same group, one after the other, are undone together: the letters of one field. */
  change: (text: string, group?: string) => void;
  undo?: (() => void) | undefined;
  redo?: (() => void) | undefined;
  /** Goes on from another version: what was just saved, or what somebody else saved. */
  rebase: (base: TransformMap, text?: string) => void;
};

/** A map's text while it is edited. */
export function useDraft(loaded: TransformMap): Draft {
  const [base, setBase] = useState(loaded);
  const [steps, set] = useState<Steps>({ text: loaded.yaml, past: [], future: [] });
  const change = useCallback(
    (text: string, group?: string) =>
      set((old) => {
        if (text === old.text) {
          return old;
        }
        const together = group !== undefined && group === old.group;
        return { text, group, future: [], past: together ? old.past : [...old.past, old.text].slice(-KEPT) };
      }),
    [],
  );
  const undo = useCallback(
    () =>
      set((old) => {
        const text = old.past.at(-1);
        return text === undefined ? old : { text, past: old.past.slice(0, -1), future: [old.text, ...old.future] };
      }),
    [],
  );
  const redo = useCallback(
    () =>
      set((old) => {
        const text = old.future[0];
        return text === undefined ? old : { text, past: [...old.past, old.text], future: old.future.slice(1) };
      }),
    [],
  );
  const rebase = useCallback(
    (next: TransformMap, text: string = next.yaml) => {
      setBase(next);
      change(text);
    },
    [change],
  );
  return {
    base,
    text: steps.text,
    dirty: steps.text !== base.yaml,
    change,
    undo: steps.past.length > 0 ? undo : undefined,
    redo: steps.future.length > 0 ? redo : undefined,
    rebase,
  };
}
