import { ActionIcon, Checkbox, Group, Loader, Menu, Text, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

export type Column<R> = {
  id: string;
  title: string;
  /** In pixels; the last shown column takes what is left. */
  width: number;
  render: (row: R) => ReactNode;
  right?: boolean;
  /** The server's name of the order by this column, and which way it runs. */
  order?: { name: string; descending?: boolean };
  /** Not shown until the viewer asks for it. */
  hidden?: boolean;
};

type Props<R> = {
  /** Names the table for screen readers, and its column choice in the browser's storage. */
  name: string;
  columns: Column<R>[];
  rows: R[];
  rowKey: (row: R) => string | number;
  order?: string;
  onOrder?: (name: string) => void;
  /** There are more rows on the server. */
  more: boolean;
  loadingMore: boolean;
  loadMore: () => void;
  /** Called on a click beside the row's own links. */
  onOpen?: (row: R) => void;
};

const ROW = 42;

/** The viewer's choice of columns, and the button that changes it. */
export function useColumns<R>(name: string, columns: Column<R>[]): { shown: Column<R>[]; button: ReactNode } {
  const [choice, choose] = useLocalStorage<Record<string, boolean>>({ key: `columns:${name}`, defaultValue: {} });
  const isShown = (column: Column<R>) => choice[column.id] ?? !column.hidden;
  const shown = columns.filter(isShown);
  const button = (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <Tooltip label="Choose columns">
          <ActionIcon variant="default" size="lg" aria-label="Choose columns">
            <IconColumns3 size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.map((column) => (
          <Menu.Item
            key={column.id}
            disabled={isShown(column) && shown.length === 1}
            onClick={() => choose({ ...choice, [column.id]: !isShown(column) })}
          >
            <Checkbox readOnly tabIndex={-1} size="xs" label={column.title} checked={isShown(column)} />
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
  return { shown, button };
}

/** A table that draws only the rows in sight and asks for more as the viewer nears its end. */
export function DataTable<R>(props: Props<R>) {
  const { columns, rows, more, loadingMore, loadMore } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    estimateSize: () => ROW,
    getScrollElement: () => scroller.current,
    overscan: 12,
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  useEffect(() => {
    if (more && !loadingMore && last >= rows.length - 15) {
      loadMore();
    }
  }, [more, loadingMore, last, rows.length, loadMore]);
  const above = drawn[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
    <section className="rows card" ref={scroller} aria-label={props.name} tabIndex={0}>
      <table style={{ width }} aria-rowcount={more ? -1 : rows.length + 1}>
        <colgroup>
          {columns.map((column, index) => (
            <col key={column.id} style={index === columns.length - 1 ? undefined : { width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.id} column={column} order={props.order} onOrder={props.onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Filler height={above} columns={columns.length} />
          {drawn.map(({ index }) => {
            const row = rows[index];
            return (
              row !== undefined && (
                <tr
                  key={props.rowKey(row)}
                  aria-rowindex={index + 2}
                  style={props.onOpen && { cursor: 'pointer' }}
                  onClick={(event) => {
                    if (!(event.target as HTMLElement).closest('a,button') && !window.getSelection()?.toString()) {
                      props.onOpen?.(row);
                    }
                  }}
                >
                  {columns.map((column) => (
                    <td key={column.id} className={column.right ? 'right number' : undefined}>
                      {column.render(row)}
                    </td>
                  ))}
                </tr>
              )
            );
          })}
          <Filler height={below} columns={columns.length} />
        </tbody>
      </table>
      {loadingMore && (
        <Group justify="center" p="sm" role="status">
          <Loader size="xs" />
          <Text size="sm" c="dimmed">
            Loading more …
          </Text>
        </Group>
      )}
    </section>
  );
}

function Filler({ height, columns }: { height: number; columns: number }) {
  return height <= 0 ? null : (
    <tr className="filler" aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

function Heading<R>({
  column,
  order,
  onOrder,
}: {
  column: Column<R>;
  order: string | undefined;
  onOrder: ((name: string) => void) | undefined;
}) {
  const by = column.order;
  const active = by !== undefined && by.name === order;
  const Arrow = by?.descending ? IconArrowDown : IconArrowUp;
  return (
    <th
      scope="col"
      className={column.right ? 'right' : undefined}
      aria-sort={active ? (by.descending ? 'descending' : 'ascending') : undefined}
    >
      {by && onOrder ? (
        <button type="button" className="sort" onClick={() => onOrder(by.name)} title={`Sort by ${column.title}`}>
          {column.title}
          <Arrow size={13} aria-hidden opacity={active ? 1 : 0.25} />
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}
