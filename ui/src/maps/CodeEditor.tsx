import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { appearance } from '../common/codeEditor';
import type { CelOption } from './cel';

/** A fault at a place of the text, its line and column from 1. */
export type Mark = { line: number; column: number; message: string; warning?: boolean };

type Props = {
  language: 'cel' | 'yaml';
  value: string;
  label: string;
  hint?: string;
  marks: Mark[];
  readOnly?: boolean;
  onChange: (text: string) => void;
  complete?: (before: string) => { from: number; options: CelOption[] } | undefined;
};

const CEL = StreamLanguage.define({
  name: 'cel',
  token(stream) {
    if (stream.eatSpace()) {
      return null;
    }
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    const quote = stream.peek();
    if (quote === '"' || quote === "'") {
      stream.next();
      for (let sign = stream.next(); sign !== undefined && sign !== quote; sign = stream.next()) {
        if (sign === '\\') {
          stream.next();
        }
      }
      return 'string';
    }
    if (stream.match(/^\d+(\.\d+)?/)) {
      return 'number';
    }
    if (stream.match(/^(true|false|null|in)\b/)) {
      return 'keyword';
    }
    if (stream.match(/^(value|item|record)\b/)) {
      return 'variableName';
    }
    if (stream.match(/^[A-Za-z_]\w*(?=\()/)) {
      return 'propertyName';
    }
    if (stream.match(/^[A-Za-z_]\w*/)) {
      return null;
    }
    stream.next();
    return 'operator';
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'light-dark(#1e5a8a, #7cc4ff)' },
  { tag: [tags.string, tags.content], color: 'light-dark(#2b6a2f, #9bd69f)' },
  { tag: [tags.keyword, tags.number, tags.bool], color: 'light-dark(#8a2c7a, #e59ad8)' },
  { tag: tags.variableName, color: 'light-dark(#1e5a8a, #7cc4ff)', fontWeight: '600' },
  { tag: [tags.operator, tags.punctuation, tags.separator], color: 'light-dark(#5a6072, #a5adbf)' },
  { tag: tags.comment, color: 'light-dark(#5f6b5f, #9fae9f)', fontStyle: 'italic' },
]);

const looks = EditorView.theme({
  '.cm-content': { padding: '6px 4px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '13px', lineHeight: '1.55' },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    border: 'none',
    color: 'light-dark(#6a7186, #98a0b3)',
  },
  '.cm-tooltip-lint': { fontSize: '13px' },
});

/** A field with code in it, its faults underlined in place. */
export default function CodeEditor(props: Props) {
  const { value, marks, language, label, hint, readOnly } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  latest.current = props;
  const locked = useRef(new Compartment());
  useEffect(() => {
    if (!place.current) {
      return;
    }
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          extensions(language, label, hint, (context) => complete(context, latest.current.complete)),
          locked.current.of(lock(latest.current.readOnly)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && update.state.doc.toString() !== latest.current.value) {
              latest.current.onChange(update.state.doc.toString());
            }
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [language, label, hint]);
  useEffect(() => {
    view.current?.dispatch({ effects: locked.current.reconfigure(lock(readOnly)) });
  }, [readOnly]);
  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);
  useEffect(() => {
    const editor = view.current;
    if (editor) {
      editor.dispatch(setDiagnostics(editor.state, diagnostics(editor.state, marks)));
    }
  }, [marks]);
  return <div ref={place} style={language === 'yaml' ? { height: '100%', overflow: 'auto' } : undefined} />;
}

function lock(readOnly: boolean | undefined): Extension {
  return readOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(true)] : [];
}

function diagnostics(state: EditorState, marks: Mark[]): Diagnostic[] {
  return marks.map(({ line, column, message, warning }) => {
    const of = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
    const at = Math.min(of.from + Math.max(column - 1, 0), of.to);
    // A call's place is its bracket; what is wrong is its name.
    const from =
      at - (state.sliceDoc(at, at + 1) === '(' ? (/\w*$/.exec(state.sliceDoc(of.from, at))?.[0].length ?? 0) : 0);
    const word = /^[\w.[\]]+|^\S/.exec(state.sliceDoc(from, of.to))?.[0].length ?? 0;
    // A fault at the end of a line is drawn under its last sign.
    return word === 0
      ? { from: Math.max(of.from, from - 1), to: of.to, severity: warning ? 'warning' : 'error', message }
      : { from, to: from + word, severity: warning ? 'warning' : 'error', message };
  });
}

function complete(context: CompletionContext, by: Props['complete']): CompletionResult | null {
  const found = by?.(context.state.sliceDoc(0, context.pos));
  if (!found || found.options.length === 0 || (!context.explicit && found.from === context.pos && !atDot(context))) {
    return null;
  }
  return {
    from: found.from,
    options: found.options.map(({ label, detail, kind, apply }) => ({ label, detail, type: kind, apply })),
    validFor: /^[\w.]*$/,
  };
}

function atDot(context: CompletionContext): boolean {
  return context.state.sliceDoc(Math.max(0, context.pos - 1), context.pos) === '.';
}

function extensions(
  language: Props['language'],
  label: string,
  hint: string | undefined,
  source: (context: CompletionContext) => CompletionResult | null,
): Extension {
  const both = [
    history(),
    bracketMatching(),
    closeBrackets(),
    syntaxHighlighting(colours),
    appearance,
    looks,
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', spellcheck: 'false' }),
    placeholder(hint ?? ''),
  ];
  return language === 'yaml'
    ? [yaml(), lineNumbers(), lintGutter(), ...both]
    : [
        CEL,
        EditorView.lineWrapping,
        autocompletion({ override: [source], icons: false }),
        EditorView.updateListener.of((update) => {
          if (update.focusChanged && update.view.hasFocus && update.state.doc.length === 0) {
            startCompletion(update.view);
          }
        }),
        ...both,
      ];
}
