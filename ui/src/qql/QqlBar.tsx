import { ActionIcon, Button, Menu, Text, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconClockHour4, IconSearch, IconX } from '@tabler/icons-react';
import { type ComponentProps, type ComponentType, useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type EditorOf from './Editor';
import classes from './QqlBar.module.css';
import type { Subject } from './queries';
import { SavedQueries } from './SavedQueries';

type Props = {
  subject: Subject;
  query: string;
  hint: string;
  onSearch: (query: string) => void;
};

const KEPT = 20;

/** The bar above a list: a query with completion, the queries asked before, and those kept by name. */
export function QqlBar({ subject, query, hint, onSearch }: Props) {
  const [draft, setDraft] = useState(query);
  const [asked, setAsked] = useLocalStorage<string[]>({ key: `asked:${subject}`, defaultValue: [] });
  const [put, setPut] = useState({ text: query });
  const fill = useCallback((text: string) => {
    setDraft(text);
    setPut({ text });
  }, []);
  // The address has another query than was asked here, as after the browser's back; ours comes back late, to somebody
  // who may be typing the next.
  const known = useRef(query);
  useEffect(() => {
    if (query !== known.current) {
      known.current = query;
      fill(query);
    }
  }, [query, fill]);
  const search = (wanted: string) => {
    const trimmed = wanted.trim();
    if (trimmed) {
      setAsked([trimmed, ...asked.filter((old) => old !== trimmed)].slice(0, KEPT));
    }
    known.current = trimmed;
    fill(trimmed);
    onSearch(trimmed);
  };
  return (
    <search className={classes.bar}>
      <IconSearch size={18} stroke={1.6} aria-hidden className={classes.icon} />
      <QueryField
        subject={subject}
        value={draft}
        put={put}
        hint={hint}
        label="Query"
        onChange={setDraft}
        onSubmit={() => search(draft)}
      />
      {draft && (
        <Tooltip label="Clear">
          <ActionIcon variant="subtle" color="gray" aria-label="Clear the query" onClick={() => search('')}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <Menu width={520} position="bottom-end">
        <Menu.Target>
          <Tooltip label="Queries asked before">
            <ActionIcon variant="subtle" color="gray" aria-label="Queries asked before">
              <IconClockHour4 size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown mah={380} style={{ overflowY: 'auto' }}>
          <Menu.Label>Asked before, in this browser</Menu.Label>
          {asked.length === 0 && (
            <Text size="sm" c="dimmed" px="sm" pb="xs">
              Nothing yet.
            </Text>
          )}
          {asked.map((old) => (
            <Menu.Item key={old} onClick={() => search(old)} ff="monospace" fz="xs">
              {old}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <SavedQueries subject={subject} draft={draft} onChoose={search} />
      <Button size="sm" onClick={() => search(draft)}>
        Search
      </Button>
    </search>
  );
}

type FieldProps = ComponentProps<typeof EditorOf>;

/** A plain field until somebody comes to write; then the editor, with the caret where it was. */
function QueryField(props: FieldProps) {
  const [Editor, setEditor] = useState<ComponentType<FieldProps>>();
  const [caret, setCaret] = useState<number>();
  const plain = useRef<HTMLInputElement>(null);
  const load = async () => {
    const loaded = await import('./Editor');
    const field = plain.current;
    // At once, so that no key is pressed between the two fields.
    flushSync(() => {
      setCaret(field !== null && field === document.activeElement ? (field.selectionStart ?? 0) : undefined);
      setEditor(() => loaded.default);
    });
  };
  return Editor ? (
    <Editor {...props} caret={caret} />
  ) : (
    <input
      ref={plain}
      className={classes.plain}
      aria-label={props.label}
      placeholder={props.hint}
      autoCapitalize="off"
      autoComplete="off"
      spellCheck={false}
      value={props.value}
      // Without the editor, as when the server has gone, a query can be asked all the same.
      onFocus={() => load().catch(() => undefined)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && props.onSubmit()}
    />
  );
}
