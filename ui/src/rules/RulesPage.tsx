import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Checkbox,
  Code,
  Group,
  Modal,
  SimpleGrid,
  Stack,
  Switch,
  Table,
  Text,
  Textarea,
  TextInput,
  Title,
  Tooltip,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, api, ask, type Schemas } from '../api/client';
import { Fact } from '../common/Fact';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Failure, Loading } from '../common/states';
import { ManagersOnly, ONLY_MANAGERS, useMayChange } from '../signin/ManagersOnly';
import { OfConnection } from './OfConnection';
import { type Attribute, asInput, attributes, type Rule, type RuleInput, rules } from './queries';

const ATTRIBUTES: Record<Attribute, string> = {
  CLOUD_INSTANCE_ID: 'Cloud instance ID',
  MAC_ADDRESS: 'MAC address',
  HOST_NAME: 'Host name',
  DOMAIN: 'Domain',
  IP_ADDRESS: 'IP address',
  OPERATING_SYSTEM: 'Operating system',
  ASSET_TYPE: 'Asset type',
};

export default function RulesPage() {
  const list = useQuery(rules());
  return (
    <Page
      title="Identification rules"
      about="How a source record finds its asset: the first rule whose attributes all agree with exactly one asset decides."
    >
      {list.isPending ? (
        <Loading what="the rules" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : (
        // A draft belongs to the version that it was made from.
        <Editor key={list.data.version} version={list.data.version} saved={list.data.items} />
      )}
    </Page>
  );
}

function Editor({ version, saved }: { version: number; saved: Rule[] }) {
  const queries = useQueryClient();
  const mayChange = useMayChange();
  const before = asInput(saved);
  const [draft, setDraft] = useState<RuleInput[]>(before);
  const [adding, setAdding] = useState(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(before);
  const predefined = new Set(saved.filter((rule) => rule.kind === 'PREDEFINED').map((rule) => rule.name));
  const refresh = () => queries.invalidateQueries({ queryKey: ['rules'] });
  const simulate = useMutation({
    mutationFn: () =>
      ask(api.POST('/api/v1/identification-rules/simulations', { body: { rules: draft, examples: 20 } })),
  });
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/api/v1/identification-rules', {
          params: { header: { 'If-Match': `"${version}"` } },
          body: { rules: draft },
        }),
      ),
    onSuccess: () => {
      notifications.show({
        color: 'teal',
        title: 'Saved',
        message: 'New records follow the rules from the next run on.',
      });
      return refresh();
    },
  });
  const reset = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/identification-rules/reset')),
    onSuccess: refresh,
  });
  const reidentify = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/identification-rules/re-identification')),
    onSuccess: (effect) =>
      notifications.show({
        color: 'teal',
        title: 'Identified anew',
        message: `${effect.assetsMerged.toLocaleString()} assets merged, ${effect.assetsSplit.toLocaleString()} split.`,
      }),
  });
  const [dragged, setDragged] = useState<number>();
  const moveTo = (from: number, to: number) => {
    const moved = [...draft];
    const [rule] = moved.splice(from, 1);
    if (rule) {
      moved.splice(to, 0, rule);
      setDraft(moved);
    }
  };
  const move = (index: number, by: number) => moveTo(index, index + by);
  const change = (index: number, part: Partial<RuleInput>) =>
    setDraft(draft.map((rule, i) => (i === index ? { ...rule, ...part } : rule)));
  const fault = save.error ?? reset.error ?? reidentify.error;
  const system = saved.find((rule) => rule.kind === 'SYSTEM');
  return (
    <Stack>
      <Table.ScrollContainer minWidth={820} className="card">
        <Table verticalSpacing="sm" aria-label="Identification rules">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={60}>Order</Table.Th>
              <Table.Th w={230}>Rule</Table.Th>
              <Table.Th>Attributes that must agree</Table.Th>
              <Table.Th w={110}>On</Table.Th>
              <Table.Th w={130}>
                <span style={{ visibility: 'hidden' }}>Move</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {system && (
              <Table.Tr>
                <Table.Td>1</Table.Td>
                <Table.Td>
                  <Name rule={system} kind="system" />
                </Table.Td>
                <Table.Td>Connection and the vendor's own key</Table.Td>
                <Table.Td>Always</Table.Td>
                <Table.Td />
              </Table.Tr>
            )}
            {draft.map((rule, index) => (
              <Table.Tr
                key={rule.name}
                draggable={mayChange}
                style={{ cursor: mayChange ? 'grab' : undefined, opacity: dragged === index ? 0.5 : 1 }}
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = 'move';
                  event.dataTransfer.setData('text/plain', rule.name);
                  setDragged(index);
                }}
                onDragOver={(event) => {
                  if (dragged === undefined) {
                    return;
                  }
                  event.preventDefault();
                  if (dragged !== index) {
                    moveTo(dragged, index);
                    setDragged(index);
                  }
                }}
                onDragEnd={() => setDragged(undefined)}
              >
                <Table.Td>{index + 2}</Table.Td>
                <Table.Td>
                  <Name rule={rule} kind={predefined.has(rule.name) ? undefined : 'your own'} />
                </Table.Td>
                <Table.Td>{(rule.attributes ?? []).map((attribute) => ATTRIBUTES[attribute]).join(' + ')}</Table.Td>
                <Table.Td>
                  <Switch
                    aria-label={`${rule.name} is on`}
                    checked={rule.enabled ?? true}
                    onChange={(event) => change(index, { enabled: event.currentTarget.checked })}
                  />
                </Table.Td>
                <Table.Td>
                  <Group gap={4} wrap="nowrap" justify="flex-end">
                    <Act label={`Move ${rule.name} up`} disabled={index === 0} onClick={() => move(index, -1)}>
                      <IconArrowUp size={16} />
                    </Act>
                    <Act
                      label={`Move ${rule.name} down`}
                      disabled={index === draft.length - 1}
                      onClick={() => move(index, 1)}
                    >
                      <IconArrowDown size={16} />
                    </Act>
                    {!predefined.has(rule.name) && (
                      <Act
                        label={`Delete ${rule.name}`}
                        onClick={() => setDraft(draft.filter((other) => other !== rule))}
                      >
                        <IconTrash size={16} />
                      </Act>
                    )}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {fault && (
        <Failure fault={fault} retry={fault instanceof ApiError && fault.status === 412 ? refresh : undefined} />
      )}
      <Group justify="space-between">
        <Group>
          <ManagersOnly>
            <Button disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
              Save
            </Button>
          </ManagersOnly>
          <Button variant="default" loading={simulate.isPending} onClick={() => simulate.mutate()}>
            Simulate
          </Button>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
            New rule
          </Button>
          {changed && (
            <Button variant="subtle" onClick={() => setDraft(before)}>
              Discard changes
            </Button>
          )}
        </Group>
        <Group>
          <Tooltip
            label={mayChange ? 'Applies the saved rules to everything that is in the inventory already' : ONLY_MANAGERS}
          >
            <Button
              variant="default"
              disabled={changed || !mayChange}
              loading={reidentify.isPending}
              onClick={() => reidentify.mutate()}
            >
              Re-identify the inventory
            </Button>
          </Tooltip>
          <ManagersOnly>
            <Button variant="subtle" color="red" loading={reset.isPending} onClick={() => reset.mutate()}>
              Reset to default
            </Button>
          </ManagersOnly>
        </Group>
      </Group>
      {simulate.isError && <Failure fault={simulate.error} />}
      {simulate.data && <Effect effect={simulate.data} />}
      {!changed && <OfConnection rules={saved} />}
      <NewRule
        opened={adding}
        taken={new Set(draft.map((rule) => rule.name))}
        onClose={() => setAdding(false)}
        onAdd={(rule) => {
          setDraft([...draft, rule]);
          setAdding(false);
        }}
      />
    </Stack>
  );
}

