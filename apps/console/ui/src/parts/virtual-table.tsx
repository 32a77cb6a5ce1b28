import { Text } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Waiting } from './waiting.tsx';
import { useWords } from '../words/index.ts';

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  /** A grid track: `10rem`, `minmax(12rem, 3fr)`. */
  readonly track: string;
  readonly render: (row: T) => ReactNode;
}

/**
 * A table that scrolls with the page and holds only the rows in sight, however many there are. On a phone
 * each row becomes a card. `onEnd` is called when the last row comes near.
 */
export function VirtualTable<T>({
  label,
  columns,
  rows,
  rowKey,
  empty,
  hasMore = false,
  loading = false,
  onEnd,
}: {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly empty?: string;
  readonly hasMore?: boolean;
  readonly loading?: boolean;
  readonly onEnd?: () => void;
}) {
  const words = useWords();
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  // Another function would have the keys and places of all rows worked out again.
  const keyAt = useCallback(
    (index: number) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
    [rows, rowKey],
  );
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 56,
    overscan: 12,
    scrollMargin: margin,
    getItemKey: keyAt,
  });
  // What stands above the table changes its place: filters, notes, figures. Not while it scrolls, when
  // asking the browser for a place in each frame would have it lay out the page once more.
  useLayoutEffect(() => {
    if (virtual.isScrolling || body.current === null) return;
    const top = body.current.getBoundingClientRect().top + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && !loading && lastSeen >= rows.length - 20) onEnd?.();
  }, [hasMore, loading, lastSeen, rows.length, onEnd]);

  return (
    <div>
      <div role="table" aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1} className="table">
        <div role="rowgroup" className="table-head">
          <div role="row" aria-rowindex={1} className="table-row" style={tracksOf(columns)}>
            {columns.map(({ key, title }) => (
              <div key={key} role="columnheader" className="table-cell">
                {title}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" ref={body} className="table-body" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <Row
                key={key}
                row={row}
                index={index}
                columns={columns}
                offset={start - margin}
                measure={virtual.measureElement}
              />
            );
          })}
        </div>
      </div>
      {loading && <Waiting size="sm" m="md" />}
      {!loading && rows.length === 0 && (
        <Text p="md" className="muted">
          {empty ?? words.nothing}
        </Text>
      )}
    </div>
  );
}

interface RowProps<T> {
  readonly row: T;
  readonly index: number;
  readonly columns: readonly Column<T>[];
  /** Pixels from the top of the table's body. */
  readonly offset: number;
  readonly measure: (element: Element | null) => void;
}

/** Drawn anew only when it or its place changes: in a frame of scrolling most rows stay as they are. */
const Row = memo(function Row<T>({ row, index, columns, offset, measure }: RowProps<T>) {
  return (
    <div
      ref={measure}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      className="table-row table-item"
      style={{ ...tracksOf(columns), transform: `translateY(${offset}px)` }}
    >
      {columns.map((column) => (
        <div key={column.key} role="cell" className="table-cell" data-label={column.title} data-cell={column.key}>
          {column.render(row)}
        </div>
      ))}
    </div>
  );
}) as <T>(props: RowProps<T>) => ReactNode;

function tracksOf<T>(columns: readonly Column<T>[]): { gridTemplateColumns: string } {
  return { gridTemplateColumns: columns.map(({ track }) => track).join(' ') };
}
