import {
  ActionIcon,
  AppShell,
  Box,
  Burger,
  Group,
  NavLink,
  Stack,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconAdjustmentsHorizontal,
  IconArrowsSplit2,
  IconBinaryTree2,
  IconBug,
  IconDeviceDesktop,
  IconFingerprint,
  IconLayoutDashboard,
  IconMoon,
  IconPlugConnected,
  IconSend,
  IconSun,
  type TablerIcon,
} from '@tabler/icons-react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Account } from '../signin/Account';

type Place = { to: string; label: string; icon: TablerIcon };

const PLACES: { heading?: string; places: Place[] }[] = [
  { places: [{ to: '/overview', label: 'Overview', icon: IconLayoutDashboard }] },
  {
    heading: 'Connectors',
    places: [
      { to: '/connectors', label: 'Integration', icon: IconPlugConnected },
      { to: '/data-models', label: 'Data models', icon: IconBinaryTree2 },
      { to: '/transform-maps', label: 'Transform maps', icon: IconArrowsSplit2 },
      { to: '/identification-rules', label: 'Identification rules', icon: IconFingerprint },
    ],
  },
  { heading: 'Inventory', places: [{ to: '/assets', label: 'Assets', icon: IconDeviceDesktop }] },
  { heading: 'Risk management', places: [{ to: '/findings', label: 'Findings', icon: IconBug }] },
  { heading: 'Delivery', places: [{ to: '/delivery', label: 'Destinations', icon: IconSend }] },
  { heading: 'Administration', places: [{ to: '/settings', label: 'Settings', icon: IconAdjustmentsHorizontal }] },
];

/** What surrounds every page: the way to the others at the left, the account and the colours below it. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <AppShell
      navbar={{ width: 236, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      header={{ height: { base: 52, sm: 0 } }}
      padding="lg"
    >
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="md">
          <Burger opened={opened} onClick={toggle} size="sm" aria-label="Menu" />
          <Product />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <Box visibleFrom="sm" px="xs" py="sm">
          <Product />
        </Box>
        <Stack component="nav" aria-label="Main" gap={2} flex={1} style={{ overflowY: 'auto' }}>
          {PLACES.map(({ heading, places }) => (
            <Box key={heading ?? 'first'} mb="xs">
              {heading && (
                <Text size="xs" fw={600} c="dimmed" px="sm" pb={4} pt={4}>
                  {heading}
                </Text>
              )}
              {places.map(({ to, label, icon: Icon }) => (
                <NavLink
                  key={to}
                  component={Link}
                  to={to}
                  label={label}
                  active={path === to || path.startsWith(`${to}/`)}
                  aria-current={path === to || path.startsWith(`${to}/`) ? 'page' : undefined}
                  leftSection={<Icon size={18} stroke={1.6} />}
                  onClick={close}
                  style={{ borderRadius: 8 }}
                />
              ))}
            </Box>
          ))}
        </Stack>
        <Group
          justify="space-between"
          pt="xs"
          wrap="nowrap"
          style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}
        >
          <Account />
          <ColorScheme />
        </Group>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} style={{ outline: 'none' }}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Product() {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src="/logo.svg" alt="" width={26} height={26} />
      <Text fw={700} size="lg" lh={1}>
        ETM Connect
      </Text>
    </Group>
  );
}

function ColorScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme() === 'dark';
  const label = dark ? 'Use light colours' : 'Use dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        onClick={() => setColorScheme(dark ? 'light' : 'dark')}
      >
        {dark ? <IconSun size={18} stroke={1.6} /> : <IconMoon size={18} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  );
}
