import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  Group,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  TextInput,
  VisuallyHidden,
} from '@mantine/core';
import { IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useId, useMemo, useState } from 'react';
import type { Field, Model } from '../models/queries';
import { fieldAt, fieldPath, typeInWords } from '../models/tree';
import type { Mark } from './CodeEditor';
import { completeCel } from './cel';
import classes from './MapEditor.module.css';
import type { MapProblem } from './queries';
import type { MapRow, ValueEntry } from './text';

const CodeEditor = lazy(() => import('./CodeEditor'));

/** A model and all its fields. */
export type Known = { model: Model; all: Field[] };

type Props = {
  row: MapRow;
  number: number;
  source: Known;
  target: Known;
  problems: MapProblem[];
  made: unknown[];
  readOnly: boolean;
  onChange: (change: Partial<MapRow>, group: string) => void;
  onRemove: () => void;
};

/** All that a row has beyond its two fields. */
export function RowPanel({ row, number, source, target, problems, made, readOnly, onChange, onRemove }: Props) {
  const targetField = fieldAt(target.all, row.target);
  const wrong = (field: string) =>
    problems.find((problem) => problem.level === 'ERROR' && problem.field === field)?.message;
  return (
    <Stack gap="sm" className={classes.panel}>
      <SimpleGrid cols={{ base: 1, xl: 2 }} spacing="sm">
        <PathInput
          label="Source field"
          value={row.source}
          known={source}
          error={wrong('source')}
          readOnly={readOnly}
          onChange={(path) => onChange({ source: path }, `${number} source`)}
        />
        <PathInput
          label="Target field"
          value={row.target}
          known={target}
          error={wrong('target')}
          readOnly={readOnly}
          onChange={(path) => onChange({ target: path }, `${number} target`)}
        />
      </SimpleGrid>
      <Expression
        row={row}
        number={number}
        source={source}
        problems={problems}
        readOnly={readOnly}
        onChange={onChange}
      />
      <Values
        row={row}
        number={number}
        readOnly={readOnly}
        error={wrong('values') ?? wrong('otherwise')}
        onChange={onChange}
      />
      {(targetField?.identifier || row.identifier) && (
        <Checkbox
          size="sm"
          label="Identifier"
          description={`The key that tells one ${row.target.startsWith('finding') ? 'finding' : 'asset'} from another.`}
          disabled={readOnly}
          checked={row.identifier}
          error={wrong('identifier')}
          onChange={(event) => onChange({ identifier: event.currentTarget.checked }, `${number} identifier`)}
        />
      )}
      {made.length > 0 && (
        <div>
          <Text size="xs" fw={500}>
            In the previewed record
          </Text>
          {made.slice(0, 5).map((value, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same value may come many times
            <div key={index} className={classes.made} title={JSON.stringify(value)}>
              {JSON.stringify(value)}
            </div>
          ))}
          {made.length > 5 && (
            <Text size="xs" c="dimmed">
              … and {(made.length - 5).toLocaleString()} more
            </Text>
          )}
        </div>
      )}
      {!readOnly && (
        <Group justify="flex-end">
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={14} />}
            onClick={onRemove}
          >
            Remove the row
          </Button>
        </Group>
      )}
    </Stack>
  );
}

type PathProps = {
  label: string;
  value: string;
  known: Known;
  error?: string | undefined;
  readOnly?: boolean;
  /** Shown in place of the label, which then only screen readers say. */
  placeholder?: string;
  onChange: (path: string) => void;
};

