import { Badge, Button, Group, SegmentedControl, Select, Stack, Switch, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { Card } from '../common/Card';
import { Failure, Loading } from '../common/states';
import { connections } from '../connections/queries';
import { ManagersOnly, useMayChange } from '../signin/ManagersOnly';
import { connectionRules, type OwnRules, type Rule } from './queries';

/** Which rules are on for one connection alone, and whether its unknown hosts make assets. */
export function OfConnection({ rules }: { rules: Rule[] }) {
  const list = useQuery(connections());
  const [chosen, setChosen] = useState<string | null>(null);
  const connectionId = Number(chosen ?? list.data?.[0]?.id);
  return (
    <Card title="For one connection">
      {list.isPending ? (
        <Loading what="the connections" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : list.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          There is no connection yet. Once there is, rules can be switched on or off for it alone.
        </Text>
      ) : (
        <Stack>
          <Select
            label="Connection"
            w={320}
            allowDeselect={false}
            data={list.data.map((one) => ({ value: String(one.id), label: one.name }))}
            value={String(connectionId)}
            onChange={setChosen}
          />
          <Own key={connectionId} connectionId={connectionId} rules={rules} />
        </Stack>
      )}
    </Card>
  );
}

function Own({ connectionId, rules }: { connectionId: number; rules: Rule[] }) {
  const own = useQuery(connectionRules(connectionId));
  if (own.isPending) {
    return <Loading what="the connection's rules" />;
  }
  if (own.isError) {
    return <Failure fault={own.error} retry={() => own.refetch()} />;
  }
  return <Switches key={own.dataUpdatedAt} connectionId={connectionId} rules={rules} own={own.data} />;
}

type Choice = 'as-is' | 'on' | 'off';

function Switches({ connectionId, rules, own }: { connectionId: number; rules: Rule[]; own: OwnRules }) {
  const queries = useQueryClient();
  const mayChange = useMayChange();
  const before = Object.fromEntries(own.switches.map(({ rule, enabled }) => [rule, enabled]));
  const [switches, setSwitches] = useState<Record<string, boolean>>(before);
  const [creates, setCreates] = useState(own.createUnmanagedAsset);
  const changed = creates !== own.createUnmanagedAsset || JSON.stringify(switches) !== JSON.stringify(before);
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/api/v1/connections/{connectionId}/identification', {
          params: { path: { connectionId } },
          body: {
            createUnmanagedAsset: creates,
            switches: Object.entries(switches).map(([rule, enabled]) => ({ rule, enabled })),
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connection-rules', connectionId] }),
  });
  const choose = (rule: string, choice: Choice) => {
    const { [rule]: _, ...others } = switches;
    setSwitches(choice === 'as-is' ? others : { ...others, [rule]: choice === 'on' });
  };
  return (
    <Stack>
      <Table aria-label="Rules of the connection" maw={760}>
        <Table.Tbody>
          {rules
            .filter((rule) => rule.kind !== 'SYSTEM')
            .map((rule) => (
              <Table.Tr key={rule.name}>
                <Table.Td>
                  <Group gap="xs">
                    <Text size="sm">{rule.name}</Text>
                    <Badge size="xs" variant="default" tt="none">
                      {(switches[rule.name] ?? rule.enabled) ? 'on' : 'off'}
                    </Badge>
                  </Group>
                </Table.Td>
                <Table.Td ta="right">
                  <SegmentedControl
                    size="xs"
                    aria-label={`${rule.name} for this connection`}
                    disabled={!mayChange}
                    data={[
                      { value: 'as-is', label: 'As for all' },
                      { value: 'on', label: 'On' },
                      { value: 'off', label: 'Off' },
                    ]}
                    value={rule.name in switches ? (switches[rule.name] ? 'on' : 'off') : 'as-is'}
                    onChange={(value) => choose(rule.name, value as Choice)}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      <Switch
        label="A record that no rule decides makes a new asset"
        description="If not, it is skipped and counted on the run."
        disabled={!mayChange}
        checked={creates}
        onChange={(event) => setCreates(event.currentTarget.checked)}
      />
      {save.isError && <Failure fault={save.error} />}
      <Group>
        <ManagersOnly>
          <Button disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
            Save for this connection
          </Button>
        </ManagersOnly>
      </Group>
    </Stack>
  );
}
