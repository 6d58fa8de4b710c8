import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react'
import type { HostRow, SortKey } from '#shared/host-rows.ts'
import type { ByteUnits } from '#shared/units.ts'
import { showsP99 } from '../store/host-filter.ts'
import type { Fold } from '../store/host-quiet.ts'
import { ContextMenu } from '../ui/ContextMenu.tsx'
import { HostFoldRow } from './HostFoldRow.tsx'
import styles from './HostTable.module.css'
import { HostTableRow } from './HostTableRow.tsx'
import { type HostColumn, hostColumns } from './host-columns.ts'
import { vmEntries } from './vm-entries.tsx'

// Of hundreds of VMs only the rows in sight are in the page: each look writes them all, and the browser lays out the whole
// table for it. Space above and below stands for the others, and every row says which one it is of how many.

/** As the style sheet has them. */
const ROW_PX = 29
const HEAD_PX = 30
/** Rows drawn beyond the edges, so that scrolling shows none late. */
const MARGIN_ROWS = 6

interface Props {
  readonly rows: readonly HostRow[]
  readonly fold: Fold | null
  readonly sort: SortKey
  /** Id. */
  readonly selected: string | null
  readonly units: ByteUnits
  readonly onSort: (key: SortKey) => void
  readonly onOpen: (id: string) => void
  /** Is set to what scrolls to a VM. */
  readonly scrollTo: RefObject<((id: string) => void) | null>
}

export function HostTable({ rows, fold, sort, selected, units, onSort, onOpen, scrollTo }: Props) {
  const frame = useRef<HTMLElement>(null)
  // The keys work at once, and again when the board of a VM is closed.
  useEffect(() => frame.current?.focus(), [])
  const virtual = useVirtualizer({
    count: lineCount(rows, fold),
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    getItemKey: (line) => rows[rowAt(line, fold) ?? -1]?.vm.id ?? 'quiet',
    overscan: MARGIN_ROWS,
    // The head stays in sight above the rows.
    scrollPaddingEnd: HEAD_PX,
  })
  useImperativeHandle(scrollTo, () => (id) => {
    const row = rows.findIndex(({ vm }) => vm.id === id)
    virtual.scrollToIndex(fold !== null && row >= fold.at ? row + 1 : row)
  })
  const shown = virtual.getVirtualItems()
  const hasP99 = showsP99(rows, sort)
  const columns = hostColumns({ hasP99 })
  const above = shown[0]?.start ?? 0
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    <ContextMenu entries={vmEntries}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys select a row, and it scrolls */}
      <section ref={frame} className={styles.frame} tabIndex={0} aria-label="VMs; the arrow keys select">
        <table
          className={styles.table}
          aria-label="VMs of the host"
          aria-rowcount={lineCount(rows, fold) + 1}
          data-p99={hasP99 || undefined}
        >
          <Head columns={columns} sort={sort} onSort={onSort} />
          <Space height={above} columns={columns.length} />
          <tbody>
            {shown.map(({ key, index }) => {
              if (fold !== null && index === fold.at) {
                return <HostFoldRow key={key} fold={fold} index={index} columns={columns.length} units={units} />
              }
              const row = rows[rowAt(index, fold) ?? -1]
              if (row === undefined) return null
              const isSelected = row.vm.id === selected
              return (
                <HostTableRow
                  key={key}
                  row={row}
                  index={index}
                  isSelected={isSelected}
                  hasP99={hasP99}
                  units={units}
                  onOpen={onOpen}
                />
              )
            })}
          </tbody>
          <Space height={below} columns={columns.length} />
        </table>
      </section>
    </ContextMenu>
  )
}

/** Rows and the line of the quiet ones. */
function lineCount(rows: readonly HostRow[], fold: Fold | null): number {
  return rows.length + (fold === null ? 0 : 1)
}

/** Which row stands at a line of the table; null: the line of the quiet ones does. */
function rowAt(line: number, fold: Fold | null): number | null {
  if (fold === null || line < fold.at) return line
  return line === fold.at ? null : line - 1
}

function Head({ columns, sort, onSort }: Pick<Props, 'sort' | 'onSort'> & { readonly columns: readonly HostColumn[] }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map(({ label, key, title, isNumber, isExtra }) => (
          <th
            key={label}
            title={title}
            data-number={isNumber || undefined}
            data-extra={isExtra || undefined}
            aria-sort={key !== sort ? undefined : key === 'name' ? 'ascending' : 'descending'}
          >
            {key === null ? (
              label
            ) : (
              <button type="button" onClick={() => onSort(key)}>
                {label}
                {key === sort && <ArrowDown aria-hidden="true" />}
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** Of the rows that are out of sight. */
function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null
  return (
    <tbody aria-hidden="true" className={styles.space}>
      <tr>
        <td colSpan={columns} style={{ height }} />
      </tr>
    </tbody>
  )
}
