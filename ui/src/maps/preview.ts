import { useLocalStorage } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Connection, connections } from '../connections/queries';
import { dataModels } from '../models/queries';
import { mapPreview, type Preview } from './queries';

export type Chosen = {
  connections: Connection[];
  connectionId: number | undefined;
  chooseConnection: (connectionId: number) => void;
  /** A record's number, or a host's name. */
  record: string;
  chooseRecord: (record: string) => void;
};

export type Previewed = {
  chosen: Chosen;
  preview: Preview | undefined;
  fault: Error | null;
  waiting: boolean;
  /** What is shown was made by an earlier text, as the present one cannot be used. */
  outdated: boolean;
  retry: () => void;
};

/** What a map's text makes of a record of a connection's last snapshot, anew whenever either changes. */
export function usePreview(yaml: string, usable: boolean, source: string | undefined): Previewed {
  const all = useQuery(connections());
  const models = useQuery(dataModels());
  const [kept, chooseConnection] = useLocalStorage<number | undefined>({
    key: 'maps:preview-connection',
    defaultValue: undefined,
  });
  const [record, chooseRecord] = useState('1');
  const connector = models.data?.find((model) => model.name === source)?.connector;
  const fitting = useMemo(
    () => all.data?.filter((one) => connector === undefined || one.connector === connector) ?? [],
    [all.data, connector],
  );
  const connectionId = fitting.some((one) => one.id === kept) ? kept : fitting[0]?.id;
  const asked = record.trim();
  const number = /^[1-9]\d*$/.test(asked) ? Number(asked) : undefined;
  const enabled = usable && connectionId !== undefined && asked !== '';
  const query = useQuery({
    ...mapPreview({ yaml, connectionId, ...(number === undefined ? { hostName: asked } : { number }) }),
    enabled,
    placeholderData: keepPreviousData,
  });
  return {
    chosen: { connections: fitting, connectionId, chooseConnection, record, chooseRecord },
    preview: query.data,
    fault: enabled ? query.error : null,
    waiting: enabled && query.isFetching,
    outdated: !usable,
    retry: () => query.refetch(),
  };
}

/** What each row made of the record: its values, by the row's number from 1. */
export function valuesByRow(preview: Preview | undefined): Map<number, unknown[]> {
  const values = new Map<number, unknown[]>();
  for (const origin of preview?.values ?? []) {
    for (const { row } of origin.rows) {
      values.set(row, [...(values.get(row) ?? []), origin.value]);
    }
  }
  return values;
}
