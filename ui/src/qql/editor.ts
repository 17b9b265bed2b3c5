import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { Tag } from '@lezer/highlight';
import { appearance } from '../common/codeEditor';
import { check, completions, type Subject } from './queries';

const token = Tag.define();
const quoted = Tag.define();
const keyword = Tag.define();
const sign = Tag.define();

const language = StreamLanguage.define({
  tokenTable: { token, quoted, keyword, sign },
  token(stream) {
    if (stream.eatSpace()) {
      return null;
    }
    const quote = stream.peek();
    if (quote === '`' || quote === '"' || quote === "'") {
      stream.next();
      while (!stream.eol() && stream.next() !== quote) {
        // the value itself
      }
      return 'quoted';
    }
    if (stream.match(/^(and|or|not)\b/i)) {
      return 'keyword';
    }
    if (stream.match(/^[A-Za-z][\w.]*(?=\s*(:|[<>=]))/)) {
      return 'token';
    }
    if (stream.match(/^[:<>=()[\],]+|^\.\./)) {
      return 'sign';
    }
    stream.match(/^[^\s:<>=()[\],]+/) || stream.next();
    return null;
  },
});

const colours = HighlightStyle.define([
  { tag: token, color: 'light-dark(#1e5a8a, #7cc4ff)' },
  { tag: quoted, color: 'light-dark(#2b6a2f, #9bd69f)' },
  { tag: keyword, color: 'light-dark(#8a2c7a, #e59ad8)', fontWeight: '600' },
  { tag: sign, color: 'light-dark(#5a6072, #a5adbf)' },
]);

const ICONS = { TOKEN: 'property', GROUP: 'namespace', VALUE: 'enum', KEYWORD: 'keyword' } as const;

async function complete(subject: Subject, context: CompletionContext): Promise<CompletionResult | null> {
  const abort = new AbortController();
  context.addEventListener('abort', () => abort.abort());
  try {
    const { items } = await completions(subject, context.state.doc.toString(), context.pos, abort.signal);
    const [first] = items;
    return first === undefined
      ? null
      : {
          from: first.from,
          to: first.to,
          filter: false,
          options: items.map((item) => ({
            label: item.text,
            detail: item.description,
            type: ICONS[item.kind],
            apply: item.kind === 'TOKEN' ? `${item.text}:` : item.text,
          })),
        };
  } catch {
    // Completion is a courtesy: without an answer, the query can still be typed.
    return null;
  }
}

async function faults(subject: Subject, view: EditorView): Promise<Diagnostic[]> {
  const query = view.state.doc.toString();
  if (query.trim() === '') {
    return [];
  }
  try {
    const { problem } = await check(subject, query);
    if (!problem) {
      return [];
    }
    const length = view.state.doc.length;
    const from = Math.min(problem.place.offset, Math.max(0, length - 1));
    const to = Math.max(from + 1, Math.min(length, problem.place.offset + (problem.place.length ?? 0)));
    return [{ from, to, severity: 'error', message: problem.message }];
  } catch {
    return [];
  }
}

export type EditorOptions = {
  subject: Subject;
  hint: string;
  label: string;
  onChange: (query: string) => void;
  onSubmit: () => void;
};

export function extensions({ subject, hint, label, onChange, onSubmit }: EditorOptions): Extension {
  return [
    // One line: what is pasted over several becomes one.
    EditorState.transactionFilter.of((change) =>
      change.newDoc.lines > 1
        ? [
            {
              changes: {
                from: 0,
                to: change.startState.doc.length,
                insert: change.newDoc.toString().replace(/\s*\n\s*/g, ' '),
              },
              selection: {
                anchor: change.newDoc
                  .toString()
                  .trimEnd()
                  .replace(/\s*\n\s*/g, ' ').length,
              },
            },
          ]
        : change,
    ),
    Prec.highest(
      keymap.of([
        {
          key: 'Enter',
          run: (view) => {
            if (completionStatus(view.state) === 'active' && acceptCompletion(view)) {
              return true;
            }
            onSubmit();
            return true;
          },
        },
        { key: 'Tab', run: acceptCompletion },
      ]),
    ),
    history(),
    closeBrackets(),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    language,
    syntaxHighlighting(colours),
    autocompletion({ override: [(context) => complete(subject, context)], icons: false, maxRenderedOptions: 60 }),
    linter((view) => faults(subject, view), { delay: 350 }),
    placeholder(hint),
    appearance,
    EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', spellcheck: 'false' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        onChange(update.state.doc.toString());
      }
      if (update.focusChanged && update.view.hasFocus && update.state.doc.length === 0) {
        startCompletion(update.view);
      }
    }),
  ];
}
