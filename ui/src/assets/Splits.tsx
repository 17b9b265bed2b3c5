import { Button, Checkbox, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { complain } from '../common/complain';
import { TextLink } from '../common/links';
import { Failure } from '../common/states';
import { Time } from '../common/Time';
import { ManagersOnly } from '../signin/ManagersOnly';

type Record = Schemas['SourceRecord'];

function useRefresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all([['asset'], ['assets'], ['splits']].map((queryKey) => queries.invalidateQueries({ queryKey })));
}

/** The splits that people made of an asset, the way back from each, and the way to a further one. */
export function Splits({ assetId, records }: { assetId: number; records: Record[] }) {
  const [splitting, split] = useState(false);
  const refresh = useRefresh();
  const list = useQuery({
    queryKey: ['splits', assetId],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/identification-splits', { params: { query: { assetId } }, signal })).then(
        (answer) => answer.items,
      ),
  });
  const undo = useMutation({
    mutationFn: (splitId: number) =>
      ask(api.POST('/api/v1/identification-splits/{splitId}/undo', { params: { path: { splitId } } })),
    onSuccess: refresh,
    onError: complain,
  });
  const splits = list.data?.filter((one) => !one.undoneAt) ?? [];
  return (
    <>
      {list.isError && <Failure fault={list.error} retry={() => list.refetch()} />}
      {splits.map((one) => (
        <Group key={one.id} justify="space-between" className="card" px={16} py={10}>
          <Text size="sm">
            {one.author} split {one.left.map((record) => record.nativeKey).join(', ')} off, <Time at={one.at} />
            {one.reason && `: ${one.reason}`}{' '}
            <TextLink
              to="/assets/$assetId"
              params={{ assetId: String(one.assetId === assetId ? one.splitAssetId : one.assetId) }}
              underline="always"
            >
              The other asset
            </TextLink>
          </Text>
          <ManagersOnly>
            <Button size="xs" variant="default" loading={undo.isPending} onClick={() => undo.mutate(one.id)}>
              Undo the split
            </Button>
          </ManagersOnly>
        </Group>
      ))}
      {records.length > 1 && (
        <Group>
          <ManagersOnly>
            <Button variant="default" onClick={() => split(true)}>
              Split this asset …
            </Button>
          </ManagersOnly>
        </Group>
      )}
      <Modal opened={splitting} onClose={() => split(false)} title="Split this asset" size="lg">
        <SplitForm assetId={assetId} records={records} onDone={() => split(false)} />
      </Modal>
    </>
  );
}

function SplitForm({ assetId, records, onDone }: { assetId: number; records: Record[]; onDone: () => void }) {
  const [leaving, setLeaving] = useState<string[]>([]);
  const [reason, setReason] = useState('');
  const refresh = useRefresh();
  const split = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/assets/{assetId}/splits', {
          params: { path: { assetId } },
          body: { recordIds: leaving.map(Number), reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      onDone();
      await refresh();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    split.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">
          What leaves becomes an asset of its own. That holds over runs and re-identification until it is undone.
        </Text>
        <Checkbox.Group label="Records that leave" value={leaving} onChange={setLeaving}>
          <Stack gap={6} mt={6}>
            {records.map((record) => (
              <Checkbox
                key={record.id}
                value={String(record.id)}
                label={`${record.product} · ${record.connection} · ${record.nativeKey}`}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Textarea
          label="Reason"
          autosize
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {split.isError && <Failure fault={split.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={split.isPending}
            disabled={leaving.length === 0 || leaving.length === records.length}
          >
            Split
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
