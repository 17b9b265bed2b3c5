import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError, api, ask } from '../api/client';
import { Failure, Loading } from '../common/states';
import { dataModels } from '../models/queries';
import { READABLE } from './alerts';

/** Asks for what a new map needs: its name and its two data models. */
export function CreateMap({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Create a transform map" size="lg">
      <CreateForm onClose={onClose} />
    </Modal>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const models = useQuery(dataModels());
  if (models.isPending) {
    return <Loading what="data models" />;
  }
  if (models.isError) {
    return <Failure fault={models.error} retry={() => models.refetch()} />;
  }
  const named = (kind: 'SOURCE' | 'TARGET') => models.data.filter((one) => one.kind === kind).map((one) => one.name);
  return <CreateFields sources={named('SOURCE')} targets={named('TARGET')} onClose={onClose} />;
}

function CreateFields({ sources, targets, onClose }: { sources: string[]; targets: string[]; onClose: () => void }) {
  const [name, setName] = useState('');
  const [description, describe] = useState('');
  const [source, setSource] = useState(sources.length === 1 ? sources[0] : undefined);
  const [target, setTarget] = useState(targets.length === 1 ? targets[0] : undefined);
  const open = useOpenMap();
  const create = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/maps', {
          body: { name: name.trim(), source, target, description: description.trim() || undefined },
        }),
      ),
    onSuccess: (map) => open(map.name),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Transform Map Name"
          required
          data-autofocus
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          autosize
          minRows={1}
          maxLength={2000}
          value={description}
          onChange={(event) => describe(event.currentTarget.value)}
        />
        <Select
          label="Source Data Model"
          required
          allowDeselect={false}
          data={sources}
          value={source ?? null}
          onChange={(value) => setSource(value ?? undefined)}
        />
        <Select
          label="Target Data Model"
          required
          allowDeselect={false}
          data={targets}
          value={target ?? null}
          onChange={(value) => setTarget(value ?? undefined)}
        />
        <Text size="sm" c="dimmed">
          It begins with the row of the identifier alone. To begin with the rows of another map, clone that one.
        </Text>
        {create.isError && <Failure fault={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={!name.trim() || !source || !target}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type CloneProps = { of: string; version?: number | undefined; opened: boolean; onClose: () => void };

/** Asks for the name of a copy. */
export function CloneMap({ of, version, opened, onClose }: CloneProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Clone ${of}${version ? `, version ${version}` : ''}`} size="lg">
      <CloneForm of={of} version={version} onClose={onClose} />
    </Modal>
  );
}

function CloneForm({ of, version, onClose }: Omit<CloneProps, 'opened'>) {
  const [name, setName] = useState(`${of.slice(0, 110)} (copy)`);
  const open = useOpenMap();
  const clone = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/maps/{mapName}/clone', {
          params: { path: { mapName: of } },
          body: { name: name.trim(), version },
        }),
      ),
    onSuccess: (map) => open(map.name),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        clone.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Transform Map Name"
          description="The copy is yours to change. Profiles go on with the map they have until you choose the copy there."
          required
          data-autofocus
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {clone.isError && <Failure fault={clone.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={clone.isPending} disabled={!name.trim()}>
            Clone
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function useOpenMap() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return async (name: string) => {
    await queries.invalidateQueries({ queryKey: ['maps'], exact: true });
    await navigate({ to: '/transform-maps/$name', params: { name } });
  };
}

type DeleteProps = { name: string; usedBy: string[]; opened: boolean; onClose: () => void };

/** Asks once more before a map goes with all its versions. */
export function DeleteMap({ name, usedBy, opened, onClose }: DeleteProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE('/api/v1/maps/{mapName}', { params: { path: { mapName: name } } })),
    onSuccess: async () => {
      await navigate({ to: '/transform-maps', ignoreBlocker: true });
      await queries.invalidateQueries({ queryKey: ['maps'] });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={`Delete ${name}?`} size="lg">
      <Stack>
        {usedBy.length > 0 ? (
          <Alert styles={READABLE} color="yellow" variant="light" title="Profiles use it">
            Give these another map first: {usedBy.join(', ')}.
          </Alert>
        ) : (
          <Text size="sm">All its versions go with it. Runs that used it still name it.</Text>
        )}
        {remove.isError && <Failure fault={remove.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <Button color="red.9" disabled={usedBy.length > 0} loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Whether the server refused because somebody saved a newer version. */
export function isConflict(fault: unknown): boolean {
  return fault instanceof ApiError && fault.status === 409;
}
