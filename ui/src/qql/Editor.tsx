import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { extensions } from './editor';
import type { Subject } from './queries';

type Props = {
  subject: Subject;
  value: string;
  hint: string;
  label: string;
  /** Takes the focus, with the caret there. */
  caret?: number | undefined;
  onChange: (query: string) => void;
  onSubmit: () => void;
};

/** One line of QQL with completion and faults underlined in place. */
export default function Editor({ subject, value, hint, label, caret, onChange, onSubmit }: Props) {
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
    }
    return () => editor.destroy();
  }, [subject, hint, label]);
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);
  return <div ref={place} style={{ flex: 1, minWidth: 0 }} />;
}
