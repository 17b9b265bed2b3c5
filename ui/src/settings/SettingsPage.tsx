import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Page } from '../common/Page';
import { me } from '../signin/queries';
import { AccountPanel } from './AccountPanel';
import { AuditPanel } from './AuditPanel';
import { SystemPanel } from './SystemPanel';
import { TokensPanel } from './TokensPanel';
import { UsersPanel } from './UsersPanel';

const route = getRouteApi('/inside/settings');

export default function SettingsPage() {
  const { tab = 'account' } = route.useSearch();
  const navigate = useNavigate();
  const manager = useQuery(me()).data?.role === 'MANAGER';
  return (
    <Page title="Settings">
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(wanted) =>
          navigate({ to: '/settings', search: { tab: wanted === 'account' ? undefined : (wanted ?? undefined) } })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="account">My account</Tabs.Tab>
          {manager && <Tabs.Tab value="users">Users</Tabs.Tab>}
          {manager && <Tabs.Tab value="tokens">API tokens</Tabs.Tab>}
          {manager && <Tabs.Tab value="audit">Audit log</Tabs.Tab>}
          <Tabs.Tab value="system">System</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="account">
          <AccountPanel />
        </Tabs.Panel>
        <Tabs.Panel value="users">
          <UsersPanel />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <TokensPanel />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <AuditPanel />
        </Tabs.Panel>
        <Tabs.Panel value="system">
          <SystemPanel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