/** A field's path, typed or chosen. */
export function PathInput({ label, value, known, error, readOnly, placeholder, onChange }: PathProps) {
  const paths = useMemo(
    () => known.all.filter((field) => field.fields.length === 0 && !field.open).map((field) => fieldPath(field.path)),
    [known],
  );
  const field = fieldAt(known.all, value);
  return (
    <Autocomplete
      size="xs"
      label={placeholder ? undefined : label}
      aria-label={label}
      placeholder={placeholder}
      description={placeholder || !field ? undefined : field.open ? 'a name of your own' : typeInWords(field)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={paths}
      limit={100}
      maxDropdownHeight={260}
      comboboxProps={{ width: 380, position: 'bottom-start' }}
      readOnly={readOnly}
      value={value}
      error={error}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      onChange={onChange}
    />
  );
}

function Expression({
  row,
  number,
  source,
  problems,
  readOnly,
  onChange,
}: Pick<Props, 'row' | 'number' | 'source' | 'problems' | 'readOnly' | 'onChange'>) {
  const of = useMemo(() => problems.filter((problem) => problem.field === 'expression'), [problems]);
  const marks = useMemo(
    () =>
      of.map(
        (problem): Mark => ({
          line: problem.expressionLine ?? 1,
          column: problem.expressionColumn ?? 1,
          message: problem.message,
          warning: problem.level === 'WARNING',
        }),
      ),
    [of],
  );
  if (readOnly && !row.expression) {
    return null;
  }
  return (
    <div>
      <Text size="xs" fw={500}>
        Expression
      </Text>
      <Text size="xs" c="dimmed" mb={4}>
        CEL over <code>value</code>,{' '}
        {row.source.includes('[]') && (
          <>
            <code>item</code>,{' '}
          </>
        )}
        <code>record</code>. Empty: the value as it is. Ctrl+Space completes.
      </Text>
      <div className={classes.code}>
        <Suspense fallback={<Skeleton height={34} />}>
          <CodeEditor
            language="cel"
            label={`Expression of row ${number}`}
            hint="value"
            value={row.expression ?? ''}
            marks={marks}
            readOnly={readOnly}
            onChange={(expression) => onChange({ expression }, `${number} expression`)}
            complete={(before) => completeCel(before, source.model.fields, source.all, row.source)}
          />
        </Suspense>
      </div>
      {of.map((problem) => (
        <span
          key={problem.message}
          className={problem.level === 'WARNING' ? `${classes.problem} ${classes.warning}` : classes.problem}
        >
          {problem.message}
        </span>
      ))}
    </div>
  );
}

const OTHERWISE = [
  { value: 'STAY', label: 'stay as they are' },
  { value: 'BECOME', label: 'become' },
  { value: 'DROP', label: 'are dropped' },
];

function Values({
  row,
  number,
  readOnly,
  error,
  onChange,
}: Pick<Props, 'row' | 'number' | 'readOnly' | 'onChange'> & { error: string | undefined }) {
  const id = useId();
  const entries = row.values;
  if (!entries) {
    return readOnly ? null : (
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange({ values: [{ from: '', to: '' }] }, `${number} values add`)}
        >
          Translate values
        </Button>
      </Group>
    );
  }
  const put = (index: number, part: Partial<ValueEntry>) =>
    onChange(
      { values: entries.map((entry, at) => (at === index ? { ...entry, ...part } : entry)) },
      `${number} values ${index}`,
    );
  const remove = (index: number) => {
    const rest = entries.filter((_, at) => at !== index);
    onChange(
      rest.length === 0 ? { values: undefined, otherwise: undefined } : { values: rest },
      `${number} values less ${entries.length}`,
    );
  };
  const kind = row.otherwise === undefined ? 'STAY' : row.otherwise === 'null' ? 'DROP' : 'BECOME';
  const mono = { input: { fontFamily: 'var(--mantine-font-family-monospace)' } };
  return (
    <div>
      <Text size="xs" fw={500} id={id}>
        Values
      </Text>
      <table className={classes.values} aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">From, in any case</th>
            <th scope="col">To; empty drops it</th>
            <th scope="col" style={{ width: 28 }}>
              <VisuallyHidden>Remove</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an entry is known by its place while it is typed
            <tr key={index}>
              <td>
                <TextInput
                  size="xs"
                  aria-label={`From, entry ${index + 1}`}
                  readOnly={readOnly}
                  styles={mono}
                  value={entry.from}
                  onChange={(event) => put(index, { from: event.currentTarget.value })}
                />
              </td>
              <td>
                <ScalarInput
                  label={`To, entry ${index + 1}`}
                  readOnly={readOnly}
                  value={entry.to}
                  onChange={(to) => put(index, { to })}
                />
              </td>
              <td>
                {!readOnly && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Remove entry ${index + 1}`}
                    onClick={() => remove(index)}
                  >
                    <IconX size={14} />
                  </ActionIcon>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!readOnly && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange({ values: [...entries, { from: '', to: '' }] }, `${number} values ${entries.length}`)}
        >
          Add a value
        </Button>
      )}
      <Group gap={6} mt={6} wrap="nowrap">
        <Text size="xs" style={{ whiteSpace: 'nowrap' }}>
          Other values
        </Text>
        <Select
          size="xs"
          w={140}
          aria-label="Other values"
          allowDeselect={false}
          readOnly={readOnly}
          data={OTHERWISE}
          value={kind}
          onChange={(chosen) =>
            onChange(
              { otherwise: chosen === 'STAY' ? undefined : chosen === 'DROP' ? 'null' : '""' },
              `${number} otherwise kind`,
            )
          }
        />
        {kind === 'BECOME' && (
          <ScalarInput
            label="What other values become"
            readOnly={readOnly}
            value={row.otherwise ?? ''}
            onChange={(otherwise) =>
              onChange({ otherwise: otherwise === 'null' ? '""' : otherwise }, `${number} otherwise`)
            }
          />
        )}
      </Group>
      {error && <span className={classes.problem}>{error}</span>}
    </div>
  );
}

/** A value as YAML writes it. What is typed stays as it was typed while the field has the focus. */
function ScalarInput({
  label,
  value,
  readOnly,
  onChange,
}: {
  label: string;
  value: string;
  readOnly: boolean;
  onChange: (value: string) => void;
}) {
  const [typed, type] = useState<string>();
  return (
    <TextInput
      size="xs"
      flex={1}
      aria-label={label}
      readOnly={readOnly}
      placeholder="dropped"
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      value={typed ?? (value === 'null' ? '' : value)}
      onChange={(event) => {
        type(event.currentTarget.value);
        onChange(event.currentTarget.value.trim() === '' ? 'null' : event.currentTarget.value);
      }}
      onBlur={() => type(undefined)}
    />
  );
}