function Name({ rule, kind }: { rule: { name: string; description?: string }; kind: string | undefined }) {
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <Text size="sm" fw={500}>
          {rule.name}
        </Text>
        {kind && (
          <Badge size="xs" variant="default" tt="none">
            {kind}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {rule.description}
      </Text>
    </>
  );
}

function Act({
  label,
  disabled,
  onClick,
  children,
}: {
  label: string;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} disabled={disabled ?? false} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function NewRule({
  opened,
  taken,
  onClose,
  onAdd,
}: {
  opened: boolean;
  taken: Set<string>;
  onClose: () => void;
  onAdd: (rule: RuleInput) => void;
}) {
  const known = useQuery(attributes());
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [chosen, setChosen] = useState<Attribute[]>([]);
  const doubled = taken.has(name.trim());
  return (
    <Modal opened={opened} onClose={onClose} title="New rule" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <TextInput
          label="Name"
          required
          value={name}
          error={doubled ? 'There is a rule of this name already' : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Checkbox.Group
          label="Attributes that must all agree"
          required
          value={chosen}
          onChange={(values) => setChosen(values as Attribute[])}
        >
          <SimpleGrid cols={2} mt="xs">
            {(known.data ?? []).map((attribute) => (
              <Checkbox key={attribute.attribute} value={attribute.attribute} label={ATTRIBUTES[attribute.attribute]} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <Group justify="flex-end">
          <Button
            disabled={!name.trim() || doubled || chosen.length === 0}
            onClick={() => {
              onAdd({ name: name.trim(), description, attributes: chosen, enabled: true });
              setName('');
              setDescription('');
              setChosen([]);
            }}
          >
            Add at the end
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** What rules would change in the present inventory. */
function Effect({ effect }: { effect: Schemas['RuleEffect'] }) {
  const nothing = effect.assetsMerged === 0 && effect.assetsSplit === 0;
  return (
    <section className="card" style={{ padding: 20 }} aria-label="Simulation" role="status">
      <Title order={2} mb="sm">
        If the whole inventory were identified anew by these rules
      </Title>
      <SimpleGrid cols={{ base: 2, md: 5 }} mb="md">
        <Fact name="Source records">{effect.records.toLocaleString()}</Fact>
        <Fact name="Assets now">{effect.assetsBefore.toLocaleString()}</Fact>
        <Fact name="Assets then">{effect.assetsAfter.toLocaleString()}</Fact>
        <Fact name="Assets that would merge">{effect.assetsMerged.toLocaleString()}</Fact>
        <Fact name="Assets that would split">{effect.assetsSplit.toLocaleString()}</Fact>
      </SimpleGrid>
      {nothing && (
        <Alert color="teal" variant="light">
          Nothing would change. Nothing was written.
        </Alert>
      )}
      {effect.merges.map((merge) => (
        <Text size="sm" component="div" key={merge.assets.map((asset) => asset.id).join(' ')} mb="xs">
          <Assets assets={merge.assets} /> would be one:{' '}
          {merge.links.slice(0, 3).map((link) => (
            <span key={`${link.one.id} ${link.other.id}`}>
              <b>{link.rule}</b>{' '}
              {Object.entries(link.matched).map(([attribute, values]) => (
                <Code key={attribute}>{values.join(', ')}</Code>
              ))}{' '}
            </span>
          ))}
        </Text>
      ))}
      {effect.splits.map((split) => (
        <Text size="sm" component="div" key={split.asset.id} mb="xs">
          <Assets assets={[split.asset]} /> would be {split.parts.length}:{' '}
          {split.parts.map((part) => part.map((record) => record.name ?? record.nativeKey).join(', ')).join(' | ')}
        </Text>
      ))}
    </section>
  );
}

function Assets({ assets }: { assets: Schemas['NamedAsset'][] }) {
  return assets.map((asset, index) => (
    <span key={asset.id}>
      {index > 0 && ', '}
      <TextLink to="/assets/$assetId" params={{ assetId: String(asset.id) }}>
        {asset.name ?? `Asset ${asset.id}`}
      </TextLink>
    </span>
  ));
}
