import { startCompletion } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { extensions } from './editor';
import type { Subject } from './queries';

/** A text put into the field from outside; each time anew, also when the text is the same. */
export type Put = { text: string };

type Props = {
  subject: Subject;
  /** What stands there now. */
  value: string;
  /** What was last put there by something other than this field. */
  put: Put;
  hint: string;
  label: string;
  /** Takes the focus, with the caret there. */
  caret?: number | undefined;
  onChange: (query: string) => void;
  onSubmit: () => void;
};

/** One line of QQL with completion and faults underlined in place. */
export default function Editor({ subject, value, put, hint, label, caret, onChange, onSubmit }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const callbacks = useRef({ onChange, onSubmit });
  const first = useRef({ value, caret });
  callbacks.current = { onChange, onSubmit };
  // Before anything else happens: whoever is typing in the plain field goes on in this one.
  useLayoutEffect(() => {
    if (!place.current) {
      return;
    }
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current.value,
        extensions: extensions({
          subject,
          hint,
          label,
          onChange: (query) => callbacks.current.onChange(query),
          onSubmit: () => callbacks.current.onSubmit(),
        }),
      }),
    });
    view.current = editor;
    if (first.current.caret !== undefined) {
      editor.dispatch({ selection: { anchor: Math.min(first.current.caret, editor.state.doc.length) } });
      editor.focus();
      // What was typed into the plain field gets its suggestions now.
      startCompletion(editor);
    }
    return () => editor.destroy();
  }, [subject, hint, label]);
  // Never by `value`: a render that comes late would take back what has been typed since.
  const taken = useRef(put);
  useEffect(() => {
    const editor = view.current;
    if (editor && taken.current !== put) {
      taken.current = put;
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: put.text } });
    }
  }, [put]);
  return <div ref={place} style={{ flex: 1, minWidth: 0 }} />;
}
