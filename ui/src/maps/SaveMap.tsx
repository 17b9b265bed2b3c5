import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { api, ask } from '../api/client';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { READABLE } from './alerts';
import type { Draft } from './draft';
import { isConflict } from './MapForms';
import { type MapProblem, type TransformMap, transformMap } from './queries';
import { RowChanges } from './RowChanges';
import { compare, read } from './text';

type Props = { opened: boolean; onClose: () => void; draft: Draft; problems: MapProblem[] };

/** Asks why, and saves a further version; if somebody else saved one since, shows both and lets choose. */
export function SaveMap({ opened, onClose, draft, problems }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Save the map" size="xl">
      <SaveForm onClose={onClose} draft={draft} problems={problems} />
    </Modal>
  );
}

function SaveForm({ onClose, draft, problems }: Omit<Props, 'opened'>) {
  const [comment, setComment] = useState('');
  const queries = useQueryClient();
  const { base, text } = draft;
  const save = useMutation({
    mutationFn: (baseVersion: number) =>
      ask(
        api.PUT('/api/v1/maps/{mapName}', {
          params: { path: { mapName: base.name } },
          body: { yaml: text, baseVersion, comment: comment.trim() || undefined },
        }),
      ),
    onSuccess: async (saved) => {
      draft.rebase(saved);
      queries.setQueryData(transformMap(base.name).queryKey, saved);
      await queries.invalidateQueries({ queryKey: ['maps'], exact: true });
      await queries.invalidateQueries({ queryKey: ['maps', base.name, 'versions'] });
      notifications.show({
        color: 'teal',
        title: `Saved as version ${saved.version}`,
        message:
          saved.usedBy.length === 0
            ? 'No profile uses the map yet.'
            : `The next run of ${saved.usedBy.join(', ')} uses it.`,
      });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(base.version ?? 1);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {problems.length > 0 && (
          <Alert styles={READABLE} color="red" variant="light" title="The map has errors, and cannot be saved as it is">
            {problems.slice(0, 5).map((problem) => (
              <div key={`${problem.row} ${problem.message}`}>
                {problem.row !== undefined && <b>Row {problem.row}: </b>}
                {problem.message}
              </div>
            ))}
          </Alert>
        )}
        <Textarea
          label="Comment"
          description="Why it changes. It is kept with the version; it may stay empty."
          autosize
          minRows={2}
          maxLength={2000}
          data-autofocus
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {isConflict(save.error) ? (
          <Conflict
            draft={draft}
            saving={save.isPending}
            onDrop={onClose}
            onKeep={(newest) => save.mutate(newest.version ?? 1)}
          />
        ) : (
          save.isError && <Failure fault={save.error} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={problems.length > 0 || isConflict(save.error)}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type ConflictProps = {
  draft: Draft;
  saving: boolean;
  onDrop: () => void;
  onKeep: (newest: TransformMap) => void;
};

function Conflict({ draft, saving, onDrop, onKeep }: ConflictProps) {
  const queries = useQueryClient();
  const [newest, setNewest] = useState<TransformMap>();
  const [fault, setFault] = useState<unknown>();
  const name = draft.base.name;
  useEffect(() => {
    queries.fetchQuery({ ...transformMap(name), staleTime: 0 }).then(setNewest, setFault);
  }, [queries, name]);
  if (fault) {
    return <Failure fault={fault} />;
  }
  if (!newest) {
    return <Loading what="the newest version" />;
  }
  const mine = read(draft.text);
  const theirs = read(newest.yaml);
  return (
    <Alert
      styles={READABLE}
      color="yellow"
      variant="light"
      title={`Somebody saved version ${newest.version} in the meantime`}
      role="alert"
    >
      <Stack gap="sm">
        <Text size="sm">
          {newest.author ?? 'Somebody'} saved it on <Time at={newest.savedAt} />
          {newest.comment ? `: “${newest.comment}”` : ''}. Nothing of yours was saved. These rows differ, theirs before
          and yours after:
        </Text>
        {'rows' in mine && 'rows' in theirs && <RowChanges changes={compare(theirs.rows, mine.rows)} />}
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              draft.rebase(newest);
              onDrop();
            }}
          >
            Take theirs; undo brings mine back
          </Button>
          <Button size="xs" color="yellow" loading={saving} onClick={() => onKeep(newest)}>
            Save mine over it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

type DescribeProps = {
  opened: boolean;
  onClose: () => void;
  description: string;
  onDescribe: (description: string) => void;
};

/** Changes a map's description; it is saved with the map. */
export function DescribeMap({ opened, onClose, description, onDescribe }: DescribeProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Description" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onDescribe(String(new FormData(event.currentTarget).get('description') ?? '').trim());
          onClose();
        }}
      >
        <Stack>
          <Textarea
            name="description"
            label="What the map is for"
            autosize
            minRows={2}
            maxLength={2000}
            data-autofocus
            defaultValue={description}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit">Take over</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
