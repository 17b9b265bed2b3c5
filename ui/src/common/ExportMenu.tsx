import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { complain } from './complain';

type Format = 'csv' | 'json' | 'ocsf-json-lines' | 'ocsf-parquet' | 'cyclonedx-vex';

/** Downloads everything that a query finds, not only the rows in sight. */
export function ExportMenu({ of, query }: { of: 'assets' | 'findings'; query: string }) {
  const [asking, setAsking] = useState(false);
  const download = async (format: Format) => {
    const file = `/api/v1/${of}/export?${new URLSearchParams({ query, format })}`;
    setAsking(true);
    try {
      await refusal(`/api/v1/${of}?${new URLSearchParams({ query, limit: '1' })}`);
      const link = document.createElement('a');
      link.href = file;
      link.download = '';
      link.click();
    } catch (fault) {
      complain(fault as Error);
    } finally {
      setAsking(false);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} />} loading={asking}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Everything the query finds</Menu.Label>
        <Menu.Item onClick={() => download('csv')}>CSV, for spreadsheets</Menu.Item>
        <Menu.Item onClick={() => download('json')}>JSON Lines, for programs</Menu.Item>
        <Menu.Divider />
        <Menu.Label>For other systems</Menu.Label>
        <Menu.Item onClick={() => download('ocsf-json-lines')}>OCSF events, JSON Lines</Menu.Item>
        <Menu.Item onClick={() => download('ocsf-parquet')}>OCSF events, Parquet</Menu.Item>
        {of === 'findings' && <Menu.Item onClick={() => download('cyclonedx-vex')}>CycloneDX VEX</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}

/** A browser that downloads shows no reason if it is refused; so the same question is asked for one row first. */
async function refusal(question: string): Promise<void> {
  const answer = await fetch(question, { credentials: 'same-origin' });
  if (!answer.ok) {
    throw new ApiError(await answer.json());
  }
}
