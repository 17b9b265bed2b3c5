import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { Failure, Loading } from '../common/states';
import { connections } from '../connections/queries';
import type { TransformMap } from './queries';

type Props = { opened: boolean; onClose: () => void; map: TransformMap; dirty: boolean };

/** Applies the saved map to what a connection's last complete run fetched. */
export function ReplayMap({ opened, onClose, map, dirty }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Replay the last snapshot" size="lg">
      <ReplayForm onClose={onClose} map={map} dirty={dirty} />
    </Modal>
  );
}

function ReplayForm({ onClose, map, dirty }: Omit<Props, 'opened'>) {
  const list = useQuery(connections());
  const navigate = useNavigate();
  const [chosen, choose] = useState<string>();
  const profiles = (list.data ?? []).flatMap((connection) =>
    connection.profiles.map((profile) => ({
      value: String(profile.id),
      label: `${connection.name} / ${profile.name}`,
    })),
  );
  const own = profiles.find((profile) => map.usedBy.includes(profile.label)) ?? profiles[0];
  const profileId = chosen ?? own?.value;
  const replay = useMutation({
    mutationFn: (profile: number) =>
      ask(
        api.POST('/api/v1/profiles/{profileId}/replays', {
          params: { path: { profileId: profile } },
          body: { map: map.name, version: map.version },
        }),
      ),
    onSuccess: (run) => navigate({ to: '/runs/$runId', params: { runId: String(run.id) } }),
  });
  if (list.isPending) {
    return <Loading what="the profiles" />;
  }
  if (list.isError) {
    return <Failure fault={list.error} retry={() => list.refetch()} />;
  }
  return (
    <Stack>
      <Text size="sm">
        Applies {map.name}
        {map.version !== undefined && `, version ${map.version},`} to what the connection’s last complete run fetched,
        and changes the inventory accordingly. The vendor is not asked. The profile keeps the map it has.
      </Text>
      {dirty && (
        <Alert color="yellow" variant="light">
          Your changes are not saved, so the replay does not use them.
        </Alert>
      )}
      <Select
        label="Profile"
        allowDeselect={false}
        data={profiles}
        value={profileId ?? null}
        placeholder="No connection has a profile yet"
        onChange={(value) => choose(value ?? undefined)}
      />
      {replay.isError && <Failure fault={replay.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          loading={replay.isPending}
          disabled={profileId === undefined}
          onClick={() => profileId !== undefined && replay.mutate(Number(profileId))}
        >
          Replay
        </Button>
      </Group>
    </Stack>
  );
}
