import {
  Badge,
  Button,
  Checkbox,
  Code,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  Table,
  Text,
  Textarea,
  Title,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { complain } from '../common/complain';
import { TextLink } from '../common/links';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { useMayChange } from '../signin/ManagersOnly';
import { quarantine } from './queries';

type State = Schemas['QuarantineState'];
type Thing = Schemas['Quarantined'];

const STATES: State[] = ['OPEN', 'DISMISSED', 'RESOLVED'];
const WORDS: Record<State, string> = { OPEN: 'Open', DISMISSED: 'Dismissed', RESOLVED: 'Resolved' };
const STAGES: Record<Thing['stage'], string> = { READ: 'Row', RECORD: 'Host', FINDING: 'Finding' };

/** What a run could not use: why, as the vendor sent it, and what can be done about it. */
export function Quarantine({ runId }: { runId: number }) {
  const [state, setState] = useState<State>('OPEN');
  const [chosen, setChosen] = useState<number[]>([]);
  const [dismissing, dialog] = useDisclosure(false);
  const mayChange = useMayChange();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const list = useInfiniteQuery(quarantine(runId, state));
  const path = { params: { path: { runId } } };
  const done = () => {
    setChosen([]);
    return queries.invalidateQueries({ queryKey: ['runs', runId] });
  };
  const retry = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/runs/{runId}/quarantine/retry', { ...path, body: { ids: chosen } })),
    onSuccess: (run) => navigate({ to: '/runs/$runId', params: { runId: String(run.id) } }),
    onError: complain,
  });
  const restore = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/runs/{runId}/quarantine/restore', { ...path, body: { ids: chosen } })),
    onSuccess: done,
    onError: complain,
  });
  const counts = list.data?.pages[0];
  const things = list.data?.pages.flatMap((page) => page.items) ?? [];
  const which = chosen.length > 0 ? `${chosen.length} chosen` : 'all';
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2}>Quarantine</Title>
        {mayChange && counts && (
          <Group gap="xs">
            {state === 'DISMISSED' ? (
              <Button
                variant="default"
                disabled={things.length === 0}
                loading={restore.isPending}
                onClick={() => restore.mutate()}
              >
                Take back {which}
              </Button>
            ) : (
              <Button variant="default" disabled={state !== 'OPEN' || things.length === 0} onClick={dialog.open}>
                Dismiss {which}
              </Button>
            )}
            <Button
              disabled={state === 'RESOLVED' || things.length === 0}
              loading={retry.isPending}
              onClick={() => retry.mutate()}
            >
              Retry {which}
            </Button>
          </Group>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        A retry maps these anew, by the profile's transform map as it is now, from the newest sealed snapshot. It
        fetches and closes nothing.
      </Text>
      {counts && (
        <SegmentedControl
          aria-label="State"
          style={{ alignSelf: 'flex-start' }}
          value={state}
          onChange={(wanted) => {
            setState(wanted as State);
            setChosen([]);
          }}
          data={STATES.map((each) => ({
            value: each,
            label: `${WORDS[each]} (${counts[each.toLowerCase() as Lowercase<State>].toLocaleString()})`,
          }))}
        />
      )}
      {list.isPending ? (
        <Loading what="the quarantine" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : things.length === 0 ? (
        <Text c="dimmed">Nothing is {WORDS[state].toLowerCase()}.</Text>
      ) : (
        <Things things={things} chosen={mayChange && state !== 'RESOLVED' ? chosen : undefined} onChoose={setChosen} />
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          Show more
        </Button>
      )}
      <Modal opened={dismissing} onClose={dialog.close} title={`Dismiss ${which}`}>
        <Dismissal
          runId={runId}
          ids={chosen}
          onDone={() => {
            dialog.close();
            return done();
          }}
        />
      </Modal>
    </Stack>
  );
}

type ThingsProps = {
  things: Thing[];
  /** Missing where nothing can be chosen. */
  chosen: number[] | undefined;
  onChoose: (ids: number[]) => void;
};

function Things({ things, chosen, onChoose }: ThingsProps) {
  return (
    <Table.ScrollContainer minWidth={800} className="card">
      <Table verticalSpacing="xs" aria-label="Quarantine">
        <Table.Thead>
          <Table.Tr>
            {chosen && (
              <Table.Th w={40}>
                <Checkbox
                  aria-label="Choose all that are shown"
                  checked={chosen.length === things.length}
                  indeterminate={chosen.length > 0 && chosen.length < things.length}
                  onChange={(event) => onChoose(event.currentTarget.checked ? things.map((one) => one.id) : [])}
                />
              </Table.Th>
            )}
            <Table.Th w={90}>What</Table.Th>
            <Table.Th w={220}>Which</Table.Th>
            <Table.Th>Why</Table.Th>
            <Table.Th>As the vendor sent it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {things.map((one) => {
            const name = [one.nativeKey, one.findingKey].filter(Boolean).join(' · ') || `${one.stream}, row ${one.row}`;
            return (
              <Table.Tr key={one.id}>
                {chosen && (
                  <Table.Td>
                    <Checkbox
                      aria-label={`Choose ${name}`}
                      checked={chosen.includes(one.id)}
                      onChange={(event) =>
                        onChoose(
                          event.currentTarget.checked ? [...chosen, one.id] : chosen.filter((id) => id !== one.id),
                        )
                      }
                    />
                  </Table.Td>
                )}
                <Table.Td>{STAGES[one.stage]}</Table.Td>
                <Table.Td style={{ wordBreak: 'break-word' }}>{name}</Table.Td>
                <Table.Td>
                  {one.reason}
                  <Outcome thing={one} />
                </Table.Td>
                <Table.Td>
                  <Raw text={one.sourceText} />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const SHOWN = 160;

function Raw({ text }: { text: string }) {
  const [whole, { toggle }] = useDisclosure(false);
  return (
    <>
      <Code style={{ wordBreak: 'break-all', whiteSpace: 'pre-wrap' }}>{whole ? text : text.slice(0, SHOWN)}</Code>
      {text.length > SHOWN && (
        <Button variant="subtle" size="compact-xs" onClick={toggle}>
          {whole ? 'Less' : `All ${text.length.toLocaleString()} characters`}
        </Button>
      )}
    </>
  );
}

function Outcome({ thing }: { thing: Thing }) {
  if (thing.resolvedRun) {
    return (
      <Text size="sm" c="dimmed">
        Used, or found gone, by{' '}
        <TextLink to="/runs/$runId" params={{ runId: String(thing.resolvedRun) }}>
          run {thing.resolvedRun}
        </TextLink>
      </Text>
    );
  }
  return thing.dismissedBy ? (
    <Group gap={6} mt={4}>
      <Badge variant="light" color="gray" styles={{ label: { color: 'var(--mantine-color-text)' } }}>
        Dismissed
      </Badge>
      <Text size="sm" c="dimmed">
        {thing.note && `“${thing.note}”, `}
        {thing.dismissedBy}, <Time at={thing.dismissedAt} />
      </Text>
    </Group>
  ) : null;
}

function Dismissal({ runId, ids, onDone }: { runId: number; ids: number[]; onDone: () => unknown }) {
  const [note, setNote] = useState('');
  const dismiss = useMutation({
    mutationFn: () =>
      ask(api.POST('/api/v1/runs/{runId}/quarantine/dismiss', { params: { path: { runId } }, body: { ids, note } })),
    onSuccess: onDone,
    onError: complain,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        dismiss.mutate();
      }}
    >
      <Stack>
        <Text size="sm">
          The same thing with the same reason is not shown as open in later runs. What a run may close does not change.
        </Text>
        <Textarea
          label="Why"
          description="For those who come later"
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={dismiss.isPending}>
            Dismiss
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
