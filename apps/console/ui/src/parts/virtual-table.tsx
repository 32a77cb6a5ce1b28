import { Loader, Text } from '@mantine/core';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
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
  // What stands above the table changes its place: filters, notes, figures.
  useLayoutEffect(() => {
    const top = body.current === null ? 0 : body.current.getBoundingClientRect().top + window.scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 56,
    overscan: 12,
    scrollMargin: margin,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && !loading && lastSeen >= rows.length - 20) onEnd?.();
  }, [hasMore, loading, lastSeen, rows.length, onEnd]);

  const tracks = { gridTemplateColumns: columns.map(({ track }) => track).join(' ') };
  return (
    <div>
      <div role="table" aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1} className="table">
        <div role="rowgroup" className="table-head">
          <div role="row" aria-rowindex={1} className="table-row" style={tracks}>
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
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                role="row"
                aria-rowindex={index + 2}
                className="table-row table-item"
                style={{ ...tracks, transform: `translateY(${start - margin}px)` }}
              >
                {columns.map((column) => (
                  <div
                    key={column.key}
                    role="cell"
                    className="table-cell"
                    data-label={column.title}
                    data-cell={column.key}
                  >
                    {column.render(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {loading && <Loader size="sm" m="md" aria-label={words.loading} />}
      {!loading && rows.length === 0 && (
        <Text p="md" className="muted">
          {empty ?? words.nothing}
        </Text>
      )}
    </div>
  );
}
